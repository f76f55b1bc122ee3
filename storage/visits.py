"""Who of a team was at which door, and what became of it: table visit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.rows import Row, insert_new, table
from storage.tables import Consent, Visit

_visit = table(Visit)
_columns = _visit.c
_consent = table(Consent).c
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as it is read."""

    id: int
    household: str
    person: int
    guide: str
    outcome: str
    member: int
    at: int


_FIELDS = tuple(_columns[name] for name in Seen.__dataclass_fields__)


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of household, person, guide, outcome, member, day and at. The same of one day is
    one visit."""
    insert_new(connection, Visit, rows)


def of_day(connection: Connection, household: str, day: str) -> dict[Key, int]:
    """Person, guide and outcome -> the visit's number."""
    found = connection.execute(
        select(_columns.person, _columns.guide, _columns.outcome, _columns.id).where(
            _columns.household == household, _columns.day == day
        )
    )
    return {(person, guide, outcome): number for person, guide, outcome, number in found}


def report(connection: Connection, household: str, number: int = 0, member: int = 0) -> list[Seen]:
    """Everything that was recorded at once with the visit of that number, or with the newest,
    of one member if told."""
    wanted = select(_columns.member, _columns.at).where(_columns.household == household)
    if number:
        wanted = wanted.where(_columns.id == number)
    if member:
        wanted = wanted.where(_columns.member == member)
    first = connection.execute(wanted.order_by(_columns.id.desc()).limit(1)).first()
    if first is None:
        return []
    found = connection.execute(
        select(*_FIELDS)
        .where(
            _columns.household == household,
            _columns.member == first.member,
            _columns.at == first.at,
        )
        .order_by(_columns.id)
    )
    return [Seen(*row) for row in found]


def remove(connection: Connection, ids: Collection[int]) -> bool:
    """False when somebody else was faster."""
    gone = connection.execute(_visit.delete().where(_columns.id.in_(ids)))
    return gone.rowcount == len(ids)


def others(connection: Connection, seen: Sequence[Seen]) -> dict[tuple[int, str], Seen]:
    """Person and guide -> the first visit there is at which the same was seen."""
    found = connection.execute(
        select(*_FIELDS)
        .where(
            _columns.person.in_({one.person for one in seen} - {0}),
            _columns.outcome.in_({one.outcome for one in seen}),
            _columns.guide != "",
        )
        .order_by(_columns.id.desc())
    )
    return {(row.person, row.guide): Seen(*row) for row in found}


def history(connection: Connection, household: str, limit: int) -> list[Row]:
    """The newest first."""
    found = connection.execute(
        select(_columns.person, _columns.guide, _columns.outcome, _columns.member, _columns.at)
        .where(_columns.household == household)
        .order_by(_columns.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in found.mappings()]


def agreeing(connection: Connection, persons: Collection[int]) -> set[int]:
    """Whose last word about being kept a record of was yes, by themselves or to a member."""
    found = connection.execute(
        select(_consent.person, _consent.granted)
        .where(_consent.person.in_(persons), _consent.purpose == "guides")
        .order_by(_consent.id)
    )
    last = {row[0]: row[1] for row in found}
    return {person for person, granted in last.items() if granted}
