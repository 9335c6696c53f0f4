"""Text-heavy pictures that this script writes: pages, slides, posters, signs and receipts of WordNet's glosses."""

import random
import textwrap

from PIL import Image, ImageDraw, ImageFont

from packages import root

COUNT = 70
FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif-Bold.ttf",
         "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf", "LiberationMono-Regular.ttf")
SHAPES = ((800, 1100), (1100, 800), (900, 900), (600, 1200), (1280, 720))


def written(folder):
    """Writes the pages that are not there yet under `folder`; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    glosses, paths = None, []
    for number in range(COUNT):
        path = folder / f"page-{number:03}.png"
        if not path.exists():
            glosses = glosses or _glosses()
            _page(random.Random(number), glosses).save(path)
        paths.append(path)
    return paths


def _glosses():
    lines = (root("wordnet") / "usr/share/wordnet/data.noun").read_text().splitlines()
    return [line.split("| ", 1)[1].strip() for line in lines if "| " in line and not line.startswith("  ")]


def _page(dice, glosses):
    size = dice.choice(SHAPES)
    ground, ink = _colours(dice)
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    fonts = [name for name in FONTS if _font(name, 10)]
    name, points = dice.choice(fonts), dice.choice((13, 15, 18, 22, 30, 46, 70))
    font, margin = _font(name, points), dice.randint(20, 100)
    columns = dice.choice((1, 1, 2)) if points < 20 else 1
    width = (size[0] - margin * (columns + 1)) // columns
    for column in range(columns):
        x, y = margin + column * (width + margin), margin
        if dice.random() < 0.6:
            title = _font(name, round(points * 1.8))
            y = _lines(draw, dice.choice(glosses)[:40], title, x, y, width, ink, size[1] - margin)
        end = size[1] - margin - dice.choice((0, 0, size[1] // 4))
        while y < end:
            y = _lines(draw, dice.choice(glosses), font, x, y, width, ink, end) + dice.choice((0, points // 2))
    if dice.random() < 0.3:
        picture = picture.rotate(dice.uniform(-4, 4), Image.BICUBIC, fillcolor=ground)
    return picture


def _lines(draw, text, font, x, y, width, ink, end):
    per_line = max(6, int(width / (font.getlength("nature ") / 7)))
    for line in textwrap.wrap(text, per_line):
        if y + font.size > end:
            return end
        draw.text((x, y), line, font=font, fill=ink)
        y += round(font.size * 1.35)
    return y


def _colours(dice):
    if dice.random() < 0.6:
        return dice.choice(((255, 255, 255), (250, 246, 235), (240, 240, 240))), (20, 20, 25)
    ground = tuple(dice.randint(0, 255) for _ in range(3))
    return ground, (255, 255, 255) if sum(ground) < 380 else (10, 10, 10)


def _font(name, points):
    try:
        return ImageFont.truetype(name, points)
    except OSError:
        return None
