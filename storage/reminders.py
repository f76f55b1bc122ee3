"""What the service will say by itself, and when: table reminder."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from storage.rows import Row, batches, insert_new, table
from storage.runs import ASKING
from storage.tables import HelpRequest
from storage.tables import Reminder as Table

_reminder = table(Table)
_columns = _reminder.c
_help = table(HelpRequest).c
NUDGE, USED = "nudge", "again"
_scheduled = _columns.state == "scheduled"


@dataclass(frozen=True, slots=True)
class Reminder:
    """`number` counts from 1 for each step."""

    id: int
    run: int
    kind: str
    person: int
    item: str
    number: int
    due_at: int


_FIELDS = tuple(_columns[name] for name in Reminder.__dataclass_fields__)


def schedule(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Rows of run, kind, person, item, number and due_at; one of a kind waits for a run."""
    fixed = {"state": "scheduled", "reason": "", "address": "", "created_at": now, "ended_at": None}
    insert_new(connection, Table, [{**fixed, **row} for row in rows])


def clear(
    connection: Connection, runs: Collection[int], reason: str, now: int, *kinds: str
) -> None:
    """What waits for these runs is not said; of all kinds unless told which."""
    for part in batches(sorted(runs)):
        where = [_scheduled, _columns.run.in_(part)]
        if kinds:
            where.append(_columns.kind.in_(kinds))
        connection.execute(
            update(_reminder).where(*where).values(state="cleared", reason=reason, ended_at=now)
        )


def clear_persons(connection: Connection, persons: Collection[int], reason: str, now: int) -> None:
    for part in batches(sorted(persons)):
        connection.execute(
            update(_reminder)
            .where(_scheduled, _columns.person.in_(part))
            .values(state="cleared", reason=reason, ended_at=now)
        )


def due(connection: Connection, now: int, limit: int) -> list[Reminder]:
    """Whose time has come, locked; those that others hold are left out."""
    found = connection.execute(
        select(*_FIELDS)
        .where(_scheduled, _columns.due_at <= now)
        .order_by(_columns.due_at, _columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Reminder(*row) for row in found]


def put_off(connection: Connection, ids: Sequence[int], until: int) -> None:
    if ids:
        connection.execute(
            update(_reminder).where(_columns.id.in_(ids), _scheduled).values(due_at=until)
        )


def end(connection: Connection, ids: Sequence[int], reason: str, now: int) -> None:
    """Not said, for a reason."""
    if ids:
        connection.execute(
            update(_reminder)
            .where(_columns.id.in_(ids), _scheduled)
            .values(state="cleared", reason=reason, ended_at=now)
        )


def sent(connection: Connection, chats: Mapping[int, str], now: int) -> None:
    """Each of these was said in its chat."""
    rows = [{"b_id": number, "address": address} for number, address in chats.items()]
    if rows:
        connection.execute(
            update(_reminder)
            .where(_columns.id == bindparam("b_id"), _scheduled)
            .values(state="sent", address=bindparam("address"), ended_at=now),
            rows,
        )


def sent_since(connection: Connection, addresses: Collection[str], since: int) -> dict[str, int]:
    """How many were sent to each chat lately."""
    found = connection.execute(
        select(_columns.address, func.count())
        .where(_columns.state == "sent", _columns.address.in_(addresses), _columns.ended_at > since)
        .group_by(_columns.address)
    )
    return {address: int(many) for address, many in found}


def history(connection: Connection, run: int) -> list[tuple[str, int, str, str]]:
    """Kind, number, state and reason of each, oldest first."""
    found = connection.execute(
        select(_columns.kind, _columns.number, _columns.state, _columns.reason)
        .where(_columns.run == run)
        .order_by(_columns.id)
    )
    return [tuple(row) for row in found]


def asking(connection: Connection, persons: Collection[int]) -> set[int]:
    """Who waits for a person's help now."""
    found = select(_help.person).where(_help.person.in_(persons), _help.state.in_(ASKING))
    return set(connection.execute(found).scalars())
