"""Counts that pages show before anything is sent or changed: nothing here writes.

Tables announcement, household, guide_run, confirmation and those of storage/audience.py.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, String, cast, func, select

from bot.core.announcement import Content
from storage import areas
from storage.audience import audience
from storage.rows import table
from storage.runs import LIVE, VERIFIED
from storage.tables import Announcement, Confirmation, GuideRun, Household, Person

_columns = table(Announcement).c
_home = table(Household).c
_person = table(Person).c
_run = table(GuideRun).c
_confirmation = table(Confirmation).c
_proof = cast(_confirmation.person, String) + " " + _confirmation.guide


@dataclass(frozen=True, slots=True)
class Tally:
    """How many an announcement would go to by one way; with a `reason`, would not."""

    way: str
    group: bool
    reason: str
    number: int


def tally(connection: Connection, content: Content, now: int) -> list[Tally]:
    """The audience as it would be frozen now, counted by ways and reasons."""
    found = []
    for chosen in audience(0, content, now):
        rows = chosen.subquery()
        group = rows.c.target.like("group:%")
        query = select(rows.c.way, group, rows.c.reason, func.count()).group_by(
            rows.c.way, group, rows.c.reason
        )
        found += [
            Tally(way, bool(is_group), *rest) for way, is_group, *rest in connection.execute(query)
        ]
    return sorted(found, key=lambda one: (not one.group, one.way, one.reason))


def next_number(connection: Connection) -> int:
    """Of the announcement that is approved next."""
    return int(connection.execute(select(func.max(_columns.number))).scalar() or 0) + 1


@dataclass(frozen=True, slots=True)
class Homes:
    """Active households of some places, people there who are at a guide now, and what members
    saw them do."""

    homes: int
    learning: int
    verified: int


def homes(connection: Connection, scopes: Collection[str]) -> Homes:
    here = (_home.state == "active", areas.inside(_home.area, scopes))
    # Not by the index of places: runs and confirmations are few beside households.
    around = (_home.state == "active", areas.inside(func.coalesce(_home.area, ""), scopes))
    running = table(GuideRun).join(table(Person), _person.id == _run.person)
    seen = table(Confirmation).join(table(Person), _person.id == _confirmation.person)
    lives = _home.code == _person.household
    found = [
        select(func.count()).select_from(table(Household)).where(*here),
        select(func.count(_run.person.distinct()))
        .select_from(running.join(table(Household), lives))
        .where(_run.state.in_(LIVE), *around),
        select(func.count(_proof.distinct()))
        .select_from(seen.join(table(Household), lives))
        .where(_confirmation.kind == VERIFIED, _confirmation.recorder != 0, *around),
    ]
    return Homes(*(int(connection.execute(one).scalar_one()) for one in found))
