"""Numbers that do not lie: shares, sums, paces and weeks."""

import json
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import figures
from bot.core.figures import Figures, Guiding, Place, Proof, Snag, Sum, added
from bot.core.indicators import Base, Doubt, Goal, Indicator, Pace, pace
from bot.core.weeks import Week, day_of, of_day, read

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BASE = Base(200, "Công an phường", "2026-11-01")


@pytest.mark.parametrize(
    ("numerator", "denominator", "tenths", "doubt"),
    [
        (1, 3, 333, None),
        (2, 3, 667, None),
        (1, 2000, 1, None),
        (0, 7, 0, None),
        (7, 7, 1000, None),
        (8, 7, None, Doubt.IMPOSSIBLE),
        (1, 0, None, Doubt.IMPOSSIBLE),
        (0, 0, None, Doubt.NO_BASE),
        (1, None, None, Doubt.NO_BASE),
        (None, 7, None, Doubt.UNKNOWN),
        (None, None, None, Doubt.UNKNOWN),
    ],
)
def test_a_share_is_said_only_where_there_is_one(
    numerator: int | None, denominator: int | None, tenths: int | None, doubt: Doubt | None
) -> None:
    one = Indicator(numerator, Base(denominator, "", ""))
    assert (one.tenths, one.doubt) == (tenths, doubt)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_never_leaves_its_bounds(numerator: int, denominator: int) -> None:
    tenths = Indicator(numerator, Base(denominator, "", "")).tenths
    if numerator > denominator:
        assert tenths is None
    else:
        assert tenths is not None
        assert abs(tenths - 1000 * numerator / denominator) <= 0.5


def test_what_is_missing_is_never_counted_as_nothing() -> None:
    assert added([1, None, 2]) == Sum(3, 1)
    assert added([None, None]) == Sum(None, 2)
    assert added([]) == Sum(None, 0)
    assert added([0]) == Sum(0, 0)


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        (40, date(2026, 11, 24), Pace(60, 2, 30, late=False)),
        (100, date(2026, 11, 24), Pace(0, 2, 0, late=False)),
        (120, date(2027, 1, 1), Pace(0, 0, 0, late=False)),
        (99, date(2026, 12, 5), Pace(1, 0, 1, late=False)),
        (99, date(2026, 12, 6), Pace(1, 0, 1, late=True)),
    ],
)
def test_a_goal_says_how_many_a_week_are_left(done: int, today: date, expected: Pace) -> None:
    assert pace(Goal(100, "2026-12-05"), done, today) == expected


def test_weeks_run_from_monday_to_sunday_by_the_local_clock() -> None:
    week = Week(2027, 1)
    assert (week.monday, week.sunday) == (date(2027, 1, 4), date(2027, 1, 10))
    assert week.end(ZONE) - week.start(ZONE) == 7 * 86_400 * 1_000_000
    assert day_of(week.start(ZONE), ZONE) == week.monday
    assert day_of(week.start(ZONE) - 1, ZONE) == date(2027, 1, 3)
    assert day_of(week.start(ZONE), UTC) == date(2027, 1, 3)
    assert (week.before(), str(week.before())) == (Week(2026, 53), "2026-W53")
    assert of_day(date(2027, 1, 3)) == Week(2026, 53)


@pytest.mark.parametrize(
    ("typed", "week"),
    [
        ("2027-W02", Week(2027, 2)),
        (" 2027w2 ", Week(2027, 2)),
        ("2026-W53", Week(2026, 53)),
        ("2027-W53", None),
        ("2027-W00", None),
        ("2027-02", None),
        ("", None),
    ],
)
def test_weeks_are_read_as_they_are_written(typed: str, week: Week | None) -> None:
    assert read(typed) == week


def _guiding(area: str, times: int | None = 3, goal: Goal | None = None) -> Guiding:
    return Guiding(area, "vneid", times, 2, {figures.SAID: Proof(1, 50)}, BASE, goal)


WEEK = Figures(
    "2027-W02",
    "26368",
    "Phường Long Thành",
    "2027-01-17",
    "2027-01-20",
    final=True,
    places=[Place("a", "Khu 1", "Tổ 1", 10, 30, 4, None, 3, 5, None, 0)],
    guides=[_guiding("", goal=Goal(150, "2027-06-30")), _guiding("a", None)],
    snags=[Snag("vneid", "nhap-ma", "stuck", 4, 3)],
    unplaced=1,
    titles={"vneid": "Cài VNeID"},
)


def test_a_week_reads_back_as_it_was_kept() -> None:
    assert figures.from_plain(json.loads(json.dumps(figures.to_plain(WEEK)))) == WEEK


def test_kinds_of_proof_stay_apart() -> None:
    whole = WEEK.all_of("vneid")
    assert whole
    assert whole.indicator(figures.SAID).tenths == 250
    assert whole.indicator(figures.VERIFIED).tenths == 0
    assert WEEK.guides[1].indicator(figures.SAID).doubt is Doubt.UNKNOWN
    assert WEEK.all_of("an-toan") is None
