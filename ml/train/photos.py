"""Photos that training never sees, what they show, and queries for them.

`photos.tsv` was written by looking at each picture; cut-out photos of Tux Paint's stamps come with their own
names, of which the short ones are used.
"""

from dataclasses import dataclass
from pathlib import Path

from packages import WORK, root
from pairs import noun
from rcc import extract

# folders of stamps that are photos, with words that hold for everything in them
STAMPS = {
    "animals/amphibians": "amphibian;animal", "animals/birds": "bird;animal", "animals/insects": "insect;animal",
    "animals/lizards": "reptile;animal", "animals/mammals": "animal", "animals/marsupials": "animal",
    "animals/fish": "animal", "food/fruit": "fruit;food", "food/vegetables": "vegetable;food", "food/nuts": "nut;food",
    "hobbies/music": "musical instrument", "vehicles": "vehicle", "plants/flowers": "flower;plant",
    "plants/trees": "plant", "plants/mushrooms": "mushroom", "household/dishes": "kitchenware",
    "household/tools": "tool", "household/arttools": "", "sports": "", "clothes": "clothing",
}
STAMPS_SKIPPED = ("cartoon", "_mirror", "_flip", "slug", "Woodlouse", "toys", "7spoke", "sedan_police", "plastic",
                  "wheel_tractor", "walnutBoat", "cementmixer")
NAME_WORDS = 3

# queries for which no photo here is right: what stands above the cut-off for them is a false alarm
ABSENT = ["submarine", "skyscraper", "wedding", "birthday cake", "snowman", "helicopter", "sushi", "laptop",
          "smartphone", "hot dog", "swimming pool", "library", "christmas tree", "skateboard", "ballet dancer",
          "traffic jam", "dentist", "supermarket", "baby", "football stadium", "piano", "violin player", "escalator",
          "snake", "spider", "jellyfish", "turtle", "octopus", "surfer", "skier", "volcano eruption", "iceberg",
          "newspaper", "washing machine", "sofa", "bathtub", "bicycle race", "horse race", "chess game", "tattoo",
          "robot", "dinosaur", "santa claus", "hamburger", "ice cream", "spaghetti", "beer", "sandwich", "cigarette",
          "gun", "soldier", "nurse", "police officer", "concert crowd", "airport", "train station", "classroom",
          "lighthouse", "cactus", "waterfall"]


@dataclass
class Photo:
    path: str
    name: str
    loose: list
    words: set  # every word known to be true of it, its name among them
    cut_out: bool  # a stamp on white rather than a whole scene


def photos():
    """All evaluation photos, scenes first."""
    return _described() + _stamps()


def _described():
    result = []
    for line in (Path(__file__).parent / "photos.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        package, inside, name, loose, words = (line + "\t\t").split("\t")[:5]
        loose = [query for query in loose.split(";") if query]
        words = {word for word in words.split(";") if word} | {name}
        result.append(Photo(str(_find(package, inside)), name, loose, words, False))
    return result


def _find(package, inside):
    folder = root(package)
    if package == "gcompris":
        resources = folder / "usr/share/gcompris-qt/rcc"
        activity = inside.split("/")[0]
        unpacked = WORK / "gcompris"
        if not (unpacked / "gcompris/src/activities" / activity).exists():
            extract(resources / f"{activity}.rcc", unpacked)
        return unpacked / "gcompris/src/activities" / inside
    if package == "plasma-wallpapers":
        pictures = sorted((folder / "usr/share/wallpapers" / inside / "contents/images").iterdir())
        return max(pictures, key=lambda path: path.stat().st_size)
    return next(path for path in sorted(folder.rglob("*")) if str(path).endswith("/" + inside))


def _stamps():
    folder = root("tuxpaint-stamps") / "usr/share/tuxpaint/stamps"
    result = []
    for group, words in STAMPS.items():
        for path in sorted((folder / group).rglob("*.png")):
            text = path.with_suffix(".txt")
            if any(part in str(path) for part in STAMPS_SKIPPED) or not text.exists():
                continue
            name = noun(text.read_text(encoding="utf8").splitlines()[0])
            name = name.removeprefix("pair of ").removeprefix("head of ").removeprefix("bunch of ")
            if len(name.split()) > NAME_WORDS or not name.replace(" ", "").isalpha():
                continue
            known = {word for word in words.split(";") if word} | {name, name.split()[-1]}
            result.append(Photo(str(path), name, [], known, True))
    return result
