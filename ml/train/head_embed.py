"""CLIP vectors, features and logits of changed pictures, cached on disk.

    python head_embed.py [worker workers]   # embeds its share; run several at once
"""

import hashlib
import sys

import numpy as np

import reference
from augment import encoded
from head_pictures import pictures
from packages import EVALUATE, HEADS, MODELS, TRAIN, WORK, fetch

FOLDER = WORK / "heads"
SECOND_LOOK = 3  # every third real picture is seen in two encodings, all AI ones are


def looks(picture):
    """The variants in which `picture` is seen."""
    digest = hashlib.sha256(picture.path.name.encode()).digest()
    return (0, 1) if picture.ai or digest[0] % SECOND_LOOK == 0 else (0,)


def entry(picture, variant):
    """Where the cache keeps one look."""
    name = f"{picture.source}/{picture.path.parent.name}/{picture.path.name}/{variant}"
    return FOLDER / (hashlib.sha256(name.encode()).hexdigest()[:24] + ".npz")


def embed(share=0, shares=1):
    """Embeds what the cache lacks; every `shares`-th look."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # first looks first, so that a head can be fitted before all are there
    wanted = [(picture, variant) for variant in (0, 1) for picture in spread(pictures()) if variant in looks(picture)]
    for number, (picture, variant) in enumerate(wanted):
        target = entry(picture, variant)
        if number % shares != share or target.exists():
            continue
        clip, features, _ = reference.describe(encoded(picture.path, variant, picture.badge))
        part = target.with_suffix(f".{share}.part.npz")
        np.savez(part, clip=clip, features=features)
        part.rename(target)


def spread(all_pictures):
    """In an order that mixes sources, the same on every run."""
    return sorted(all_pictures, key=lambda picture: hashlib.sha256(str(picture.path.name).encode()).digest())


if __name__ == "__main__":
    fetch({**TRAIN, **MODELS, **EVALUATE, **HEADS})
    embed(*(int(word) for word in sys.argv[1:3]))
