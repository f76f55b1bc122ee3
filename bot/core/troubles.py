"""Which guide or which known trouble a text is about: likeness of words, nothing learnt here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.features import canonical, features
from bot.core.guide import Guide, Trouble
from bot.core.intents import Understanding
from bot.core.state import Guides
from bot.core.text import Option, bare, longest_inside, words

ALIKE = 0.45  # of a trouble's words, by weight, that a text has to hold


@dataclass(frozen=True, slots=True)
class Match:
    """A trouble of a step, and how much of it was said: 0 to 1."""

    step: str
    trouble: Trouble
    share: float


def named(text: str, guides: Guides) -> Guide | None:
    """The guide that a text calls by one of its names."""
    options = [Option(guide.id, guide.called) for guide in guides.current.values()]
    return guides.current.get(longest_inside(words(text), options))


def likeliest(text: str, guide: Guide, steps: Iterable[str], guides: Guides) -> Match | None:
    """The trouble of these steps that a text tells of, or None."""
    told = _spoken(text, guides.understanding)
    wanted = set(steps)
    found = [
        Match(step.id, trouble, _told(told, trouble, guides.understanding))
        for step in guide.steps
        if step.id in wanted
        for trouble in step.troubles
    ]
    best = max(found, key=lambda match: match.share, default=None)
    return best if best and best.share >= ALIKE else None


def _told(told: frozenset[int], trouble: Trouble, understanding: Understanding) -> float:
    phrases: Sequence[str] = (trouble.label, *trouble.words)
    return max(_share(told, _spoken(one, understanding), understanding) for one in phrases)


def _spoken(text: str, understanding: Understanding) -> frozenset[int]:
    """Spelt out and without accents, which people leave out."""
    return features(bare(" ".join(canonical(text, understanding.spelling))), {})


def _share(told: frozenset[int], wanted: frozenset[int], understanding: Understanding) -> float:
    weight = understanding.model.strengths
    whole = sum(weight[bucket] ** 2 for bucket in wanted)
    return sum(weight[bucket] ** 2 for bucket in wanted & told) / whole if whole else 0.0
