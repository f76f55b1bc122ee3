"""What was done by whom: append-only, each entry chained to the one before it.

Table audit_entry. Holds ids and names of fields, never names, phones or words of people.
"""

from collections.abc import Collection
from hashlib import sha256

import orjson
from sqlalchemy import Connection, select, text

from bot.core.rights import Actor
from storage.rows import Row, table
from storage.tables import AuditEntry

_entry = table(AuditEntry)
_columns = _entry.c
_ONE_AT_A_TIME = 4_663_873
_READ_AT_ONCE = 5000
_COVERED = ("actor", "via", "operation", "target", "detail", "at")


def record(
    connection: Connection, actor: Actor, operation: str, target: str, now: int, **detail: object
) -> None:
    """In the transaction of what it is about; writers wait for each other until it ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    last = connection.execute(
        select(_columns.digest).order_by(_columns.id.desc()).limit(1)
    ).scalar()
    row = {
        "actor": actor.person,
        "via": actor.via,
        "operation": operation,
        "target": target,
        "detail": orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
        "at": now,
    }
    connection.execute(_entry.insert().values(**row, digest=_digest(last or "", row)))


def _digest(before: str, row: Row) -> str:
    plain = orjson.dumps([before, *(row[name] for name in _COVERED)])
    return sha256(plain).hexdigest()


def all_of(connection: Connection, operation: str) -> list[tuple[int, str, str]]:
    """Time, target and detail of every entry, the oldest first."""
    found = connection.execute(
        select(_columns.at, _columns.target, _columns.detail)
        .where(_columns.operation == operation)
        .order_by(_columns.id)
    )
    return [(at, target, detail) for at, target, detail in found]


def verify(connection: Connection) -> tuple[int, int | None]:
    """How many entries there are, and the id of the first that does not fit, if any.

    A chain cut off at its end looks whole: compare the number with an earlier one.
    """
    number, last, before = 0, 0, ""
    while True:
        found = connection.execute(
            select(_entry).where(_columns.id > last).order_by(_columns.id).limit(_READ_AT_ONCE)
        )
        rows = found.mappings().all()
        for row in rows:
            if row["digest"] != _digest(before, dict(row)):
                return number, row["id"]
            number, last, before = number + 1, row["id"], row["digest"]
        if not rows:
            return number, None


def latest(connection: Connection, target: str, limit: int = 50) -> list[Row]:
    """The newest entries about a target."""
    found = connection.execute(
        select(_entry).where(_columns.target == target).order_by(_columns.id.desc()).limit(limit)
    )
    return [dict(row) for row in found.mappings()]


def page(
    connection: Connection,
    limit: int,
    before: int = 0,
    target: str = "",
    operations: Collection[str] = (),
    actors: Collection[int] = (),
    since: int = 0,
    until: int = 0,
) -> list[Row]:
    """The newest entries, from below an id on; only those that fit what is told."""
    kept = [
        (before, _columns.id < before),
        (target, _columns.target == target),
        (operations, _columns.operation.in_(operations)),
        (actors, _columns.actor.in_(actors)),
        (since, _columns.at >= since),
        (until, _columns.at < until),
    ]
    query = select(_entry).where(*(where for told, where in kept if told))
    newest = query.order_by(_columns.id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(newest).mappings()]
