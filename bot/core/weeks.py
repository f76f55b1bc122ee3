"""Weeks as reports count them: Monday to Sunday, named as in ISO 8601. Pure; no clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_SHAPE = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Week `number` of ISO year `year`."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def start(self, zone: tzinfo) -> int:
        """Its first microsecond."""
        return _moment(self.monday, zone)

    def end(self, zone: tzinfo) -> int:
        """The first microsecond after it."""
        return _moment(self.monday + timedelta(days=7), zone)

    def before(self) -> "Week":
        return of_day(self.monday - timedelta(days=7))


def _moment(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time.min, zone).timestamp()) * _MICRO


def of_day(day: date) -> Week:
    year, number, _ = day.isocalendar()
    return Week(year, number)


def day_of(moment: int, zone: tzinfo) -> date:
    """The local date of a time in microseconds."""
    return datetime.fromtimestamp(moment // _MICRO, zone).date()


def read(text: str) -> Week | None:
    """Of "2027-W02", or None."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    week = Week(int(found[1]), int(found[2]))
    try:
        return of_day(week.monday)
    except ValueError:
        return None
