"""A library to recommend from: pictures of public packages, what each shows, and what the models say of them.

    ASTERISM_ML=… ASTERISM_MODELS_DIR=… python3 library.py FOLDER

Writes `pictures.tsv` (interest, empty for none; package; name), `clip.f32` (512 numbers a row) and `logits.f32` (1,000).
What a picture shows is said by the folder that its package keeps it in (interests.tsv), not by any model. Photos of places
and of the sample library have no interest: they stand between the others, as in any library.
"""

import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "train"))

import numpy as np

import embed
from packages import EVALUATE, TRAIN, fetch, root
from photos import photos
from samples import samples

# folder -> where its pictures lie
PLACES = {
    "openclipart": ("openclipart-png", "usr/share/openclipart/png"),
    "tuxpaint": ("tuxpaint-stamps", "usr/share/tuxpaint/stamps"),
}
NEEDED = {name: (EVALUATE | TRAIN)[name] for name in (
    "openclipart-png", "tuxpaint-stamps", "scikit-image", "scikit-learn", "gcompris", "plasma-wallpapers",
    "lomiri-wallpapers-16", "lomiri-wallpapers-20", "mate-backgrounds", "ukui-wallpapers")}
LEAST, MOST = 10, 60  # pictures of an interest


def main(folder):
    fetch(NEEDED)
    rows = interesting() + others()
    clip, logits = embed.images([path for _, _, path in rows])
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    np.ascontiguousarray(clip, np.float32).tofile(folder / "clip.f32")
    np.ascontiguousarray(logits, np.float32).tofile(folder / "logits.f32")
    lines = [f"{interest}\t{package}\t{Path(path).stem}\n" for interest, package, path in rows]
    (folder / "pictures.tsv").write_text("".join(lines))
    interests = {interest for interest, _, _ in rows if interest}
    print(f"{len(rows)} pictures, {sum(bool(row[0]) for row in rows)} of {len(interests)} interests")


def interesting():
    """`(interest, package, path)` of what the folders of interests.tsv hold, in a fixed order."""
    lines = (Path(__file__).parent / "interests.tsv").read_text().splitlines()
    table = [line.split("\t") for line in lines if not line.startswith("#")]
    own = {(package, folder): interest for interest, package, folder in table}
    found, seen = {}, set()
    for (package, folder), interest in own.items():
        name, inside = PLACES[package]
        base = root(name) / inside
        for path in sorted((base / folder).rglob("*.png")):
            if interest != _of(own, package, path.parent.relative_to(base)) or _mirrored(path):
                continue
            digest = hashlib.sha256(path.read_bytes()).digest()
            if digest not in seen:
                seen.add(digest)
                found.setdefault(interest, []).append((interest, package, str(path)))
    chosen = []
    for interest, rows in sorted(found.items()):
        if len(rows) >= LEAST:
            # spread over the packages, whatever their sizes
            rows.sort(key=lambda row: hashlib.sha256(Path(row[2]).name.encode()).digest())
            chosen += rows[:MOST]
    return chosen


def _of(own, package, folder):
    """The interest of the nearest folder above that has one."""
    for above in (folder, *folder.parents):
        if (package, str(above)) in own:
            return own[package, str(above)]
    return None


def _mirrored(path):
    return path.stem.endswith(("_mirror", "_flip", "_mirror_flip"))


def others():
    scenes = [photo.path for photo in photos() if not photo.cut_out]
    paths = dict.fromkeys([*scenes, *(sample["path"] for sample in samples())])
    return [("", "photos", str(path)) for path in paths]


if __name__ == "__main__":
    main(*sys.argv[1:])
