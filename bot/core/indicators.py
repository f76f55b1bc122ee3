"""Numbers that do not lie: what was counted, out of how many, from where and when. Pure.

Nobody having counted is not 0; more than all is no share; kinds of proof are never added up.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Doubt(StrEnum):
    """Why there is no share. Each has words in guides/report.yaml."""

    UNKNOWN = "unknown"  # nobody counted
    NO_BASE = "no-base"  # out of how many is not known, or there is nobody
    IMPOSSIBLE = "impossible"  # more than there are


@dataclass(frozen=True, slots=True)
class Base:
    """Out of how many: `number` is None where nobody knows. `source` says whose count it is,
    `day` (ISO) of when; `unsure` of them are counted in for want of knowing better."""

    number: int | None = None
    source: str = ""
    day: str = ""
    unsure: int = 0


@dataclass(frozen=True, slots=True)
class Indicator:
    """`numerator` is None where nobody counted."""

    numerator: int | None
    base: Base

    @property
    def doubt(self) -> Doubt | None:
        if self.numerator is None:
            return Doubt.UNKNOWN
        if not self.base.number:
            return Doubt.IMPOSSIBLE if self.numerator and self.base.number == 0 else Doubt.NO_BASE
        return Doubt.IMPOSSIBLE if self.numerator > self.base.number else None

    @property
    def tenths(self) -> int | None:
        """The share in tenths of a percent, halves rounded up; None in doubt."""
        if self.doubt or self.numerator is None or not self.base.number:
            return None
        return (2000 * self.numerator + self.base.number) // (2 * self.base.number)


@dataclass(frozen=True, slots=True)
class Goal:
    """So many by that day (ISO)."""

    number: int
    due: str


@dataclass(frozen=True, slots=True)
class Pace:
    """What is left, and how many a week that takes from now on; `late` once the day is over."""

    left: int
    weeks: int
    each: int
    late: bool


def pace(goal: Goal, done: int, today: date) -> Pace:
    left = max(goal.number - done, 0)
    days = (date.fromisoformat(goal.due) - today).days
    weeks = max(-(-days // 7), 0)
    return Pace(left, weeks, -(-left // max(weeks, 1)), late=days < 0 < left)
