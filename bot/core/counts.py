"""What was counted of one place in one week, as it is kept: it reads back as it was. Pure.

A person lives in one place only, so the numbers of several places add up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.core.figures import Proof, Snag

REST, CAME = "rest", "came"
# Guide -> step or trouble -> what became of people there -> how many; REST: they stand
# still there, CAME: they passed it, got stuck there, or first one and then the other.
Steps = Mapping[str, Mapping[str, Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class Begun:
    """Sessions begun within the week, and how many persons had them."""

    times: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """`lives` is persons by age band, `guided` by guide ("" for whichever), `proven` by guide and
    kind of proof; `learning` are at a guide now. Households visited: new, and up to the end."""

    homes: int = 0
    lives: Mapping[str, int] = field(default_factory=dict)
    visited_new: int = 0
    visited: int = 0
    without_phone: int = 0
    calls: int = 0
    learning: int = 0
    warned: int = 0
    guided: Mapping[str, Begun] = field(default_factory=dict)
    proven: Mapping[str, Mapping[str, Proof]] = field(default_factory=dict)
    snags: Sequence[Snag] = ()


def to_plain(counts: Counts) -> dict[str, Any]:
    """JSON-ready; `from_plain` reads it back."""
    return asdict(counts)


def from_plain(plain: Mapping[str, Any]) -> Counts:
    parts: dict[str, Any] = {
        "guided": {guide: Begun(**one) for guide, one in plain["guided"].items()},
        "proven": {
            guide: {kind: Proof(**one) for kind, one in kinds.items()}
            for guide, kinds in plain["proven"].items()
        },
        "snags": [Snag(**one) for one in plain["snags"]],
    }
    return Counts(**{**plain, **parts})


def together(snags: Iterable[Snag]) -> list[Snag]:
    """Of several places, most persons first."""
    times: Counter[tuple[str, str, str]] = Counter()
    people: Counter[tuple[str, str, str]] = Counter()
    for one in snags:
        key = (one.guide, one.item, one.outcome)
        times[key] += one.times
        people[key] += one.people
    order = sorted(times, key=lambda key: (-people[key], -times[key], key))
    return [Snag(*key, times[key], people[key]) for key in order]


def added_steps(parts: Iterable[Steps], guide: str) -> dict[tuple[str, str], int]:
    """Step and outcome -> how many over several places."""
    total: Counter[tuple[str, str]] = Counter()
    for steps in parts:
        for item, outcomes in steps.get(guide, {}).items():
            for outcome, number in outcomes.items():
                total[item, outcome] += number
    return dict(total)
