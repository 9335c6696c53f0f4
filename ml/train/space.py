"""The arithmetic of the bridge: ridge from CLIP image space into MiniLM text space, and ConSE beside it."""

from dataclasses import dataclass

import numpy as np

from pairs import rows

RIDGE = 10.0
TOP_CLASSES = 10  # classes that make up a picture's ConSE vector
CONSE_WEIGHT = 0.25
DRAWN_WEIGHT, PHOTO_WEIGHT = 0.5, 1.0


def unit(vectors):
    """Rows scaled to length one; a zero row stays zero."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


@dataclass
class Space:
    matrix: np.ndarray  # [512,384]
    text_mean: np.ndarray  # [384]
    image_mean: np.ndarray  # [512], of unit image vectors
    class_names: np.ndarray  # [1000,384], unit

    def pictures(self, clip, logits):
        """What is stored per picture: `(bridge [n,384], conse [n,384])`, both unit."""
        x = unit(unit(clip) - self.image_mean)
        return unit(x @ self.matrix), conse(logits, self.class_names)

    def queries(self, texts):
        """What a query is compared as, of its unit MiniLM vector: `(with bridge, with conse)`."""
        return unit(texts - self.text_mean), texts


def conse(logits, class_names):
    """Σ over the ten most likely classes of probability × class name vector, unit."""
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    cut = np.sort(shares, 1)[:, -TOP_CLASSES][:, None]
    return unit(np.where(shares >= cut, shares, 0) @ class_names)


def fit(sets, embed_texts, ridge=RIDGE):
    """`(matrix, text_mean)` out of `[{clip [n,512], texts: [[sentence, …]], photos: bool}]`.

    Each set is centred by its own mean: drawings on white and photos sit in different places.
    A picture counts once for each of its sentences, divided by √(pictures of the same concept).
    """
    images, sentences, weights = [], [], []
    concepts = {}
    for each in sets:
        for texts in each["texts"]:
            concepts[texts[0]] = concepts.get(texts[0], 0) + 1
    for each in sets:
        clip = unit(each["clip"].astype(np.float64))
        centred = unit(clip - clip.mean(0))
        for vector, texts in zip(centred, each["texts"]):
            weight = (PHOTO_WEIGHT if each["photos"] else DRAWN_WEIGHT) / np.sqrt(concepts[texts[0]])
            for sentence in texts:
                images.append(vector)
                sentences.append(sentence)
                weights.append(weight)
    x, t = np.stack(images), embed_texts(sentences)
    w = np.array(weights)[:, None]
    text_mean = (t * w).sum(0) / w.sum()
    gram = x.T @ (x * w) + ridge * np.eye(x.shape[1])
    return np.linalg.solve(gram, (x * w).T @ (t - text_mean)), text_mean


def drawn_sets(pairs, clip):
    """The training pairs as sets for `fit`, one per source."""
    result = []
    for name in dict.fromkeys(pair["set"] for pair in pairs):
        chosen = [index for index, pair in enumerate(pairs) if pair["set"] == name]
        result.append({"clip": clip[chosen], "photos": False,
                       "texts": [rows(pairs[index]["texts"]) for index in chosen]})
    return result
