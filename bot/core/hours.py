"""When an office works and when people are left in peace. Pure; which days is data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.core.announcement import opens

_SECOND = 1_000_000
_LONGEST_CLOSED = 60  # days; a calendar that never opens is a mistake in the data
Span = tuple[time, time]


def awake(moment: int, zone: tzinfo) -> int:
    """Now, or at the end of the quiet hours. Microseconds."""
    return opens(moment, zone, urgent=False)


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
