"""Writes `ml/tests/golden/ocr/`: pictures with writing, and what the package that the weights come from reads in them.

    python3 ocr_golden.py ../tests/golden/ocr

The truth is RapidOCR itself (`rapidocr-onnxruntime==1.4.4`, ONNX Runtime, OpenCV), not what was written: the test asks
that our arithmetic between the networks is that package's. Pictures are drawn here with Pillow and the DejaVu and
Liberation fonts (Debian `fonts-dejavu`, `fonts-liberation`), except for one photo without writing, made by formula.
"""

import json
import pathlib
import sys
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rapidocr_onnxruntime import RapidOCR

FONTS = "/usr/share/fonts/truetype/"
SANS, SERIF = FONTS + "dejavu/DejaVuSans.ttf", FONTS + "dejavu/DejaVuSerif-Bold.ttf"


def write(picture, at, text, size, font=SANS, ink="black"):
    ImageDraw.Draw(picture).text(at, text, ink, ImageFont.truetype(font, size))


def screenshot():
    """A window with a title, a menu, a paragraph and buttons."""
    page = Image.new("RGB", (640, 400), "#f4f4f6")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 640, 40), "#20304a")
    write(page, (16, 8), "Settings - Notifications", 20, ink="white")
    for at, word in enumerate(["File", "Edit", "View", "Help"]):
        write(page, (20 + 90 * at, 52), word, 16)
    for at, line in enumerate(["Send me a message when somebody", "saves one of my pictures, at most",
                               "3 times per day (08:30 to 21:45)."]):
        write(page, (40, 110 + 34 * at), line, 20, ink="#333333")
    draw.rectangle((40, 300, 190, 344), "#2a6fdb")
    write(page, (74, 308), "Save all", 20, ink="white")
    write(page, (230, 308), "Cancel", 20, ink="#2a6fdb")
    return page


def poster():
    """Large letters on a gradient, one line at an angle."""
    y, x = np.mgrid[0:500, 0:420]
    ground = Image.fromarray(np.stack([60 + x // 4, 40 + y // 5, 120 + (x + y) // 9], -1).astype(np.uint8))
    write(ground, (40, 40), "OPEN AIR", 64, SERIF, "white")
    write(ground, (44, 130), "12 August 2026", 36, SANS, "#ffe070")
    slanted = Image.new("RGBA", (340, 80))
    ImageDraw.Draw(slanted).text((10, 10), "Admission free", "white", ImageFont.truetype(SANS, 40))
    slanted = slanted.rotate(12, expand=True, resample=Image.BICUBIC)
    ground.paste(slanted, (30, 260), slanted)
    return ground


def over():
    """Upside down."""
    page = Image.new("RGB", (520, 120), "white")
    write(page, (20, 30), "Turn this page over please", 34)
    return page.rotate(180)


def strip():
    """One flat line."""
    page = Image.new("RGB", (700, 40), "white")
    write(page, (8, 6), "A caption as wide as it is flat, number 4711", 22)
    return page


def column():
    """A tall sheet whose lines are narrow."""
    page = Image.new("RGB", (200, 520), "#fffbe8")
    for at, word in enumerate(["Milk 1.29", "Bread 2.80", "Eggs 3.49", "Total 7.58"]):
        write(page, (24, 40 + 110 * at), word, 28, SERIF)
    return page


def landscape():
    """No writing at all."""
    y, x = np.mgrid[0:300, 0:450]
    hills = 180 + 30 * np.sin(x / 60) + 14 * np.sin(x / 17)
    sky = np.stack([120 + y // 4, 160 + y // 5, 235 - y // 8], -1)
    land = np.stack([50 + (y - 150) // 6, 110 + (x % 13) * 2, 45 + (y % 7) * 3], -1)
    return Image.fromarray(np.where((y > hills)[..., None], land, sky).clip(0, 255).astype(np.uint8))


def main(out):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    engine, expected = RapidOCR(), {}
    for make in (screenshot, poster, over, strip, column, landscape):
        picture = make()
        picture = picture.convert("RGB")
        # rows of RGB, deflated: the crate under test has no decoder of pictures
        (out / f"{make.__name__}.rgb.z").write_bytes(zlib.compress(picture.tobytes(), 9))
        found, _ = engine(np.asarray(picture)[:, :, ::-1].copy())
        wide, high = picture.size
        lines = [
            {"text": text, "confidence": round(float(score), 4),
             "corners": [[round(x / wide, 5), round(y / high, 5)] for x, y in corners]}
            for corners, text, score in found or []]
        expected[make.__name__] = {"size": [wide, high], "lines": lines}
        print(make.__name__, [line["text"] for line in lines])
    (out / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
