"""Writes `ml/tests/golden/golden.json`: what the reference runtimes say of a few generated pictures and texts.

    python3 golden.py ../tests/golden/golden.json

Pictures come out of integer formulas that `ml/tests/golden.rs` repeats, so nothing but numbers is committed.
Resampling is Pillow's; the networks run in ONNX Runtime (pictures) and numpy (texts), see `reference.py`.
"""

import json
import sys

import numpy as np
import PIL
from PIL import Image

import reference

# sampled so that the file stays small; a prime, so that all channels and columns are met
SAMPLE_EVERY = 997
TEXTS = [
    "a photo of a cat",
    "sunset over the sea",
    "Two dogs are playing with a red ball on a wet, sandy beach; one of them has just caught it.",
    "x",
    "straße, café & naïve — 東京",
]


def pictures():
    """Name → RGB picture; the same formulas as in the Rust test."""
    def grid(width, height):
        y, x = np.mgrid[0:height, 0:width].astype(np.uint64)
        return x, y

    x, y = grid(640, 480)
    gradient = np.stack([x * 255 // 639, y * 255 // 479, (x + y) * 255 // 1118], -1)

    x, y = grid(301, 400)
    noise = np.stack([((x * 73856093 ^ y * 19349663 ^ np.uint64(c * 83492791)) * 2654435761 & 0xFFFFFFFF) >> 24
                      for c in range(3)], -1)

    x, y = grid(1000, 333)
    sun = (x.astype(np.int64) - 700) ** 2 + (y.astype(np.int64) - 90) ** 2 < 60 ** 2
    ground = y > 200
    scene = np.stack([90 + y // 3, 150 + y // 4, np.full_like(x, 230)], -1)
    scene[ground] = np.stack([np.full_like(x, 60), 120 + x // 25 % 2 * 30, np.full_like(x, 50)], -1)[ground]
    scene[sun] = (255, 220, 80)

    x, y = grid(100, 150)
    checks = np.repeat(((x // 10 + y // 10) % 2 * 255)[..., None], 3, -1)

    parts = {"gradient": gradient, "noise": noise, "scene": scene, "checks": checks}
    return {name: Image.fromarray(array.astype(np.uint8)) for name, array in parts.items()}


def resized(picture, short):
    data = np.asarray(reference._crop(picture, short)).reshape(-1)
    return {"sum": int(data.astype(np.int64).sum()), "samples": data[::SAMPLE_EVERY].tolist()}


def numbers(array):
    return [float(f"{value:.6g}") for value in array]


def main(out):
    named = pictures()
    clip, logits = reference.embed(list(named.values()))
    texts = reference.embed_texts(TEXTS)
    golden = {
        "made_with": {"pillow": PIL.__version__, "onnxruntime": reference.onnxruntime.__version__},
        "sample_every": SAMPLE_EVERY,
        "pictures": {
            name: {
                "size": list(picture.size),
                "clip_input": resized(picture, 224),
                "classifier_input": resized(picture, 256),
                "clip": numbers(clip[at]),
                "logits": numbers(logits[at]),
            }
            for at, (name, picture) in enumerate(named.items())
        },
        "texts": [{"text": text, "vector": numbers(vector)} for text, vector in zip(TEXTS, texts)],
    }
    with open(out, "w", encoding="utf-8") as file:
        json.dump(golden, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
