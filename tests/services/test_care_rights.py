"""Every operation on sequences, visits and consents, by everybody who may not: a member of another
hamlet, a resident, a stranger. Refused, and nothing is written. And none of them asks the database
more often when there are more rows.
"""

from collections.abc import Callable

import pytest
from counting import statements
from office import ZONE
from sqlalchemy import Connection, func, select
from village import FAR, NEAR, NOW, actor_of, find, plant

from bot.core.reminding import Calendar
from bot.core.rights import Actor, Operation, Refusal
from bot.library import Library
from bot.services import access, doors, sequences, taken_back, visits
from bot.services.access import Problem, Refused
from bot.services.sequences import Way, Wish
from bot.services.visits import Outcome, Report, Statement
from storage import areas, households, links, people, persons
from storage.database import Database
from storage.rows import table
from storage.tables import AuditEntry, Confirmation, Consent, GuideRun, Sequence, Visit

CALENDAR = Calendar(ZONE)
Work = Callable[[Connection, Actor], object]
BOOKS = Library().content().current


def _chat_wish(**more: object) -> Wish:
    return Wish(("vneid",), Way.HOME, **more)  # type: ignore[arg-type]


# Each operation on household H001 near, by the person who asks.
OPERATIONS: dict[Operation, Work] = {
    Operation.START_SEQUENCE: lambda one, who: sequences.start(
        one, who, NOW, _chat_wish(households=("H001",)), BOOKS, CALENDAR
    ),
    Operation.START_BULK: lambda one, who: sequences.start(
        one, who, NOW, _chat_wish(area=NEAR), BOOKS, CALENDAR
    ),
    Operation.STOP_SEQUENCE: lambda one, who: sequences.stop(one, who, NOW, "H001"),
    Operation.SEE_VISITS: lambda one, who: doors.week(one, who, NOW, CALENDAR, team="near"),
    Operation.RECORD_VISIT: lambda one, who: visits.record(
        one, who, NOW, Report("H001", Outcome.AWAY), BOOKS, CALENDAR
    ),
    Operation.TAKE_BACK_VISIT: lambda one, who: taken_back.take_back(
        one, who, NOW, "H001", 0, CALENDAR
    ),
    Operation.RECORD_CONSENT: lambda one, who: visits.agree(
        one, who, NOW, find(one, "Bà Năm"), Statement.ORAL, "words"
    ),
}
TABLES = (Sequence, GuideRun, Confirmation, Visit, Consent, AuditEntry)


def _rows(connection: Connection) -> list[int]:
    return [
        connection.execute(select(func.count()).select_from(table(model))).scalar_one()
        for model in TABLES
    ]


def test_every_operation_of_these_services_is_here() -> None:
    """SEE_SEQUENCES lists one's own starts only."""
    used = {
        one
        for one in Operation
        if one.value.split("-")[-1] in ("sequence", "bulk", "visits", "visit", "consent")
    }
    assert used == set(OPERATIONS)


@pytest.mark.parametrize("operation", list(OPERATIONS))
@pytest.mark.parametrize("name", ["Cô Đào", "Bà Năm", "Ông Bảy"])
def test_nobody_else_may(connection: Connection, operation: Operation, name: str) -> None:
    actor, before = actor_of(connection, name), _rows(connection)
    with pytest.raises(Refused) as refused:
        OPERATIONS[operation](connection, actor)
    bulk = operation is Operation.START_BULK
    elsewhere = Refusal.ROLE if bulk else Refusal.AREA
    assert refused.value.reason is (elsewhere if name == "Cô Đào" else Refusal.STRANGER)
    assert _rows(connection) == before


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_the_lead_of_the_place_may(connection: Connection, operation: Operation) -> None:
    lead = actor_of(connection, "Chị Hoa")
    if operation is Operation.STOP_SEQUENCE:
        OPERATIONS[Operation.START_SEQUENCE](connection, lead)
    if operation is Operation.TAKE_BACK_VISIT:
        OPERATIONS[Operation.RECORD_VISIT](connection, actor_of(connection, "Anh Dũng"))
    before = _rows(connection)
    OPERATIONS[operation](connection, lead)
    assert (_rows(connection) == before) is (operation is Operation.SEE_VISITS)


def test_own_starts_are_seen_by_members_only(connection: Connection) -> None:
    assert sequences.standing(connection, actor_of(connection, "Anh Dũng")) == []
    with pytest.raises(Refused) as refused:
        sequences.standing(connection, actor_of(connection, "Bà Năm"))
    assert refused.value.reason is Refusal.STRANGER


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (Wish(("nope",), Way.HOME, ("H001",)), Problem.NO_GUIDE),
        (Wish((), Way.HOME, ("H001",)), Problem.NO_GUIDE),
        (Wish(("vneid",), Way.HOME, ()), Problem.NOBODY),
        (Wish(("vneid",), Way.HOME, tuple(f"H{n:03}" for n in range(21))), Problem.TOO_MANY),
        (Wish(("vneid",), Way.HOME, ("H999",)), Problem.NO_HOUSEHOLD),
        (Wish(("vneid",), Way.HOME, ("H001",), persons=(9999,)), Problem.NO_PERSON),
        (Wish(("vneid",), Way.CHAT, ("H001",)), Problem.NOTHING),
    ],
)
def test_what_cannot_be_begun_is_refused(
    connection: Connection, wish: Wish, problem: Problem
) -> None:
    lead, before = actor_of(connection, "Chị Hoa"), _rows(connection)
    with pytest.raises(Refused) as refused:
        sequences.start(connection, lead, NOW, wish, BOOKS, CALENDAR)
    assert refused.value.reason is problem
    assert _rows(connection) == before


@pytest.mark.parametrize(
    ("report", "problem"),
    [
        (Report("H001", Outcome.DONE, ("nope",)), Problem.NO_GUIDE),
        (Report("H001", Outcome.DONE, ("vneid",), (9999,)), Problem.NO_PERSON),
        (Report("H999", Outcome.AWAY), Problem.NO_HOUSEHOLD),
    ],
)
def test_what_cannot_have_been_seen_is_refused(
    connection: Connection, report: Report, problem: Problem
) -> None:
    lead, before = actor_of(connection, "Chị Hoa"), _rows(connection)
    with pytest.raises(Refused) as refused:
        visits.record(connection, lead, NOW, report, BOOKS, CALENDAR)
    assert refused.value.reason is problem
    assert _rows(connection) == before


def test_without_consent_nothing_is_seen(connection: Connection) -> None:
    lead, person = actor_of(connection, "Chị Hoa"), find(connection, "Bà Năm")
    report = Report("H001", Outcome.DONE, ("vneid",), (person,))
    with pytest.raises(Refused) as refused:
        visits.record(connection, lead, NOW, report, BOOKS, CALENDAR)
    assert refused.value.reason is Problem.NO_CONSENT
    visits.agree(connection, lead, NOW, person, Statement.PAPER, "words")
    assert visits.record(connection, lead, NOW, report, BOOKS, CALENDAR).new
    visits.agree(connection, lead, NOW, person, Statement.REFUSED, "words")
    with pytest.raises(Refused):
        visits.record(connection, lead, NOW + 1, report, BOOKS, CALENDAR)


def _grow(connection: Connection, number: int) -> None:
    """More households near, each with an old person who has a chat of their own."""
    codes = [f"H{n:03}" for n in range(100, 100 + number)]
    rows = [{"code": code, "area": NEAR, "label": f"Nhà {code}"} for code in codes]
    households.add(connection, rows, NOW)
    old = {"honorific": "Bà", "call_name": "Sáu", "age_band": "80+", "is_head": True}
    persons.add(connection, [{**old, "household": code} for code in codes], NOW)
    for code, found in persons.of_households(connection, codes).items():
        address = f"fake:one:{code}"
        people.see(connection, {address: "fake"}, NOW)
        links.link(connection, address, found[0].id, NOW)


def _preview(connection: Connection, lead: Actor) -> object:
    wish = Wish(("vneid", "an-toan"), Way.CHAT, area=NEAR)
    return sequences.plan(connection, lead, NOW, wish, BOOKS)


def _start(connection: Connection, lead: Actor) -> object:
    wish = Wish(("vneid", "an-toan"), Way.CHAT, area=NEAR)
    return sequences.start(connection, lead, NOW, wish, BOOKS, CALENDAR)


def _week(connection: Connection, lead: Actor) -> object:
    return doors.week(connection, lead, NOW, CALENDAR, size=500)


@pytest.mark.parametrize("work", [_preview, _start, _week])
def test_queries_do_not_grow_with_rows(database: Database, work: Work) -> None:
    database.write_now(plant)
    counts = []
    for more in (3, 60):
        database.write_now(lambda one, more=more: _grow(one, more))
        with database.engine.connect() as connection:
            lead = actor_of(connection, "Chị Hoa")
            with statements(database.engine) as counted:
                work(connection, lead)
            counts.append(counted.number)
            connection.rollback()
    assert counts[0] == counts[1]


def test_the_places_of_a_list_are_ones_own(connection: Connection) -> None:
    far = doors.week(connection, actor_of(connection, "Cô Đào"), NOW, CALENDAR)
    assert [one.door.household for one in far.stops] == ["H004"]
    assert areas.line(connection, FAR)
    with pytest.raises(Refused) as refused:
        doors.week(connection, actor_of(connection, "Cô Đào"), NOW, CALENDAR, team="nope")
    assert refused.value.reason is Problem.NO_TEAM
    assert access.scopes(actor_of(connection, "Cô Đào"), Operation.SEE_VISITS) == (FAR,)
