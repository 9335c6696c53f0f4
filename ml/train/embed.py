"""Embeddings with a cache on disk: by the engine we serve (`asterism-ml`), else by the reference runtimes."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import pictures
from packages import WORK

# The binary, when it is built; unset: the reference runtimes.
ENGINE = os.environ.get("ASTERISM_ML")
MODELS_DIR = os.environ.get("ASTERISM_MODELS_DIR", str(WORK.parent / "models"))
BATCH = 32


def images(paths):
    """`(clip [n,512], logits [n,1000])` raw, for the pictures at `paths`."""
    folder = _folder("images")
    entries = [folder / (hashlib.sha256(_stable(path).encode()).hexdigest() + ".npz") for path in paths]
    missing = [(path, entry) for path, entry in zip(paths, entries) if not entry.exists()]
    for start in range(0, len(missing), BATCH):
        part = missing[start:start + BATCH]
        print(f"embedding picture {start} of {len(missing)}", flush=True)
        clip, logits = _embed_pictures([pictures.load(path) for path, _ in part])
        for (_, entry), one, other in zip(part, clip, logits):
            np.savez(entry, clip=one, logits=other)
    loaded = [np.load(entry) for entry in entries]
    return np.stack([item["clip"] for item in loaded]), np.stack([item["logits"] for item in loaded])


def texts(sentences):
    """`[n,384]` unit MiniLM vectors; texts are lower-cased first."""
    file = _folder("texts") / "all.npz"
    known = {}
    if file.exists():
        saved = np.load(file)
        known = dict(zip(saved["texts"].tolist(), saved["vectors"]))
    missing = sorted({text.lower() for text in sentences} - known.keys())
    if missing:
        print(f"embedding {len(missing)} texts", flush=True)
        known.update(zip(missing, _embed_texts(missing)))
        np.savez(file, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text.lower()] for text in sentences]).astype(np.float64)


def _stable(path):
    """The path inside the work folder, so that the cache survives a move."""
    path = Path(path)
    return str(path.relative_to(WORK)) if path.is_relative_to(WORK) else str(path)


def _folder(kind):
    folder = WORK / "embedded" / ("engine" if ENGINE else "reference") / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _embed_pictures(loaded):
    if not ENGINE:
        import reference
        return reference.embed(loaded)
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{folder}/{index}.ppm" for index in range(len(loaded))]
        for name, picture in zip(names, loaded):
            pictures.write_ppm(picture, name)
        Path(folder, "list").write_text("\n".join(names))
        answer = _engine("embed", f"@{folder}/list", folder)
    return answer["clip"], answer["logits"]


def _embed_texts(sentences):
    if not ENGINE:
        import reference
        return reference.embed_texts(sentences)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "lines").write_text("\n".join(sentences))
        return _engine("embed-text", f"{folder}/lines", folder)["text"]


def _engine(command, argument, folder):
    out = f"{folder}/out.safetensors"
    subprocess.run([ENGINE, command, "--models-dir", MODELS_DIR, "--out", out, argument], check=True,
                   stderr=subprocess.DEVNULL)
    return load_file(out)
