"""Judges a space on photos that it never saw: does a query find its picture, and what is a score worth."""

import numpy as np

from photos import ABSENT

AMBIGUOUS = 0.45  # a query this close to one of a photo's words may be true of it: neither right nor wrong
FOLDS = 5


def retrieval(space, photos, clip, logits, embed_texts, conse_weight):
    """`{("plain"|"loose", form): (R@1, R@5, MRR)}` with the whole list as the gallery, and the query counts."""
    bridge, conse = space.pictures(clip, logits)
    plain = dict.fromkeys(photo.name for photo in photos)
    asked = {
        "plain": [(name, [i for i, photo in enumerate(photos) if name in photo.words]) for name in plain],
        "loose": [(query, [i]) for i, photo in enumerate(photos) for query in photo.loose],
    }
    figures, counts = {}, {}
    for kind, queries in asked.items():
        to_bridge, to_conse = space.queries(embed_texts([query for query, _ in queries]))
        b, c = to_bridge @ bridge.T, to_conse @ conse.T
        forms = {
            "ridge alone": b,
            "ConSE alone": c,
            "fused, z per query": _z(b, 1) + conse_weight * _z(c, 1),
            "fused, fixed scales": _z(b, None) + conse_weight * _z(c, None),
        }
        counts[kind] = len(queries)
        for form, scores in forms.items():
            ranks = np.array([1 + min((scores[k] > scores[k, i]).sum() for i in right)
                              for k, (_, right) in enumerate(queries)])
            figures[kind, form] = ((ranks == 1).mean(), (ranks <= 5).mean(), (1 / ranks).mean())
    return figures, counts


class Judgements:
    """Every query against every photo: both cosines, and 1 right, 0 wrong, −1 undecided."""

    def __init__(self, space, photos, clip, logits, embed_texts):
        words = sorted({word for photo in photos for word in photo.words})
        loose = {query for photo in photos for query in photo.loose}
        self.queries = sorted(set(words) | loose | set(ABSENT))
        self.absent = np.array([query in ABSENT for query in self.queries])
        texts = embed_texts(self.queries)
        bridge, conse = space.pictures(clip, logits)
        to_bridge, to_conse = space.queries(texts)
        self.cosines = np.stack([to_bridge @ bridge.T, to_conse @ conse.T])
        closeness = texts @ embed_texts(words).T
        column = {word: index for index, word in enumerate(words)}
        self.truth = np.zeros(self.cosines.shape[1:], int)
        for k, query in enumerate(self.queries):
            for i, photo in enumerate(photos):
                if query in photo.words or query in photo.loose:
                    self.truth[k, i] = 1
                elif not self.absent[k] and closeness[k, [column[word] for word in photo.words]].max() > AMBIGUOUS:
                    self.truth[k, i] = -1

    def scales(self):
        """Mean and deviation of the bridge cosine, then of the ConSE cosine, over all pairs."""
        return np.array([f(cosine) for cosine in self.cosines for f in (np.mean, np.std)])

    def z(self, scales):
        """Both cosines on `scales`, `[2, queries, photos]`."""
        return (self.cosines - scales[0::2, None, None]) / scales[1::2, None, None]

    def score(self, scales, conse_weight):
        """What results are ranked by, `[queries, photos]`."""
        bridge, conse = self.z(scales)
        return bridge + conse_weight * conse

    def relevance(self, scales, conse_weight):
        """Logistic weights `[bridge, ConSE, bias]` fitted on all decided pairs.

        Both keep the ratio of the score, so that relevance falls along a ranked list and one line divides it.
        """
        decided = self.truth >= 0
        slope, bias = _logistic(self.score(scales, conse_weight)[decided], self.truth[decided])
        return np.array([slope, conse_weight * slope, bias])

    def cross_validated(self, scales, conse_weight):
        """Probabilities from weights fitted without the query they are for."""
        score, decided = self.score(scales, conse_weight), self.truth >= 0
        fold = np.random.default_rng(1).integers(0, FOLDS, len(self.queries))
        result = np.zeros(self.truth.shape)
        for held_out in range(FOLDS):
            inside = decided & (fold != held_out)[:, None]
            slope, bias = _logistic(score[inside], self.truth[inside])
            mine = fold == held_out
            result[mine] = _sigmoid(slope * score[mine] + bias)
        return result

    def at(self, probabilities, threshold, photos=slice(None)):
        """Precision, recall, and the share of absent queries with a false alarm, with a gallery of `photos`."""
        p, truth = probabilities[:, photos], self.truth[:, photos]
        decided, above = truth >= 0, p >= threshold
        right = (above & (truth == 1)).sum()
        return (right / max(1, (above & decided).sum()), right / (truth == 1).sum(),
                (above[self.absent].any(1)).mean())

    def average_precision(self, probabilities, photos=slice(None)):
        """Area under precision over recall, all queries together."""
        truth = self.truth[:, photos]
        decided = truth >= 0
        order = np.argsort(-probabilities[:, photos][decided])
        right = truth[decided][order]
        return (np.cumsum(right) / np.arange(1, len(right) + 1) * right).sum() / right.sum()


def _z(scores, axis):
    return (scores - scores.mean(axis, keepdims=axis is not None)) / scores.std(axis, keepdims=axis is not None)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _logistic(score, right, steps=60, ridge=1e-3):
    x = np.c_[score, np.ones(len(score))]
    weights = np.zeros(x.shape[1])
    for _ in range(steps):
        p = _sigmoid(x @ weights)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(hessian, x.T @ (p - right) + ridge * weights)
    return weights


