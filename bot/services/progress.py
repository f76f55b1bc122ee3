"""How far an announcement is, as everybody who watches it sees it. Nothing here writes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.announcement import FAILED, OPEN, REACHED, State, longest
from bot.core.reminding import Calendar
from storage import announcements, recipients
from storage.database import MINUTE
from storage.recipients import Part

# What the counts are gathered into; all of them together is every copy.
HEAPS: Mapping[str, tuple[str, ...]] = {
    "cho": (*OPEN, recipients.ASKED),
    "toi": REACHED,
    "loi": FAILED,
    "khong-ro": ("uncertain",),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of group or one channel to persons, by heaps; `total` is all of it."""

    way: str
    group: bool
    total: int
    heaps: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """States add up to the frozen audience at every instant. `rate` is what left in the last
    minute; `ends_at` when the rest will have, 0 when nothing is to leave or it is not sending.
    Relay groups are `asked` until their member says it is posted."""

    state: str
    due_at: int
    heaps: Mapping[str, int]
    ways: Sequence[Way]
    asked: int
    rate: int
    ends_at: int

    @property
    def total(self) -> int:
        return sum(self.heaps.values())

    @property
    def settled(self) -> int:
        return self.total - self.heaps["cho"]


def progress(
    connection: Connection, calendar: Calendar, intervals: Mapping[str, int], number: int, now: int
) -> Progress:
    """`intervals` are the microseconds a message takes on each channel."""
    kept = announcements.get(connection, number)
    state = kept.state if kept else State.DRAFT
    parts = recipients.parts(connection, number)
    leaving: Counter[str] = Counter()
    for one in parts:
        leaving[one.way] += one.number if one.state in OPEN else 0
    rate = ends_at = 0
    if kept and state is State.SENDING and leaving.total():
        rate = recipients.ended_since(connection, number, now - MINUTE)
        work = leaving.total() * MINUTE // rate if rate else longest(leaving, intervals)
        quiet, zone, urgent = calendar.hours(), calendar.zone, kept.content.urgent
        start = quiet.opens(now, zone, urgent=urgent)
        ends_at = quiet.finish(start, work, zone, urgent=urgent)
    return Progress(
        state.value,
        kept.due_at if kept else 0,
        _heaps(parts),
        _ways(parts),
        sum(one.number for one in parts if one.state == recipients.ASKED),
        rate,
        ends_at,
    )


def _heaps(parts: Sequence[Part]) -> dict[str, int]:
    return {
        heap: sum(one.number for one in parts if one.state in states)
        for heap, states in HEAPS.items()
    }


def _ways(parts: Sequence[Part]) -> list[Way]:
    found = []
    for way, group in dict.fromkeys((one.way, one.group) for one in parts):
        mine = [one for one in parts if (one.way, one.group) == (way, group)]
        found.append(Way(way, group, sum(one.number for one in mine), _heaps(mine)))
    return found
