"""Unpacks a Qt resource file (`.rcc`), the form in which one evaluation package keeps its photos."""

import struct
import subprocess
import zlib
from pathlib import Path

DIRECTORY, ZLIB, ZSTD = 2, 1, 4


def extract(file, target):
    """Writes every file inside `file` under `target`."""
    raw = Path(file).read_bytes()
    if raw[:4] != b"qres":
        raise ValueError(f"{file} is no Qt resource file")
    version, tree, data, names = struct.unpack(">IIII", raw[4:20])
    entry_size = 14 if version < 2 else 22

    def name(offset):
        length = struct.unpack(">H", raw[names + offset:names + offset + 2])[0]
        start = names + offset + 6
        return raw[start:start + 2 * length].decode("utf-16-be")

    def walk(index, folder):
        entry = tree + index * entry_size
        name_offset, flags = struct.unpack(">IH", raw[entry:entry + 6])
        path = folder / name(name_offset) if index else folder
        if flags & DIRECTORY:
            count, first = struct.unpack(">II", raw[entry + 6:entry + 14])
            for child in range(first, first + count):
                walk(child, path)
            return
        start = data + struct.unpack(">I", raw[entry + 10:entry + 14])[0]
        length = struct.unpack(">I", raw[start:start + 4])[0]
        content = raw[start + 4:start + 4 + length]
        if flags & ZLIB:
            content = zlib.decompress(content[4:])
        if flags & ZSTD:
            content = subprocess.run(["zstd", "-dc"], input=content, capture_output=True, check=True).stdout
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    walk(0, Path(target))
