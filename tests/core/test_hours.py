"""Office hours, holidays, quiet hours: on a fixed calendar, in a zone of its own."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.calendars import office_hours
from bot.core.hours import OfficeHours, QuietFault, QuietHours, quiet_hours

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
    assert QuietHours().opens(at("2027-01-04T14:30", utc), ZONE) == at("2027-01-05T00:00", utc)
    assert QuietHours().opens(at("2027-01-04T05:00"), ZONE) == at("2027-01-04T07:00")
    assert QuietHours().opens(at("2027-01-04T08:00"), ZONE) == at("2027-01-04T08:00")


def test_the_shipped_calendar_is_well() -> None:
    hours = office_hours(ZONE)
    assert hours.opens(at("2027-08-31T09:00")) == at("2027-08-31T09:00")
    assert hours.opens(at("2027-01-01T09:00")) == at("2027-01-04T07:30")


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2027-01-04T19:29", "2027-01-04T19:29"),
        ("2027-01-04T19:30", "2027-01-05T08:15"),
        ("2027-12-31T23:59", "2028-01-01T08:15"),
        ("2027-01-05T00:00", "2027-01-05T08:15"),
        ("2027-01-05T08:14", "2027-01-05T08:15"),
        ("2027-01-05T08:15", "2027-01-05T08:15"),
    ],
)
def test_other_quiet_hours_hold_over_midnight(now: str, opening: str) -> None:
    hours = quiet_hours("19:30-08:15")
    assert hours.opens(at(now), ZONE) == at(opening)
    assert hours.opens(at(now), ZONE, urgent=True) == at(now)


def test_work_rests_in_other_quiet_hours() -> None:
    hours, work = quiet_hours("19:30-08:15"), 3600 * 1_000_000
    start = at("2027-01-04T19:00")
    assert hours.finish(start, work, ZONE, urgent=False) == at("2027-01-05T08:45")
    assert hours.finish(start, work, ZONE, urgent=True) == at("2027-01-04T20:00")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("21:00-07:00", None),
        ("22:00-06:00", None),
        ("15:00-09:00", None),
        ("22:01-06:00", QuietFault.NIGHT),
        ("22:00-05:59", QuietFault.NIGHT),
        ("00:30-07:00", QuietFault.NIGHT),
        ("09:00-15:00", QuietFault.NIGHT),
        ("14:59-09:00", QuietFault.DAY),
        ("12:00-12:00", QuietFault.DAY),
    ],
)
def test_quiet_hours_keep_the_night_and_leave_a_day(text: str, fault: QuietFault | None) -> None:
    hours = quiet_hours(text)
    assert hours.fault() is fault
    assert str(hours) == text


@pytest.mark.parametrize(
    "text", ["", "21:00", "-", "21:00-", "21-07", "24:00-07:00", "a:b-c:d-e:f"]
)
def test_what_are_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|match|converted"):
        quiet_hours(text)
