"""How often suggested tags are right, on the evaluation photos.

    python judge_tags.py

Only tags for which photos.tsv and the stamps' folders say of every photo whether they hold are judged.
"""

import json

import numpy as np

import embed
from packages import EVALUATE, MODELS, fetch
from photos import photos
from tags import TARGET

JUDGED = ["animal", "bird", "fruit", "vegetable", "flower", "castle", "bridge", "dog", "cat", "bear", "penguin",
          "elephant", "lion", "tiger", "building", "plant", "vehicle", "musical instrument", "insect", "food"]


def main():
    fetch(MODELS)
    fetch(EVALUATE)
    vocabulary = json.loads(TARGET.read_text())
    names = [tag["name"] for tag in vocabulary["tags"]]
    meant = {alias: tag["name"] for tag in vocabulary["tags"] for alias in tag["aliases"]}
    follows = {}  # of a class's own tag, everything that follows
    for chain in vocabulary["classes"]:
        follows.setdefault(names[chain[0]], set()).update(names[tag] for tag in chain)
    unseen = photos()
    said = []
    for photo in unseen:
        words = {meant.get(word, word) for word in photo.words}
        said.append(words.union(*(follows.get(word, set()) for word in words)))
    scores = tag_scores(embed.images([photo.path for photo in unseen])[1], vocabulary)
    bars = vocabulary["thresholds"]
    for level in ("suggest", "sure"):
        bar = np.array([bars["tags"].get(name, bars)[level] for name in names])
        above = scores >= bar
        right = shown = true = 0
        for name in JUDGED:
            holds = np.array([name in words for words in said])
            mine = above[:, names.index(name)]
            right, shown, true = right + (mine & holds).sum(), shown + mine.sum(), true + holds.sum()
        own = [above[row, names.index(tag)] for row, photo in enumerate(unseen)
               if (tag := meant.get(photo.name, photo.name)) in names]
        print(f"{level}: precision {right / shown:.2f}, recall {right / true:.2f} over {true} facts; "
              f"the photo's own name reached it on {np.mean(own):.2f} of {len(own)}; "
              f"{above.sum(1).mean():.1f} tags a photo, none on {1 - above.any(1).mean():.2f}")


def tag_scores(logits, vocabulary):
    """`[n, tags]`: the summed probability of each tag's classes."""
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    member = np.zeros((len(vocabulary["classes"]), len(vocabulary["tags"])))
    for index, chain in enumerate(vocabulary["classes"]):
        member[index, chain] = 1
    return shares @ member


if __name__ == "__main__":
    main()
