"""When an office works and when people are left in peace. Pure; which days is data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

_SECOND = 1_000_000
_LONGEST_CLOSED = 60  # days; a calendar that never opens is a mistake in the data
Span = tuple[time, time]


# Zalo lets nothing but replies through in these hours.
_NIGHT = (time(22), time(6))
_SHORTEST_DAY = timedelta(hours=6)


class QuietFault(StrEnum):
    """Why hours cannot be quiet ones."""

    NIGHT = "short-night"
    DAY = "short-day"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Nobody is written to unasked from the evening over midnight to the morning."""

    begins: time = time(21)
    ends: time = time(7)

    def fault(self) -> QuietFault | None:
        """The other methods are for hours without one."""
        night_begins, night_ends = _NIGHT
        if self.begins < self.ends or self.begins > night_begins or self.ends < night_ends:
            return QuietFault.NIGHT
        day = datetime.combine(date.min, self.begins) - datetime.combine(date.min, self.ends)
        return QuietFault.DAY if day < _SHORTEST_DAY else None

    def opens(self, now: int, zone: tzinfo, *, urgent: bool = False) -> int:
        """When something may be sent: now, or at the end of the quiet hours. Microseconds."""
        here = datetime.fromtimestamp(now // _SECOND, zone)
        if urgent or self.ends <= here.time() < self.begins:
            return now
        day = here.date() + timedelta(days=here.time() >= self.begins)
        return int(datetime.combine(day, self.ends, zone).timestamp()) * _SECOND

    def finish(self, start: int, work: int, zone: tzinfo, *, urgent: bool) -> int:
        """When so much work is done that rests in the quiet hours unless it is urgent."""
        at = start
        while work:
            at = self.opens(at, zone, urgent=urgent)
            here = datetime.fromtimestamp(at // _SECOND, zone)
            night = int(datetime.combine(here.date(), self.begins, zone).timestamp()) * _SECOND
            done = work if urgent else min(work, night - at)
            at, work = at + done, work - done
        return at

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def quiet_hours(text: str) -> QuietHours:
    """From "21:00-07:00". Raises ValueError."""
    begins, ends = (datetime.strptime(one, "%H:%M").time() for one in text.split("-"))
    return QuietHours(begins, ends)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """`week` has the working times by weekday, Monday 0; `holidays` are closed whatever the
    weekday, `working` days are open with the times of a Monday."""

    zone: tzinfo
    week: Mapping[int, Sequence[Span]]
    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def spans(self, day: date) -> Sequence[Span]:
        if day in self.holidays:
            return ()
        return self.week.get(0 if day in self.working else day.weekday(), ())

    def opens(self, moment: int) -> int:
        """Now, or when the office is open next. Microseconds. Raises LookupError for never."""
        here = datetime.fromtimestamp(moment // _SECOND, self.zone)
        for ahead in range(_LONGEST_CLOSED):
            day = here.date() + timedelta(days=ahead)
            for begins, ends in self.spans(day):
                if ahead or here.time() < begins:
                    return int(datetime.combine(day, begins, self.zone).timestamp()) * _SECOND
                if here.time() < ends:
                    return moment
        raise LookupError("never-open")

    def next_day(self, moment: int) -> int:
        """When it opens on the next working day."""
        here = datetime.fromtimestamp(moment // _SECOND, self.zone)
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), self.zone)
        return self.opens(int(midnight.timestamp()) * _SECOND)
