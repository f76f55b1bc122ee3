"""From sentences to a model: the one place that uses scikit-learn."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.core.features import BUCKETS, features
from bot.core.intents import Model
from training.material import Sentence, Typist

SHARPNESS = 4.0  # see docs/develop/understanding.md, "How sure"
# Labels that are worse to miss than to hear once too often.
_LEANINGS = {"dung": 0.1, "kiem-tra-lua-dao": 0.05, "gap-nguoi": 0.05}
_PIECES = 0.4  # what a piece of a word counts beside a whole word
_FINEST = 127
_Vectors = Any


def learn(sentences: Sequence[Sentence], spelling: Mapping[str, str]) -> Model:
    typist = Typist(spelling)
    typed = [(text, one.label) for one in sentences for text in typist.variants(one.text)]
    found = [sorted(features(text, spelling)) for text, _ in typed]
    strengths = _strengths(found)
    classifier = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    classifier.fit(_vectors(found, strengths), [label for _, label in typed])
    return _model(classifier, strengths)


def _strengths(found: Sequence[Sequence[int]]) -> list[int]:
    """Rare features count more; whole words more than pieces."""
    met = np.zeros(BUCKETS)
    for buckets in found:
        met[buckets] += 1
    rarity = np.log((1 + len(found)) / (1 + met)) / log(1 + len(found))
    rarity[BUCKETS // 2 :] *= _PIECES
    return [int(one) for one in np.rint(rarity * _FINEST)]


def _vectors(found: Sequence[Sequence[int]], strengths: Sequence[int]) -> _Vectors:
    places = [0]
    for buckets in found:
        places.append(places[-1] + len(buckets))
    columns = [bucket for buckets in found for bucket in buckets]
    values = np.array([strengths[bucket] for bucket in columns], dtype=float)
    for start, end in pairwise(places):
        values[start:end] /= np.linalg.norm(values[start:end]) or 1.0
    return csr_matrix((values, columns, places), shape=(len(found), BUCKETS))


def _model(classifier: LinearSVC, strengths: Sequence[int]) -> Model:
    """Strengths are folded into the weights, and those rounded to one byte each."""
    folded = classifier.coef_ * np.array(strengths)
    steps = np.abs(folded).max(axis=1) / _FINEST
    rows = np.rint(folded / steps[:, None]).astype(int)
    labels = list(map(str, classifier.classes_))
    return Model(
        tuple(labels),
        strengths,
        tuple(tuple(map(int, row)) for row in rows),
        tuple(map(float, steps)),
        tuple(
            float(offset) + _LEANINGS.get(label, 0.0)
            for label, offset in zip(labels, classifier.intercept_, strict=True)
        ),
        SHARPNESS,
    )
