"""A week of a place in numbers, as it is kept: plain values that read back as they were. Pure.

None stands for what nobody counted; what is missing from a sum is said beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.core.indicators import Base, Goal, Indicator

SAID, VERIFIED, AGAIN, NO_LONGER = "said", "verified", "again", "no-longer"
Number = int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Persons with one kind of proof: new within the week, and up to its end."""

    new: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """What was done in one place, whatever it was about. Visits are unknown when nobody wrote
    down any; what the service counts by itself is unknown only where no households are listed."""

    area: str
    name: str
    team: str
    homes: Number
    people: Number
    ages_unknown: Number
    visited_new: Number
    visited: Number
    guided: Number
    without_phone: Number
    calls: Number
    warned: Number = None


@dataclass(frozen=True, slots=True)
class Guiding:
    """One guide in one place; `area` is empty for all of them together."""

    area: str
    guide: str
    times: Number
    people: Number
    proofs: Mapping[str, Proof]
    base: Base
    goal: Goal | None = None

    def indicator(self, kind: str) -> Indicator:
        """The share of those who can, by one kind of proof."""
        known = self.times is not None
        return Indicator(self.proof(kind).all if known else None, self.base)

    def proof(self, kind: str) -> Proof:
        return self.proofs.get(kind, Proof())


@dataclass(frozen=True, slots=True)
class Snag:
    """Where people did not get on: a step (`outcome` stuck) or a named trouble."""

    guide: str
    item: str
    outcome: str
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of the report in somebody's words; `place` is its name, `day` an ISO date."""

    kind: str
    place: str
    text: str
    day: str


@dataclass(frozen=True, slots=True)
class Figures:
    """`as_of` is the day before which all of it happened, `made` the day it was counted;
    a week that is not over is not `final`. `unplaced` guides were finished by nobody we know.
    `titles` and `labels` name guides, and steps and troubles as "guide item"."""

    week: str
    area: str
    name: str
    as_of: str
    made: str
    final: bool
    places: Sequence[Place]
    guides: Sequence[Guiding]
    snags: Sequence[Snag]
    unplaced: int
    titles: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[Remark] = ()

    def all_of(self, guide: str) -> Guiding | None:
        return next((one for one in self.guides if (one.area, one.guide) == ("", guide)), None)


def summed(
    area: str, guide: str, parts: Sequence[Guiding], base: Base, goal: Goal | None
) -> Guiding:
    """One guide over several places."""
    kinds = sorted({kind for one in parts for kind in one.proofs})
    proofs = {
        kind: Proof(
            sum(one.proof(kind).new for one in parts), sum(one.proof(kind).all for one in parts)
        )
        for kind in kinds
    }
    times = added(one.times for one in parts).number
    people = added(one.people for one in parts).number
    return Guiding(area, guide, times, people, proofs, base, goal)


def to_plain(figures: Figures) -> dict[str, Any]:
    """JSON-ready; `from_plain` reads it back."""
    return asdict(figures)


def from_plain(plain: Mapping[str, Any]) -> Figures:
    parts: dict[str, Any] = {
        "places": [Place(**one) for one in plain["places"]],
        "guides": [_guiding(one) for one in plain["guides"]],
        "snags": [Snag(**one) for one in plain["snags"]],
        "remarks": tuple(Remark(**one) for one in plain.get("remarks", ())),
    }
    return Figures(**{**plain, **parts})


def _guiding(plain: Mapping[str, Any]) -> Guiding:
    parts: dict[str, Any] = {
        "proofs": {kind: Proof(**one) for kind, one in plain["proofs"].items()},
        "base": Base(**plain["base"]),
        "goal": Goal(**plain["goal"]) if plain["goal"] else None,
    }
    return Guiding(**{**plain, **parts})


@dataclass(frozen=True, slots=True)
class Sum:
    """Of what is known; `missing` numbers are not in it."""

    number: Number
    missing: int


def added(numbers: Iterable[Number]) -> Sum:
    """Unknown when nothing is known: never 0 for that."""
    all_of_them = list(numbers)
    known = [one for one in all_of_them if one is not None]
    return Sum(sum(known) if known else None, len(all_of_them) - len(known))
