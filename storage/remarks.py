"""What of a week's report is said in words, and how often residents were warned of scams. Tables
remark, scam_warning.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage import areas
from storage.rows import Row, insert, table
from storage.tables import Remark, ScamWarning

_table = table(Remark)
_remark = _table.c


@dataclass(frozen=True, slots=True)
class Kept:
    id: int
    area: str
    kind: str
    text: str
    at: int


def warned(connection: Connection, rows: Sequence[Row]) -> None:
    insert(connection, ScamWarning, rows)


def add(connection: Connection, row: Row) -> None:
    insert(connection, Remark, [row])


def of_week(connection: Connection, scopes: Collection[str], week: str) -> list[Kept]:
    """Of the places and every one below, oldest first."""
    found = connection.execute(
        select(_remark.id, _remark.area, _remark.kind, _remark.text, _remark.at)
        .where(_remark.week == week, areas.inside(_remark.area, scopes))
        .order_by(_remark.id)
    )
    return [Kept(*row) for row in found]


def last(connection: Connection, person: int, since: int) -> Kept | None:
    """What somebody wrote last."""
    found = connection.execute(
        select(_remark.id, _remark.area, _remark.kind, _remark.text, _remark.at)
        .where(_remark.person == person, _remark.at >= since)
        .order_by(_remark.id.desc())
        .limit(1)
    ).first()
    return Kept(*found) if found else None


def drop(connection: Connection, number: int) -> None:
    connection.execute(_table.delete().where(_remark.id == number))
