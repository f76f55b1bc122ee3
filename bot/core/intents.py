"""What a free text is about: one of the learnt labels, and how sure that is.

The learnt numbers come from a file (see bot/lexicon.py); nothing is learnt here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from bot.core.features import features


@dataclass(frozen=True, slots=True)
class Model:
    """A linear classifier over the buckets of features.py.

    `strengths` says how much each bucket counts, `weights` holds a row for each label;
    `steps` are the sizes of one unit of each row, `sharpness` turns scores into shares.
    """

    labels: tuple[str, ...]
    strengths: Sequence[int]
    weights: tuple[Sequence[int], ...]
    steps: tuple[float, ...]
    offsets: tuple[float, ...]
    sharpness: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was learnt, and what a short or southern word stands for."""

    model: Model
    spelling: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Guess:
    """The two likeliest labels; the shares of all labels add up to 1."""

    label: str
    share: float
    next_label: str
    next_share: float


def guess(text: str, understanding: Understanding) -> Guess:
    """Deterministic; well under a millisecond for a usual sentence."""
    model = understanding.model
    scores = _scores(sorted(features(text, understanding.spelling)), model)
    best = max(scores)
    powers = [exp(model.sharpness * (score - best)) for score in scores]
    total = sum(powers)
    shares = sorted(zip((power / total for power in powers), model.labels, strict=True))
    (next_share, next_label), (share, label) = shares[-2:]
    return Guess(label, share, next_label, next_share)


def _scores(buckets: Sequence[int], model: Model) -> list[float]:
    squares = sum(model.strengths[bucket] ** 2 for bucket in buckets)
    length = sqrt(squares) or 1.0
    return [
        offset + step * sum(map(row.__getitem__, buckets)) / length
        for row, step, offset in zip(model.weights, model.steps, model.offsets, strict=True)
    ]
