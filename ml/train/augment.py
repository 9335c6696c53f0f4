"""Pictures as the web hands them on: cropped, shrunk and encoded again.

AI pictures come as WebP of one size out of one kind of package, photos as large JPEGs: without this a head learns the
file format (measured: AUC 0.997, all of it confounded).
"""

import hashlib
import io
import random

from PIL import Image

import pictures

SIDES = (320, 1024)  # the longer side after shrinking, pixels
CROP = 0.12  # up to this share is cut from each edge
BADGE = 0.16  # cut from the top where packages print the generator's logo
FORMATS = ("JPEG", "JPEG", "WEBP", "PNG")
QUALITY = (55, 96)


def encoded(path, variant, badge=False):
    """The picture at `path` after a chain of changes that is fixed by its name and `variant`; RGB.

    `badge`: whether its top edge may name the generator and is to go.
    """
    seed = hashlib.sha256(f"{path.name}/{variant}".encode()).digest()
    dice = random.Random(seed)
    picture = _cropped(_loaded(path), dice, badge)
    side = round(dice.uniform(*SIDES))
    picture.thumbnail((side, side), dice.choice((Image.BICUBIC, Image.LANCZOS, Image.BILINEAR)))
    for _ in range(dice.choice((1, 1, 2))):  # many pictures were encoded more than once
        picture = _through(picture, dice.choice(FORMATS), dice.randint(*QUALITY))
    return picture


def _loaded(path):
    picture = Image.open(path)
    picture.draft("RGB", (2 * SIDES[1], 2 * SIDES[1]))
    if picture.mode in ("P", "LA", "PA", "RGBA") or "transparency" in picture.info:
        picture = pictures.on_white(picture.convert("RGBA"))
    return picture.convert("RGB")


def _cropped(picture, dice, badge):
    width, height = picture.size
    left, top, right, bottom = (dice.uniform(0, CROP) for _ in range(4))
    top = max(top, BADGE) if badge else top
    return picture.crop((round(left * width), round(top * height),
                         max(2, round((1 - right) * width)), max(2, round((1 - bottom) * height))))


def _through(picture, form, quality):
    buffer = io.BytesIO()
    options = {} if form == "PNG" else {"quality": quality}
    picture.save(buffer, form, **options)
    return Image.open(buffer).convert("RGB")
