"""What a team lead is told on Monday: a week of one team, and whether it is worth a message. Pure;
words are in guides/digest.yaml."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Aimed:
    """A goal of the team's places: `done` of `number` by `due` (ISO), `each` a week from now."""

    guide: str
    done: int
    number: int
    due: str
    each: int
    late: bool


@dataclass(frozen=True, slots=True)
class Knock:
    """A door to knock on: the household's code, and what speaks for it, strongest first."""

    household: str
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Digest:
    """`visited` is None when nobody wrote down a visit. `snag` is the guide and step where most
    people got stuck, `best` the guide most people learnt; empty for none. `quiet` are ids of
    members of whom nothing was heard."""

    team: str
    week: str
    guided: int
    said: int
    verified: int
    visited: int | None
    calls: int
    stuck: int
    snag: str
    best: str
    quiet: Sequence[int]
    goals: Sequence[Aimed]
    doors: Sequence[Knock]

    @property
    def happened(self) -> bool:
        return any((self.guided, self.said, self.verified, self.visited, self.calls, self.stuck))


def is_news(digest: Digest, before: Digest | None) -> bool:
    """Something happened, or who is quiet or which doors wait differs from the week before."""
    if digest.happened:
        return True
    known = (before.quiet, _codes(before)) if before else ((), ())
    return (tuple(digest.quiet), _codes(digest)) != (tuple(known[0]), known[1])


def _codes(digest: Digest) -> tuple[str, ...]:
    return tuple(one.household for one in digest.doors)


def to_plain(digest: Digest) -> dict[str, Any]:
    """JSON-ready; `from_plain` reads it back."""
    return asdict(digest)


def from_plain(plain: Mapping[str, Any]) -> Digest:
    parts: dict[str, Any] = {
        "goals": [Aimed(**one) for one in plain["goals"]],
        "doors": [Knock(**one) for one in plain["doors"]],
    }
    return Digest(**{**plain, **parts})
