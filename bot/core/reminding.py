"""When somebody may be written to unasked: hours of the day, days off, how long to wait. Pure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.core.hours import QuietHours

_SECOND = 1_000_000
_HOUR = 3600 * _SECOND
_DAY = 24 * _HOUR
# After the first silence at the same time next day, a little earlier; then once more.
WAITS = (20 * _HOUR, 3 * _DAY)
USED_AFTER = 30 * _DAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """`hours` is asked each time: an operator may change them meanwhile."""

    zone: tzinfo
    days_off: Collection[date] = ()
    hours: Callable[[], QuietHours] = QuietHours

    def local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment / _SECOND, self.zone)

    def quiet(self, moment: int) -> int:
        """The first time from then on that is not in the quiet hours; a day off counts as any."""
        return self.hours().opens(moment, self.zone)

    def opens(self, moment: int) -> int:
        """The first time from then on: not in the quiet hours, not on a day off."""
        moment = self.quiet(moment)
        while (day := self.local(moment).date()) in self.days_off:
            morning = datetime.combine(day + timedelta(days=1), self.hours().ends, self.zone)
            moment = int(morning.timestamp()) * _SECOND
        return moment

    def nudge(self, now: int, number: int) -> int:
        """When to say it for the first or second time, counted from now."""
        return self.opens(now + WAITS[number - 1])

    def used(self, now: int) -> int:
        """When to ask whether it was used again."""
        return self.opens(now + USED_AFTER)

    def day(self, moment: int) -> str:
        return self.local(moment).date().isoformat()

    def week(self, moment: int) -> tuple[date, int]:
        """The Monday of its week and that morning's first moment."""
        today = self.local(moment).date()
        monday = today - timedelta(days=today.weekday())
        begins = datetime.combine(monday, time(), self.zone)
        return monday, int(begins.timestamp()) * _SECOND
