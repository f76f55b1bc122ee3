"""Which doors to knock on: households of some places ranked by what is known of them, in a fixed
number of queries. No table of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, case, func, literal, or_, select

from storage import areas
from storage.database import DAY
from storage.households import ACTIVE, MOVED
from storage.rows import table
from storage.sequences import SILENT
from storage.tables import (
    Chat,
    Delivery,
    GuideRun,
    Household,
    Person,
    PersonAddress,
    Sequence,
    Visit,
)

_home = table(Household).c
_person = table(Person).c
_link = table(PersonAddress).c
_chat = table(Chat).c
_run = table(GuideRun).c
_sequence = table(Sequence).c
_visit = table(Visit).c
_outbox = table(Delivery).c
_OLD = ("60-79", "80+")
_MOST_DAYS = 30
# What a reason weighs; days since the last visit weigh one each, up to a month.
HELP, STUCK, PLANNED, UNREACHED, ALONE = 60, 50, 40, 20, 15


@dataclass(frozen=True, slots=True)
class Door:
    """`days` since the last visit, -1 for never."""

    household: str
    label: str
    score: int
    asks_help: bool
    stuck: bool
    planned: bool
    unreached: bool
    old_alone: bool
    days: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Households that are not on the list, by why."""

    visited: int
    muted: int
    moved: int


def _runs(here: Any) -> Any:
    """Household -> whether anybody in it asks for help, cannot go on, or is to be visited."""
    live = _run.state.in_(("given", "started"))
    silent = and_(_sequence.reason == SILENT, _sequence.state == "active")
    return (
        select(
            _person.household.label("code"),
            func.max(case((_run.helped_at > 0, 1), else_=0)).label("helped"),
            func.max(case((or_(_run.stuck > 0, silent), 1), else_=0)).label("stuck"),
            func.max(case((_run.way != "chat", 1), else_=0)).label("planned"),
        )
        .select_from(
            table(GuideRun)
            .join(table(Person), _person.id == _run.person)
            .outerjoin(table(Sequence), _sequence.id == _run.sequence)
        )
        .where(live, _person.household.in_(here))
        .group_by(_person.household)
        .subquery()
    )


def _people(here: Any) -> Any:
    """Household -> how many live there, how many are not old, how many can be written to. A chat
    whose platform holds something back cannot."""
    held = select(_outbox.address).where(_outbox.state == "held")
    reached = (
        select(_link.person)
        .join_from(table(PersonAddress), table(Chat), _chat.address == _link.address)
        .where(_chat.reachable, _link.address.not_in(held))
    )
    return (
        select(
            _person.household.label("code"),
            func.sum(case((_person.age_band.in_(_OLD), 0), else_=1)).label("younger"),
            func.max(case((_person.id.in_(reached), 1), else_=0)).label("reached"),
        )
        .where(_person.household.in_(here))
        .group_by(_person.household)
        .subquery()
    )


def _last(here: Any) -> Any:
    return (
        select(_visit.household.label("code"), func.max(_visit.at).label("at"))
        .where(_visit.household.in_(here))
        .group_by(_visit.household)
        .subquery()
    )


def ranked(
    connection: Connection,
    scopes: Collection[str],
    now: int,
    since: int,
    limit: int,
    offset: int = 0,
) -> list[Door]:
    """The most urgent first, without those visited from `since` on, muted, moved or merged."""
    here = select(_home.code).where(areas.inside(_home.area, scopes), _home.state == ACTIVE)
    runs, people, last = _runs(here), _people(here), _last(here)
    at = func.coalesce(last.c.at, 0)
    days = case((at == 0, literal(-1)), else_=(literal(now, BigInteger) - at) // DAY)
    waited = case((days < 0, _MOST_DAYS), (days > _MOST_DAYS, _MOST_DAYS), else_=days)
    helped, stuck, planned = (
        func.coalesce(one, 0) for one in (runs.c.helped, runs.c.stuck, runs.c.planned)
    )
    unreached = 1 - func.coalesce(people.c.reached, 0)
    alone = case((people.c.younger == 0, 1), else_=0)
    score = (
        helped * HELP + stuck * STUCK + planned * PLANNED + unreached * UNREACHED + alone * ALONE
        + waited
    ).label("score")  # fmt: skip
    found = connection.execute(
        select(_home.code, _home.label, score, helped, stuck, planned, unreached, alone, days)
        .select_from(
            table(Household)
            .outerjoin(runs, runs.c.code == _home.code)
            .outerjoin(people, people.c.code == _home.code)
            .outerjoin(last, last.c.code == _home.code)
        )
        .where(
            areas.inside(_home.area, scopes),
            _home.state == ACTIVE,
            _home.muted_until <= now,
            at < since,
        )
        .order_by(score.desc(), _home.code)
        .limit(limit)
        .offset(offset)
    )
    return [_door(row) for row in found]


def _door(row: Any) -> Door:
    code, label, score, helped, stuck, planned, unreached, alone, days = row
    return Door(
        code,
        label,
        int(score),
        bool(helped),
        bool(stuck),
        bool(planned),
        bool(unreached),
        bool(alone),
        int(days),
    )


def left_out(connection: Connection, scopes: Collection[str], now: int, since: int) -> LeftOut:
    inside = areas.inside(_home.area, scopes)
    seen = select(_visit.household).where(_visit.at >= since)
    quiet = and_(_home.state == ACTIVE, _home.muted_until > now)
    visited = and_(_home.state == ACTIVE, _home.muted_until <= now, _home.code.in_(seen))
    row = connection.execute(
        select(
            func.sum(case((visited, 1), else_=0)),
            func.sum(case((quiet, 1), else_=0)),
            func.sum(case((_home.state == MOVED, 1), else_=0)),
        ).where(inside)
    ).one()
    return LeftOut(*(int(one or 0) for one in row))
