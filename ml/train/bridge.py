"""Trains, judges and writes the text–image bridge, assets/bridge/bridge.safetensors.

    OPENBLAS_NUM_THREADS=1 python bridge.py [--report FILE]

Embeddings come from `asterism-ml` where ASTERISM_ML names the binary, else from the reference runtimes.
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

import embed
from judge import Judgements, retrieval
from packages import EVALUATE, MODELS, TAGS, TRAIN, fetch, root
from pairs import english_nouns, pairs
from photos import photos
from samples import captioned, rows, samples
from space import CONSE_WEIGHT, Space, drawn_sets, fit, unit

REPOSITORY = Path(__file__).parents[2]
TARGET = REPOSITORY / "assets/bridge/bridge.safetensors"
PRECISION = 0.6  # the cut-off is the lowest at which this share of scenes above it is right
PHOTO_SHARE = 0.8  # of the shipped image mean; the rest is drawings, since libraries hold some too
SPECIFIC_TAGS = 3  # tags of a class that make its sentence


def main():
    for packages in (TRAIN, MODELS, TAGS, EVALUATE):
        fetch(packages)
    space = train()
    unseen = photos()
    clip, logits = embed.images([photo.path for photo in unseen])
    scenes = [index for index, photo in enumerate(unseen) if not photo.cut_out]
    judged = Judgements(space, unseen, clip, logits, embed.texts)
    scales = judged.scales()
    weights = judged.relevance(scales, CONSE_WEIGHT)
    honest = judged.cross_validated(scales, CONSE_WEIGHT)
    steps = np.arange(0.05, 0.95, 0.01)
    threshold = next(step for step in steps if judged.at(honest, step, scenes)[0] >= PRECISION)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    save_file({
        "matrix": space.matrix.astype(np.float16),
        "text_mean": space.text_mean.astype(np.float32),
        "image_mean": space.image_mean.astype(np.float32),
        "class_names": space.class_names.astype(np.float16),
        "scales": scales.astype(np.float32),
        "relevance": weights.astype(np.float32),
        "threshold": np.array([threshold], np.float32),
    }, TARGET)
    text = report(space, unseen, clip, logits, scenes, judged, honest, scales, weights, threshold)
    print(text)
    if "--report" in sys.argv:
        Path(sys.argv[sys.argv.index("--report") + 1]).write_text(text)


def train():
    """The space, from drawings and described photos; no evaluation photo among them."""
    drawn = pairs()
    clip, _ = embed.images([pair["path"] for pair in drawn])
    sets = drawn_sets(drawn, clip)
    described = samples() + captioned()
    photographed, _ = embed.images([sample["path"] for sample in described])
    nouns = english_nouns()
    sets.append({"clip": photographed, "photos": True, "texts": [rows(sample, nouns) for sample in described]})
    matrix, text_mean = fit(sets, embed.texts)
    means = [unit(each.astype(np.float64)).mean(0) for each in (photographed, clip)]
    image_mean = PHOTO_SHARE * means[0] + (1 - PHOTO_SHARE) * means[1]
    return Space(matrix, text_mean, image_mean, class_names())


def class_names():
    """`[1000,384]`: "a photo of a" and the class's most specific tags, which say more than its name alone."""
    vocabulary = json.loads((REPOSITORY / "assets/tags/imagenet.json").read_text())
    names = [tag["name"] for tag in vocabulary["tags"]]
    return embed.texts(["a photo of a " + ", ".join(names[tag] for tag in chain[:SPECIFIC_TAGS])
                        for chain in vocabulary["classes"]])


def report(space, unseen, clip, logits, scenes, judged, honest, scales, weights, threshold):
    """The figures of docs/models/bridge.md as Markdown."""
    lines = ["| gallery | queries | form | R@1 | R@5 | MRR |", "|---|---|---|---|---|---|"]
    for label, chosen in (("scenes", scenes), ("scenes and cut-outs", list(range(len(unseen))))):
        figures, counts = retrieval(space, [unseen[i] for i in chosen], clip[chosen], logits[chosen], embed.texts,
                                    CONSE_WEIGHT)
        for (kind, form), numbers in figures.items():
            shown = " | ".join(f"{number:.2f}" for number in numbers)
            lines.append(f"| {len(chosen)} {label} | {counts[kind]} {kind} | {form} | {shown} |")
    lines += ["", "| cut-off | scenes: precision | recall | absent queries with a hit | all: precision | recall "
              "| absent queries with a hit |", "|---|---|---|---|---|---|---|"]
    for step in sorted({0.1, 0.2, 0.3, 0.4, 0.5, round(float(threshold), 2)}):
        numbers = [*judged.at(honest, step, scenes), *judged.at(honest, step)]
        lines.append(f"| {step:.2f} | " + " | ".join(f"{number:.2f}" for number in numbers) + " |")
    everything = slice(None)
    lines += ["", f"Average precision {judged.average_precision(honest, scenes):.3f} (scenes), "
              f"{judged.average_precision(honest, everything):.3f} (all); share of right pairs "
              f"{(judged.truth[:, scenes] == 1).sum() / (judged.truth[:, scenes] >= 0).sum():.4f} (scenes).",
              f"Scales {np.round(scales, 4).tolist()}, weights {np.round(weights, 3).tolist()}, "
              f"cut-off {threshold:.2f}, embeddings by {'asterism-ml' if embed.ENGINE else 'the reference runtimes'}."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
