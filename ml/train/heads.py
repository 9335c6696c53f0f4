"""Fits, judges and writes the heads: assets/heads/heads.safetensors and heads.json.

    python head_embed.py 0 2 & python head_embed.py 1 2 & wait     # embeddings, some 15 minutes on two cores
    python heads.py [--report report.md]

Everything is judged on sources that a fit has not seen: five folds of whole packages and, for AI pictures, of whole
makers of generators. What ships is fitted on all of it; thresholds come from the predictions of the folds.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import minimize

from head_embed import entry, looks
from head_pictures import STYLES, pictures
from packages import HEADS
from space import unit

TARGET = Path(__file__).parents[2] / "assets/heads"
GOLDEN = Path(__file__).parents[1] / "tests/golden/heads.json"
VERSION = "heads@1"
FOLDS = 5
RIDGES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3)  # of the logistic fits, per picture
FEATURE_SCALES = (0.0, 0.5, 1.0)  # EfficientNet beside CLIP's 1; 0 leaves it out
UNSURE_FALSE, YES_FALSE = 0.05, 0.005  # share of photos, drawings and wallpapers above either threshold
YES_AT_LEAST = 0.9


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--report")
    arguments = parser.parse_args()
    data = Data()
    report = [f"{len(set(data.names))} pictures, {len(data.clip)} looks at them"]
    ai = fit_ai(data, report)
    style = fit_style(data, report)
    write(data, ai, style, report)
    text = "\n".join(report) + "\n"
    print(text)
    if arguments.report:
        Path(arguments.report).write_text(text)


class Data:
    """Every look that is embedded, as rows."""

    def __init__(self):
        rows, clip, features = [], [], []
        for picture in pictures():
            for variant in looks(picture):
                file = entry(picture, variant)
                if file.exists():
                    saved = np.load(file)
                    rows.append((picture, variant))
                    clip.append(saved["clip"])
                    features.append(saved["features"])
        self.clip, self.features = np.stack(clip).astype(np.float64), np.stack(features).astype(np.float64)
        self.names = [f"{p.source}/{p.path.parent.name}/{p.path.name}" for p, _ in rows]
        self.variants = np.array([variant for _, variant in rows])
        self.sources = np.array([p.source for p, _ in rows])
        self.ai = np.array([p.ai for p, _ in rows])
        self.styles = np.array([STYLES.index(p.style) if p.style else -1 for p, _ in rows])
        self.clip_mean, self.feature_mean = unit(self.clip).mean(0), unit(self.features).mean(0)
        # AI pictures are held out by maker, whatever package they are in
        self.groups = np.array([p.source.split("/")[1] if p.ai else p.source for p, _ in rows])

    def inputs(self, scale):
        """`[n, 1793]`: both centred vectors, and ones."""
        clip = unit(unit(self.clip) - self.clip_mean)
        features = unit(unit(self.features) - self.feature_mean) * scale
        return np.hstack([clip, features, np.ones((len(clip), 1))])


def folds(groups, kinds):
    """A fold for each row: whole groups, dealt out so that folds are of like size within each kind."""
    fold = np.zeros(len(groups), int)
    for kind in np.unique(kinds):
        load = np.zeros(FOLDS)
        counts = Counter(groups[kinds == kind])
        for group, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            lightest = int(load.argmin())
            load[lightest] += count
            fold[(groups == group) & (kinds == kind)] = lightest
    return fold


def logistic(x, classes, count, ridge, weights):
    """`[count, columns]` softmax weights, of `[columns]` for two classes; the last column (ones) is not held down."""
    held = np.ones(x.shape[1])
    held[-1] = 0
    target = np.eye(count)[classes]
    share = weights / weights.sum()

    def loss(flat):
        w = flat.reshape(count, -1)
        z = x @ w.T
        z -= z.max(1, keepdims=True)
        logs = z - np.log(np.exp(z).sum(1, keepdims=True))
        gradient = ((np.exp(logs) - target) * share[:, None]).T @ x + ridge * w * held
        return -(share * (logs * target).sum(1)).sum() + 0.5 * ridge * (w * w * held).sum(), gradient.ravel()

    found = minimize(loss, np.zeros(count * x.shape[1]), jac=True, method="L-BFGS-B",
                     options={"maxiter": 500, "ftol": 1e-10})
    w = found.x.reshape(count, -1)
    return w[1] - w[0] if count == 2 else w - w.mean(0)


def balanced(classes, sources):
    """Classes weigh the same in total; within one, a source counts with the root of its size."""
    size = Counter(zip(classes.tolist(), sources.tolist()))
    weights = np.array([size[pair] ** -0.5 for pair in zip(classes.tolist(), sources.tolist())])
    for one in np.unique(classes):
        weights[classes == one] /= weights[classes == one].sum()
    return weights


def fit_ai(data, report):
    y, fold = data.ai.astype(int), folds(data.groups, data.ai)
    first = data.variants == 0
    tried = {}
    for scale in FEATURE_SCALES:
        x = data.inputs(scale)
        for ridge in RIDGES:
            scores = np.zeros(len(y))
            for held in range(FOLDS):
                inside = fold != held
                w = logistic(x[inside], y[inside], 2, ridge, balanced(y[inside], data.sources[inside]))
                scores[~inside] = x[~inside] @ w
            tried[scale, ridge] = auc(scores[first], y[first]), scores
    report.append("features  ridge    AUC on unseen sources")
    report += [f"{scale:8}  {ridge:.4f}  {area:.4f}" for (scale, ridge), (area, _) in tried.items()]
    (scale, ridge), (_, scores) = max(tried.items(), key=lambda item: item[1][0])
    slope, offset = platt(scores, y, balanced(y, data.sources))
    p = 1 / (1 + np.exp(-(slope * scores + offset)))
    hard = data.styles < STYLES.index("screenshot")  # screenshots and pages are easy, and would hide the others
    real = np.sort(p[first & hard & (y == 0)])
    unsure = threshold(real, UNSURE_FALSE)
    yes = max(threshold(real, YES_FALSE), YES_AT_LEAST)
    judge_ai(data, p, first, unsure, yes, scale, ridge, report)
    newest(data, scale, ridge, slope, offset, unsure, yes, report)
    x = data.inputs(scale)
    w = logistic(x, y, 2, ridge, balanced(y, data.sources))
    w[:-1] = w[:-1] * slope
    w[-1] = w[-1] * slope + offset
    w[512:-1] *= scale  # the served input is not scaled
    return {"weights": w, "bands": (unsure, yes), "ridge": ridge, "scale": scale}


def threshold(real, share):
    """The lowest probability with at most `share` of the sorted real ones above it."""
    return float(np.ceil(real[-int(share * len(real)) - 1] * 1000 + 1) / 1000)


def judge_ai(data, p, first, unsure, yes, scale, ridge, report):
    y = data.ai
    at = lambda rows, bar: (p[rows] >= bar).mean()
    report.append(f"AI-made, features × {scale}, ridge {ridge}: AUC {auc(p[first], y[first].astype(int)):.3f} "
                  f"on {int((first & y).sum())} AI and {int((first & ~y).sum())} real pictures of unseen sources")
    for name, bar in (("unsure", unsure), ("yes", yes)):
        report.append(f"{name} from {bar:.3f}: TPR {at(first & y, bar):.3f}, FPR {at(first & ~y, bar):.4f}")
    kind = np.where(data.styles < 0, "wallpaper", np.array([*STYLES, ""])[data.styles])
    for name in ("photo", "illustration", "wallpaper", "screenshot", "text"):
        rows = first & ~y & (kind == name)
        report.append(f"  real {name}: {int(rows.sum())}, unsure or more {at(rows, unsure):.3f}, yes {at(rows, yes):.4f}")
    for source in ("wesnoth", "gcompris-paintings", "fluent-emoji-3d", "openclipart"):
        rows = first & ~y & (data.sources == source)
        if rows.any():
            report.append(f"  real {source}: {int(rows.sum())}, unsure or more {at(rows, unsure):.3f}, yes {at(rows, yes):.4f}")
    makers = defaultdict(list)
    for row in np.flatnonzero(first & y):
        makers[data.groups[row]].append(p[row] >= unsure)
    report.append("  unsure or more by maker: "
                  + ", ".join(f"{maker} {np.mean(hits):.2f} of {len(hits)}" for maker, hits in sorted(makers.items())))
    again = {name: row for row, name in enumerate(data.names) if data.variants[row] == 1}
    pairs = np.array([(row, again[data.names[row]]) for row in np.flatnonzero(first) if data.names[row] in again])
    bands = lambda rows: (p[rows] >= unsure).astype(int) + (p[rows] >= yes)
    if len(pairs):
        a, b = bands(pairs[:, 0]), bands(pairs[:, 1])
        second = pairs[:, 1]
        report.append(f"another encoding of the same picture ({len(pairs)}): same band {(a == b).mean():.3f}, from yes to "
                      f"nothing {(((a == 2) & (b == 0)) | ((a == 0) & (b == 2))).mean():.3f}; "
                      f"AUC {auc(p[second], y[second].astype(int)):.3f}, TPR at yes {at(second[y[second]], yes):.3f}")


def newest(data, scale, ridge, slope, offset, unsure, yes, report):
    """The newest package, all of it unseen, against the real pictures of each fold in turn."""
    y, fold = data.ai.astype(int), folds(data.groups, data.ai)
    late = np.char.startswith(data.sources, "comfyui-assets-02")
    x, first = data.inputs(scale), data.variants == 0
    areas, hits = [], []
    for held in range(FOLDS):
        out = late | (~data.ai & (fold == held))
        w = logistic(x[~out], y[~out], 2, ridge, balanced(y[~out], data.sources[~out]))
        p = 1 / (1 + np.exp(-(slope * (x @ w) + offset)))
        areas.append(auc(p[out & first], y[out & first]))
        hits.append([(p[late & first] >= bar).mean() for bar in (unsure, yes)])
    hits = np.mean(hits, 0)
    report.append(f"the newest generators' package ({int((late & first).sum())}), fitted without it: AUC {np.mean(areas):.3f}, "
                  f"unsure or more {hits[0]:.3f}, yes {hits[1]:.3f}")


def fit_style(data, report):
    known = data.styles >= 0
    y = data.styles[known]
    fold = folds(data.sources[known], y)
    first = data.variants[known] == 0
    sources = data.sources[known]
    tried = {}
    for scale in FEATURE_SCALES:
        x = data.inputs(scale)[known]
        for ridge in RIDGES:
            scores = np.zeros((len(y), len(STYLES)))
            for held in range(FOLDS):
                inside = fold != held
                w = logistic(x[inside], y[inside], len(STYLES), ridge, balanced(y[inside], sources[inside]))
                scores[~inside] = x[~inside] @ w.T
            shares = softmax(scores)
            tried[scale, ridge] = -np.log(shares[first, y[first]]).mean(), shares
    (scale, ridge), (loss, shares) = min(tried.items(), key=lambda item: item[1][0])
    guess = shares.argmax(1)
    report.append(f"style: features {scale}, ridge {ridge}; on unseen sources right {(guess == y)[first].mean():.3f}, "
                  f"log loss {loss:.3f}; where the first share is at least 0.7: "
                  f"{(guess == y)[first & (shares.max(1) >= 0.7)].mean():.3f} of {(shares.max(1) >= 0.7)[first].mean():.2f}")
    for at, name in enumerate(STYLES):
        rows, said = first & (y == at), first & (guess == at)
        report.append(f"  {name}: {int(rows.sum())}, recall {(guess[rows] == at).mean():.3f}, "
                      f"precision {(y[said] == at).mean():.3f}")
    x = data.inputs(scale)[known]
    w = logistic(x, y, len(STYLES), ridge, balanced(y, sources))
    w[:, 512:-1] *= scale
    return {"weights": w, "ridge": ridge, "scale": scale}


def softmax(scores):
    shares = np.exp(scores - scores.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def platt(scores, y, weights):
    """Slope and offset of the logistic curve from scores to probability, at even odds."""
    w = logistic(np.stack([scores, np.ones(len(scores))], 1), y, 2, 1e-6, weights)
    return w[0], w[1]


def auc(scores, y):
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positive = y == 1
    count = positive.sum()
    return (ranks[positive].sum() - count * (count + 1) / 2) / (count * (~positive).sum())


def write(data, ai, style, report):
    TARGET.mkdir(parents=True, exist_ok=True)
    tensors = {"clip_mean": data.clip_mean, "feature_mean": data.feature_mean, "ai_made": ai["weights"],
               "ai_bands": np.array(ai["bands"]), "style": style["weights"]}
    tensors = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    save_file(tensors, TARGET / "heads.safetensors", metadata={"version": VERSION})
    sources = Counter(source.split("/")[0] for source, variant in zip(data.sources, data.variants) if variant == 0)
    about = {
        "version": VERSION, "styles": STYLES,
        "ai_made": {"unsure_from": ai["bands"][0], "yes_from": ai["bands"][1], "ridge": ai["ridge"],
                    "feature_scale": ai["scale"], "calibration": "Platt, on unseen sources, at even odds"},
        "style": {"ridge": style["ridge"], "feature_scale": style["scale"]},
        "pictures": dict(sorted(sources.items())),
        "packages": {name: " ".join(requirement) for name, requirement in HEADS.items()},
        "figures": report,
    }
    (TARGET / "heads.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    GOLDEN.write_text(json.dumps(golden(tensors)) + "\n")


def golden(tensors):
    """What the written file says of vectors that the Rust test can make: sin(seed + index)."""
    result = []
    for seed in (0, 1, 2):
        clip = np.sin(seed + np.arange(512, dtype=np.float64))
        features = np.sin(seed + np.arange(1280, dtype=np.float64)) + 1
        x = np.concatenate([unit(unit(clip) - tensors["clip_mean"]), unit(unit(features) - tensors["feature_mean"]), [1]])
        shares = softmax((tensors["style"].astype(np.float64) @ x)[None])[0]
        result.append({"seed": seed, "ai_made": float(1 / (1 + np.exp(-(tensors["ai_made"].astype(np.float64) @ x)))),
                       "style": shares.tolist()})
    return result


if __name__ == "__main__":
    main()
