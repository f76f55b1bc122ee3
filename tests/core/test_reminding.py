"""When people may be written to unasked: hours, days off, time zones. Clocks are frozen."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.hours import quiet_hours
from bot.core.reminding import Calendar
from bot.holidays import days_off

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
TET = [date(2027, 2, 5) + timedelta(days=n) for n in range(6)]


def _at(text: str, zone: ZoneInfo = HERE) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2027-01-15 09:00", "2027-01-15 09:00"),
        ("2027-01-15 20:59", "2027-01-15 20:59"),
        ("2027-01-15 21:00", "2027-01-16 07:00"),
        ("2027-01-16 06:59", "2027-01-16 07:00"),
        ("2027-02-04 21:30", "2027-02-11 07:00"),
        ("2027-02-05 09:00", "2027-02-11 07:00"),
        ("2027-02-10 23:00", "2027-02-11 07:00"),
    ],
)
def test_nights_and_days_off_are_waited_out(asked: str, opens: str) -> None:
    assert Calendar(HERE, TET).opens(_at(asked)) == _at(opens)


def test_changed_hours_count_from_then_on() -> None:
    hours = [quiet_hours("21:00-07:00")]
    calendar, evening = Calendar(HERE, TET, lambda: hours[-1]), _at("2027-01-15 20:00")
    assert calendar.opens(evening) == evening
    hours.append(quiet_hours("19:30-08:00"))
    assert calendar.opens(evening) == _at("2027-01-16 08:00")
    assert calendar.nudge(_at("2027-02-04 12:00"), 1) == _at("2027-02-11 08:00")


def test_the_hours_are_those_of_the_zone() -> None:
    evening = _at("2027-01-15 21:30")
    assert Calendar(HERE).opens(evening) > evening
    assert Calendar(ZoneInfo("Europe/Berlin")).opens(evening) == evening


@pytest.mark.parametrize(
    ("now", "number", "due"),
    [
        ("2027-01-15 09:00", 1, "2027-01-16 07:00"),
        ("2027-01-15 19:00", 1, "2027-01-16 15:00"),
        ("2027-01-15 02:00", 1, "2027-01-16 07:00"),
        ("2027-01-15 09:00", 2, "2027-01-18 09:00"),
        ("2027-02-04 12:00", 1, "2027-02-11 07:00"),
    ],
)
def test_reminders_come_a_day_and_three_days_later(now: str, number: int, due: str) -> None:
    assert Calendar(HERE, TET).nudge(_at(now), number) == _at(due)


def test_days_and_weeks_are_local() -> None:
    calendar = Calendar(HERE)
    assert calendar.day(_at("2027-01-18 00:30")) == "2027-01-18"
    assert calendar.week(_at("2027-01-24 23:59")) == (date(2027, 1, 18), _at("2027-01-18 00:00"))
    assert calendar.used(_at("2027-01-15 09:00")) == _at("2027-02-14 09:00")


def test_the_days_off_are_dates() -> None:
    assert set(TET) <= days_off()
    assert all(isinstance(one, date) for one in days_off())
