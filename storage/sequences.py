"""Guides given by members: what was asked for, and each person's sequence. Tables
sequence_start, sequence.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from storage.rows import Row, batches, insert, table
from storage.tables import PersonAddress, SequenceStart
from storage.tables import Sequence as Table

_sequence = table(Table)
_columns = _sequence.c
_start = table(SequenceStart)
_link = table(PersonAddress).c
WAITING, ACTIVE, DONE, STOPPED = "waiting", "active", "done", "stopped"
CHAT = "chat"
SILENT = "silent"
_open = or_(_columns.state == WAITING, _columns.state == ACTIVE)


@dataclass(frozen=True, slots=True)
class Kept:
    id: int
    start: int
    person: int
    household: str
    way: str
    address: str
    started_by: int
    state: str
    reason: str
    due_at: int


@dataclass(frozen=True, slots=True)
class Start:
    """What was asked for at once. `left_out` counts by reason."""

    id: int
    area: str
    household: str
    guides: tuple[str, ...]
    way: str
    started_by: int
    left_out: Mapping[str, int]
    at: int


_FIELDS = tuple(_columns[name] for name in Kept.__dataclass_fields__)


def add_start(connection: Connection, row: Row) -> int:
    """Its number. `guides` are joined by ";", `left_out` is a mapping."""
    full = {**row, "left_out": orjson.dumps(row["left_out"]).decode()}
    made: int = connection.execute(_start.insert().values(full).returning(_start.c.id)).scalar_one()
    return made


def starts(connection: Connection, members: Collection[int], limit: int) -> list[Start]:
    """The newest of these members."""
    found = connection.execute(
        select(_start)
        .where(_start.c.started_by.in_(members))
        .order_by(_start.c.id.desc())
        .limit(limit)
    )
    return [_as_start(row) for row in found]


def start(connection: Connection, number: int) -> Start | None:
    row = connection.execute(select(_start).where(_start.c.id == number)).first()
    return _as_start(row) if row else None


def _as_start(row: Any) -> Start:
    guides = tuple(filter(None, row.guides.split(";")))
    left = orjson.loads(row.left_out)
    return Start(row.id, row.area, row.household, guides, row.way, row.started_by, left, row.at)


def add(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Rows of start, person, household, way, started_by, state and due_at."""
    fixed = {"address": "", "reason": "", "created_at": now, "ended_at": None}
    insert(connection, Table, [{**fixed, **row} for row in rows])


def _found(connection: Connection, *where: ColumnElement[bool]) -> list[Kept]:
    found = connection.execute(select(*_FIELDS).where(*where).order_by(_columns.id))
    return [Kept(*row) for row in found]


def of_start(connection: Connection, number: int) -> list[Kept]:
    return _found(connection, _columns.start == number)


def get(connection: Connection, ids: Collection[int]) -> dict[int, Kept]:
    return {one.id: one for one in _found(connection, _columns.id.in_(ids))}


def open_of(connection: Connection, persons: Collection[int]) -> list[Kept]:
    return _found(connection, _columns.person.in_(persons), _open)


def open_at(connection: Connection, addresses: Collection[str]) -> list[Kept]:
    """Whoever is led in these chats, or waits to be led by one of the people of them."""
    here = select(_link.person).where(_link.address.in_(addresses))
    waiting = (_columns.state == WAITING) & _columns.person.in_(here)
    led = (_columns.state == ACTIVE) & _columns.address.in_(addresses)
    return _found(connection, _columns.way == CHAT, waiting | led)


def due(connection: Connection, now: int, limit: int) -> list[Kept]:
    """Whose time has come, locked; those that others hold are left out."""
    found = connection.execute(
        select(*_FIELDS)
        .where(_columns.due_at > 0, _columns.due_at <= now)
        .order_by(_columns.due_at, _columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Kept(*row) for row in found]


def leading(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """Chat -> the sequence that has its turn there. One that nobody answers holds no turn."""
    found = connection.execute(
        select(_columns.address, func.min(_columns.id))
        .where(_columns.state == ACTIVE, _columns.address.in_(addresses), _columns.reason != SILENT)
        .group_by(_columns.address)
    )
    return {row[0]: row[1] for row in found}


def move(connection: Connection, ids: Sequence[int], **values: object) -> None:
    """Sets columns of those that are not over."""
    for part in batches(ids):
        connection.execute(update(_sequence).where(_columns.id.in_(part), _open).values(**values))


def lead(connection: Connection, chats: Mapping[int, str]) -> None:
    """These have their turn now, each at its chat."""
    if chats:
        rows = [{"b_id": number, "address": address} for number, address in chats.items()]
        connection.execute(
            update(_sequence)
            .where(_columns.id == bindparam("b_id"), _open)
            .values(state=ACTIVE, due_at=0, reason="", address=bindparam("address")),
            rows,
        )


def halted(connection: Connection, household: str, reason: str, at: int) -> list[Kept]:
    """Those of a household that were stopped for that reason at that moment."""
    here = _columns.household == household
    ended = (_columns.state == STOPPED) & (_columns.reason == reason) & (_columns.ended_at == at)
    return _found(connection, here, ended)


def reopen(connection: Connection, ids: Sequence[int], state: str, due_at: int) -> None:
    """Those that were over go on."""
    for part in batches(ids):
        connection.execute(
            update(_sequence)
            .where(_columns.id.in_(part))
            .values(state=state, reason="", ended_at=None, due_at=due_at)
        )


def end(connection: Connection, ids: Sequence[int], state: str, reason: str, now: int) -> None:
    move(connection, ids, state=state, reason=reason, ended_at=now, due_at=0)


def next_at(connection: Connection, addresses: Collection[str], now: int) -> None:
    """Whoever waits for a turn at these chats is looked at again."""
    here = select(_link.person).where(_link.address.in_(addresses))
    connection.execute(
        update(_sequence)
        .where(_columns.state == WAITING, _columns.due_at == 0, _columns.person.in_(here))
        .values(due_at=now)
    )


def counts(connection: Connection, numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """Start -> how many sequences are in which state."""
    found = connection.execute(
        select(_columns.start, _columns.state, func.count())
        .where(_columns.start.in_(numbers))
        .group_by(_columns.start, _columns.state)
    )
    kept: dict[int, dict[str, int]] = {one: {} for one in numbers}
    for number, state, many in found:
        kept[number][state] = int(many)
    return kept
