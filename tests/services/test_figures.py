"""Indicators of a place: what is counted, what is not, and what cannot be said."""

from zoneinfo import ZoneInfo

import pytest
from counting import statements
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, OTHER, find, plant

from bot.core.figures import AGAIN, SAID, VERIFIED, Figures, Guiding, Place, Proof
from bot.core.guide import Guide
from bot.core.indicators import Base, Doubt, Goal
from bot.core.person import CHILD
from bot.core.rights import Actor, Grant, Operation, Refusal, Role, terminal
from bot.core.state import Guides
from bot.core.weeks import Week
from bot.services import figures as service
from bot.services import funnels
from bot.services.access import Problem, Refused
from bot.services.figures import Catalogue
from storage import audit, calls, households, persons, progress, remarks, rows, teams
from storage.database import DAY, HOUR, Database
from storage.reports import Aim
from storage.tables import Confirmation, GuideRun, Visit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEK = Week(2027, 2)
START, END = WEEK.start(ZONE), WEEK.end(ZONE)
IN, BEFORE, AFTER = START + HOUR, START - HOUR, END + HOUR
CATALOGUE = Catalogue(
    {"vneid": "VNeID", "an-toan": "An toàn"},
    {"vneid nhap-ma": "Nhập mã"},
    {"": ("18-59", "60-79", "80+"), "vneid": ("14-17", "18-59", "60-79", "80+")},
    "danh sách của tổ",
)


class Village:
    """Writes down what happened, by names of people."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def did(self, name: str, outcome: str, at: int, item: str = "", guide: str = "vneid") -> None:
        person = find(self.connection, name) if name else 0
        row = {"address": f"fake:one:{name}", "person": person, "guide": guide}
        more = {"revision": "r", "item": item, "outcome": outcome, "at": at}
        progress.record(self.connection, [row | more])

    def confirmed(self, name: str, kind: str, at: int, recorder: int = 1) -> None:
        row = {"person": find(self.connection, name), "guide": "vneid", "kind": kind}
        more = {"revision": "r", "run": 0, "visit": 0, "recorder": recorder, "at": at}
        rows.insert(self.connection, Confirmation, [row | more])

    def visited(self, home: str, name: str, outcome: str, at: int) -> None:
        person = find(self.connection, name) if name else 0
        row = {"household": home, "person": person, "guide": "vneid" if name else ""}
        more = {"outcome": outcome, "member": 1, "day": str(at), "at": at}
        rows.insert(self.connection, Visit, [row | more])


@pytest.fixture
def village(connection: Connection) -> Village:
    return Village(connection)


def counted(connection: Connection, area: str = COMMUNE, now: int = AFTER) -> Figures:
    return service.see(connection, terminal(), now, ZONE, area, WEEK, CATALOGUE)


def place(figures: Figures, area: str) -> Place:
    return next(one for one in figures.places if one.area == area)


def guiding(figures: Figures, area: str, guide: str = "vneid") -> Guiding:
    return next(one for one in figures.guides if (one.area, one.guide) == (area, guide))


def test_a_week_of_a_commune_is_counted_by_place_and_guide(village: Village) -> None:
    village.did("Bà Năm", "started", IN)
    village.did("Bà Năm", "stuck", IN, "nhap-ma")
    village.did("Bà Năm", "stuck", IN + 1, "nhap-ma")
    village.did("Bà Năm", "trouble", IN + 2, "ma-khong-ve")
    village.did("Ông Bảy", "started", BEFORE)
    village.did("Ông Bảy", "finished", IN)
    village.did("Cô Đào", "finished", BEFORE)
    village.did("Cô Đào", "started", AFTER)
    village.confirmed("Ông Bảy", "said", IN + 1)
    village.confirmed("Ông Bảy", "verified", AFTER)
    village.confirmed("Anh Tư", "verified", IN)
    village.confirmed("Chị Hoa", "verified", IN, recorder=0)
    village.confirmed("Cô Đào", "again", IN)
    village.visited("H001", "Bà Năm", "done", IN)
    village.visited("H001", "", "away", IN + 5)
    village.visited("H002", "", "away", BEFORE)
    village.did("", "finished", IN)
    danger = {"address": "fake:one:x", "person": find(village.connection, "Anh Tư")}
    warnings = [danger | {"kind": "scam", "at": at} for at in (BEFORE, IN, AFTER)]
    remarks.warned(village.connection, warnings)
    call = {"address": "fake:one:x", "person": find(village.connection, "Bà Năm")}
    calls.call(village.connection, [call | {"guide": "vneid", "item": ""}], IN)
    figures = counted(village.connection)
    near, far = place(figures, NEAR), place(figures, FAR)
    assert near == Place(
        *(NEAR, "Khu phố Cầu Xéo", "Tổ Cầu Xéo", 3, 5, 2, 1, 2),
        guided=2,
        without_phone=1,
        calls=1,
        warned=1,
    )
    assert far == Place(
        FAR, "Khu phố Phước Hải", "Tổ Phước Hải", 1, 1, 1, None, None, 0, None, calls=0, warned=0
    )
    assert (guiding(figures, NEAR).times, guiding(figures, NEAR).people) == (2, 2)
    assert dict(guiding(figures, NEAR).proofs) == {SAID: Proof(1, 1), VERIFIED: Proof(1, 1)}
    assert dict(guiding(figures, FAR).proofs) == {SAID: Proof(0, 1), AGAIN: Proof(1, 1)}
    whole = figures.all_of("vneid")
    assert whole
    assert (whole.times, whole.people) == (2, 2)
    assert dict(whole.proofs) == {SAID: Proof(1, 2), VERIFIED: Proof(1, 1), AGAIN: Proof(1, 1)}
    assert [(one.item, one.outcome, one.times, one.people) for one in figures.snags] == [
        ("nhap-ma", "stuck", 2, 1),
        ("ma-khong-ve", "trouble", 1, 1),
    ]
    assert (figures.unplaced, figures.labels) == (1, {"vneid nhap-ma": "Nhập mã"})
    assert (figures.final, figures.as_of, figures.made) == (True, "2027-01-17", "2027-01-18")


def test_who_might_be_meant_counts_in_and_is_said(connection: Connection) -> None:
    """Near: a person of 80+, one of 18-59, one of 60-79, two whose age nobody wrote down."""
    figures = counted(connection)
    assert guiding(figures, NEAR).base == Base(5, "danh sách của tổ", "2027-01-18", 2)
    assert guiding(figures, "").base == Base(6, "danh sách của tổ", "2027-01-18", 3)
    child = {"household": "H004", "honorific": "Bé", "call_name": "Na", "age_band": CHILD}
    persons.add(connection, [child], BEFORE)
    assert guiding(counted(connection), FAR).base.number == 1


def test_places_without_a_list_are_unknown_and_not_nothing(connection: Connection) -> None:
    teams.put(connection, [{"code": "new", "area": OTHER, "name": "Tổ An Phước"}], {"new": [OTHER]})
    figures = counted(connection, "75")
    other = place(figures, OTHER)
    assert (other.homes, other.guided, other.calls, other.people) == (None, None, None, None)
    there = guiding(figures, OTHER)
    assert (there.times, there.base.number) == (None, None)
    assert there.indicator(SAID).doubt is Doubt.UNKNOWN
    alone = counted(connection, OTHER)
    assert [one.area for one in alone.places] == [OTHER]


def test_a_week_that_is_not_over_is_not_final(village: Village) -> None:
    village.did("Bà Năm", "started", IN)
    village.did("Bà Năm", "started", IN + DAY)
    figures = counted(village.connection, now=IN + DAY)
    assert (figures.final, figures.as_of, guiding(figures, NEAR).times) == (False, "2027-01-12", 1)
    with pytest.raises(Refused) as caught:
        counted(village.connection, now=START)
    assert caught.value.reason is Problem.TOO_EARLY


def test_goals_and_official_counts_hold_from_when_they_were_set(connection: Connection) -> None:
    aim = Aim(COMMUNE, "vneid", 300, "2027-06-30", 400, "Công an phường", "2027-01-01")
    service.set_goal(connection, terminal(), BEFORE, ZONE, aim)
    whole = counted(connection).all_of("vneid")
    assert whole
    assert (whole.base, whole.goal) == (
        Base(400, "Công an phường", "2027-01-01"),
        Goal(300, "2027-06-30"),
    )
    service.set_goal(connection, terminal(), AFTER, ZONE, Aim(COMMUNE, "vneid", 0, "", 0, "", ""))
    later = counted(connection, now=AFTER + 1).all_of("vneid")
    assert later == whole
    next_week = service.see(
        connection, terminal(), AFTER + DAY, ZONE, COMMUNE, Week(2027, 3), CATALOGUE
    )
    after = next_week.all_of("vneid")
    assert after
    assert (after.goal, after.base.source) == (None, "danh sách của tổ")
    assert len(audit.latest(connection, f"goal:{COMMUNE}:vneid")) == 2


@pytest.mark.parametrize(
    "aim",
    [
        (-1, "2027-06-30", 0, "", ""),
        (10, "", 0, "", ""),
        (10, "2026-06-30", 0, "", ""),
        (10, "30/6/2027", 0, "", ""),
        (0, "", -5, "x", "2027-01-01"),
        (0, "", 5, " ", "2027-01-01"),
        (0, "", 5, "x", ""),
        (0, "", 5, "x", "2027-12-31"),
        (6, "2027-06-30", 5, "x", "2027-01-01"),
    ],
)
def test_goals_that_cannot_be_are_refused(
    connection: Connection, aim: tuple[int, str, int, str, str]
) -> None:
    with pytest.raises(Refused) as caught:
        service.set_goal(connection, terminal(), IN, ZONE, Aim(COMMUNE, "vneid", *aim))
    assert caught.value.reason is Problem.BAD_VALUE


def test_figures_are_for_ones_own_places_and_goals_for_officials(connection: Connection) -> None:
    member = find(connection, "Anh Dũng")
    dung = teams.actors(connection, [member], "test")[member]
    assert service.see(connection, dung, AFTER, ZONE, NEAR, WEEK, CATALOGUE).places
    resident = Actor(5, "test", (Grant(Role.RESIDENT, "person:5"),))
    aim = Aim(NEAR, "vneid", 5, "2027-06-30", 0, "", "")
    for actor, area, why in ((dung, FAR, Refusal.AREA), (resident, NEAR, Refusal.STRANGER)):
        with pytest.raises(Refused) as caught:
            service.see(connection, actor, AFTER, ZONE, area, WEEK, CATALOGUE)
        assert caught.value.reason is why
    with pytest.raises(Refused) as caught:
        service.set_goal(connection, dung, AFTER, ZONE, aim)
    assert (caught.value.reason, Operation.SET_GOAL) == (Refusal.ROLE, "set-goal")


def test_who_moved_away_no_longer_counts(village: Village) -> None:
    village.did("Cô Đào", "finished", IN)
    households.change(village.connection, "H004", AFTER, state=households.MOVED)
    figures = counted(village.connection)
    assert place(figures, FAR).homes is None
    assert figures.all_of("vneid") == guiding(figures, "")
    assert guiding(figures, "").proofs == {}


def _funnel(village: Village, guide: Guide) -> list[funnels.Step]:
    return funnels.funnel(village.connection, terminal(), IN + 4 * DAY, guide, START)


def test_where_people_get_stuck_is_told_step_by_step(village: Village, guides: Guides) -> None:
    guide = guides.current["vneid"]
    first, second = guide.steps[0], next(one for one in guide.steps if one.troubles)
    village.did("Bà Năm", "done", IN, first.id)
    village.did("Bà Năm", "done", IN + 1, first.id)
    village.did("", "done", IN, first.id)
    village.did("Bà Năm", "stuck", IN, second.id)
    village.did("Bà Năm", "trouble", IN, second.troubles[1].id)
    run = {"sequence": 0, "place": 0, "person": 1, "guide": "vneid", "revision": "r", "way": "chat"}
    more = {"started_by": 0, "state": "started", "item": second.id, "stuck": 1, "helped_at": 0}
    dates = {"created_at": IN, "moved_at": IN, "ended_at": None}
    rows.insert(village.connection, GuideRun, [run | more | dates])
    told = {
        one.item: one
        for one in funnels.funnel(village.connection, terminal(), IN + 4 * DAY, guide, START)
    }
    assert (told[first.id].passed, told[second.id].stuck, told[second.id].rest) == (2, 1, 1)
    assert (told[first.id].came, told[second.id].came) == (2, 2)
    village.did("Bà Năm", "stuck", IN, first.id)
    again = _funnel(village, guide)
    assert (again[0].came, again[0].stuck) == (2, 1), "stuck and then through is one person"
    assert told[second.id].troubles == [(second.troubles[1].id, 1)]
    here = funnels.funnel(village.connection, terminal(), IN + HOUR, guide, START, NEAR)
    assert (here[0].passed, sum(one.rest for one in here)) == (1, 0)


def test_the_number_of_statements_does_not_grow_with_rows(database: Database) -> None:
    database.write_now(plant)

    def fill(connection: Connection) -> None:
        made = [{"code": f"G{n}", "area": NEAR, "label": "x"} for n in range(300)]
        households.add(connection, made, BEFORE)
        live = [{"household": f"G{n}", "call_name": "An", "age_band": "80+"} for n in range(300)]
        persons.add(connection, live, BEFORE)
        found = persons.of_households(connection, [one["code"] for one in made])
        progress.record(
            connection,
            [
                {
                    "address": f"fake:one:{one.id}",
                    "person": one.id,
                    "guide": "vneid",
                    "revision": "r",
                    "item": "",
                    "outcome": "finished",
                    "at": IN,
                }
                for group in found.values()
                for one in group
            ],
        )

    with statements(database.engine) as few:
        database.write_now(counted)
    database.write_now(fill)
    with statements(database.engine) as many:
        figures = database.write_now(counted)
    assert many.number == few.number
    assert guiding(figures, NEAR).proof(SAID) == Proof(300, 300)
