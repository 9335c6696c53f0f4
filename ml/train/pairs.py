"""Training pairs of the licence-clean set: emoji in 3D (MIT) and Open Clip Art (public domain)."""

import gzip
import json
import random
import re
from collections import Counter

from packages import root

PEOPLE_GROUPS = ("People & Body", "Smileys & Emotion")
PEOPLE_LIMIT = 220  # hundreds of gestures in five skin tones would drown the nouns
CLIPART_LIMIT = 950
WORD = re.compile(r"^[a-z ]{3,}$")

CLIPART_SKIPPED_FOLDERS = {"shapes", "computer", "signs_and_symbols", "special", "logos", "buttons",
                           "decorations", "unsorted", "geography"}
CLIPART_SKIPPED = re.compile(r"aiga|semaphore|signalflag|flag|jigsaw|star_|icon|symbol|sign_|led_|folder")
TITLE_SKIPPED = re.compile(r"^card$|ornamental|bordered|blueman|road ?sign|creation day|clipart|etiquette"
                           r"|^kexi|smil|boating rule|motorway|lcd|led ")
KEYWORDS_SKIPPED = {"unsorted", "animal", "animals", "clipart", "image", "clip art", "colour", "color", "bw",
                    "line art", "externalsource", "black and white", "food", "contour", "people", "svg",
                    "transportation", "tools", "plants", "hash", "cartoon", "outline", "entertainment",
                    "symbol", "sign", "shape", "icon"}


def pairs():
    """`[{"set", "path", "texts": [noun, keyword, …]}]`, in a fixed order."""
    return emoji() + clipart()


def emoji():
    """One pair per emoji that has a picture, without flags and symbols."""
    names = json.loads((root("unicode-emoji-json") / "package/data-by-emoji.json").read_text())
    keywords = json.loads((root("emojilib") / "package/dist/emoji-en-US.json").read_text())
    folder = root("fluent-emoji-3d") / "package/assets"
    found = []
    for emoji, about in names.items():
        if about["group"] in ("Flags", "Symbols"):
            continue
        points = [f"{ord(char):04x}" for char in emoji]
        plain = [point for point in points if point != "fe0f"]
        path = next((p for p in (folder / f"{'-'.join(points)}.webp", folder / f"{'-'.join(plain)}.webp")
                     if p.exists()), None)
        if path:
            words = [word.replace("_", " ") for word in keywords.get(emoji, [])]
            words = [word for word in words if WORD.match(word) and word != about["name"]]
            found.append((about["group"], {"set": "emoji", "path": str(path), "texts": [about["name"], *words]}))
    random.Random(0).shuffle(found)
    people = [pair for group, pair in found if group in PEOPLE_GROUPS][:PEOPLE_LIMIT]
    return [pair for group, pair in found if group not in PEOPLE_GROUPS] + people


def clipart():
    """Clip art with an English-looking title, at most two of a title and few of the crowded folders."""
    png = root("openclipart-png") / "usr/share/openclipart/png"
    svg = root("openclipart-svg") / "usr/share/openclipart/svg"
    nouns, candidates = english_nouns(), []
    for path in sorted(png.rglob("*.png")):
        relative = path.relative_to(png)
        if relative.parts[0] in CLIPART_SKIPPED_FOLDERS or CLIPART_SKIPPED.search(str(relative)):
            continue
        about = _about(svg / relative.with_suffix(".svg"))
        if about:
            candidates.append((path, relative.parts, *about))
    random.Random(3).shuffle(candidates)
    seen, result = Counter(), []
    for path, folder, title, words in candidates:
        title = re.sub(r"\.svg|#|\s+-\s+\w+.*$|\(.*?\)", "", title)
        title = re.sub(r"\s+", " ", title).strip(" -")
        second = folder[1] if len(folder) > 1 else ""
        if not 3 <= len(title) <= 45 or TITLE_SKIPPED.search(title) or seen[title] >= 2 or not english(title, nouns):
            continue
        crowded = {"roadsigns": 15, "smilies": 15, "stickmen": 15, "religion": 15, "games": 40}
        if seen["/" + second] >= crowded.get(second, CLIPART_LIMIT):
            continue
        seen[title] += 1
        seen["/" + second] += 1
        words = [word for word in words if word not in title and word not in KEYWORDS_SKIPPED][:6]
        result.append({"set": "clipart", "path": str(path), "texts": [title, *words]})
    return result[:CLIPART_LIMIT]


def english_nouns():
    """The nouns of WordNet: a title that ends in none of them is French, a joke or a file name."""
    index = (root("wordnet") / "usr/share/wordnet/index.noun").read_text()
    return {line.split(" ", 1)[0] for line in index.splitlines() if not line.startswith(" ")}


def english(title, nouns):
    """Whether `title` ends in an English noun (also in the plural) and has only words of letters."""
    words = title.split()
    last = words[-1] if words else ""
    forms = {last, last.removesuffix("s"), last.removesuffix("es")}
    return len(words) <= 4 and all(re.fullmatch(r"[a-z'-]+", word) for word in words) and bool(forms & nouns)


def _about(svg):
    """Title and keywords out of the drawing's own metadata, without its authors' names."""
    if not svg.exists():
        svg = svg.with_name(svg.name + ".gz")
    if not svg.exists():
        return None
    raw = svg.read_bytes()
    text = (gzip.decompress(raw) if svg.suffix == ".gz" else raw).decode("utf8", "replace")
    work = re.search(r"<cc:Work.*?</cc:Work>", text, re.S)
    if not work:
        return None
    title = re.search(r"<dc:title>(.*?)</dc:title>", work.group(0), re.S)
    title = re.sub(r"[_\d]+", " ", title.group(1) if title else "").strip().lower()
    title = re.sub(r"\b(bw|b w|by .*|simple|clip art|icon)\b", "", title).strip()
    authors = " ".join(re.findall(r"<cc:Agent.*?<dc:title>(.*?)</dc:title>", work.group(0), re.S)).lower()
    words = [word.strip().lower() for word in re.findall(r"<rdf:li>(.*?)</rdf:li>", work.group(0), re.S)]
    words = [word for word in words if word and word not in authors and re.match(r"^[a-z \-]{3,30}$", word)
             and not any(part in authors for part in word.split() if len(part) > 4)]
    return title, words


def noun(text):
    """`text` without article, brackets and punctuation: "A cat (Felis)." → "cat"."""
    text = text.split(" (")[0].lower().strip().rstrip(".!?").strip()
    text = re.sub(r"[“”\"]", "", text)
    text = re.sub(r"^(a|an|the|some|two|three|four|one|several|this is an?|grandma’s)\s+", "", text)
    return re.sub(r"\s+background$", "", text)


def rows(texts):
    """The sentences that stand for a picture named `texts[0]` with keywords `texts[1:]`."""
    name, keywords = noun(texts[0]), texts[1:6]
    sentences = [name, f"a photo of a {name}"]
    if keywords:
        sentences.append(f"{name}, {', '.join(keywords)}")
    return sentences
