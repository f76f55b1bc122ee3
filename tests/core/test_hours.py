"""Office hours, holidays, quiet hours: on a fixed calendar, in a zone of its own."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.calendars import office_hours
from bot.core.hours import OfficeHours, awake

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SPANS = ((time(7, 30), time(11, 30)), (time(13), time(17)))
HOURS = OfficeHours(
    ZONE,
    dict.fromkeys(range(5), _SPANS),
    holidays=frozenset({date(2027, 1, 1)}),
    working=frozenset({date(2027, 1, 2)}),
)


def at(text: str, zone: ZoneInfo = ZONE) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2027-01-04T06:00", "2027-01-04T07:30"),
        ("2027-01-04T07:30", "2027-01-04T07:30"),
        ("2027-01-04T12:00", "2027-01-04T13:00"),
        ("2027-01-04T16:59", "2027-01-04T16:59"),
        ("2027-01-04T17:00", "2027-01-05T07:30"),
        ("2027-01-08T18:00", "2027-01-11T07:30"),  # over a weekend
        ("2026-12-31T18:00", "2027-01-02T07:30"),  # over a holiday, to a Saturday that is worked
    ],
)
def test_the_office_opens(now: str, opening: str) -> None:
    assert HOURS.opens(at(now)) == at(opening)


def test_the_next_day_is_a_working_day() -> None:
    assert HOURS.next_day(at("2027-01-04T09:00")) == at("2027-01-05T07:30")
    assert HOURS.next_day(at("2026-12-31T09:00")) == at("2027-01-02T07:30")


def test_an_office_that_never_opens_is_an_error() -> None:
    with pytest.raises(LookupError):
        OfficeHours(ZONE, {}).opens(at("2027-01-04T09:00"))


def test_hours_are_those_of_the_zone() -> None:
    utc = ZoneInfo("UTC")
    assert HOURS.opens(at("2027-01-04T00:00", utc)) == at("2027-01-04T00:30", utc)
    assert awake(at("2027-01-04T14:30", utc), ZONE) == at("2027-01-05T00:00", utc)
    assert awake(at("2027-01-04T05:00"), ZONE) == at("2027-01-04T07:00")
    assert awake(at("2027-01-04T08:00"), ZONE) == at("2027-01-04T08:00")


def test_the_shipped_calendar_is_well() -> None:
    hours = office_hours(ZONE)
    assert hours.opens(at("2027-08-31T09:00")) == at("2027-08-31T09:00")
    assert hours.opens(at("2027-01-01T09:00")) == at("2027-01-04T07:30")
