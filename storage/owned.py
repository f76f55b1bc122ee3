"""What one owner has waiting in the ledger: held back, given back, put off, or never sent.

Some chats at a time, each locked first, so that nobody waits long. Table outbox.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from storage import lanes
from storage.rows import batches, table
from storage.tables import Delivery

_outbox = table(Delivery)
_columns = _outbox.c
_WAITING = ("queued", "held", "paused")


def pause(connection: Connection, owner: str, limit: int) -> int:
    """Holds rows of some chats back; how many."""
    return _change(connection, owner, "queued", {"state": "paused"}, limit)


def give_back(connection: Connection, owner: str, limit: int) -> int:
    return _change(connection, owner, "paused", {"state": "queued"}, limit)


def put_off(connection: Connection, owner: str, until: int, limit: int) -> int:
    """What waits is not sent before then; how many rows."""
    values = {"not_before_at": until}
    return _change(connection, owner, "queued", values, limit, _columns.not_before_at < until)


def _change(
    connection: Connection,
    owner: str,
    state: str,
    values: Mapping[str, object],
    limit: int,
    *more: Any,
) -> int:
    where = (_columns.owner == owner, _columns.state == state, *more)
    chats = select(_columns.address).where(*where).distinct().order_by(_columns.address)
    found = list(connection.execute(chats.limit(limit)).scalars())
    if not found:
        return 0
    lanes.hold(connection, found, wait=True)
    changed = connection.execute(
        update(_outbox).where(*where, _columns.address.in_(found)).values(**values)
    )
    lanes.refresh(connection, found)
    return changed.rowcount


def drop(connection: Connection, owner: str, reason: str, now: int) -> int:
    """What waits for this owner is not sent; how many rows."""
    return _skip(connection, (_columns.owner == owner,), reason, now)


def drop_news(connection: Connection, addresses: Collection[str], reason: str, now: int) -> int:
    """Announcements that wait for these chats are not sent; how many rows."""
    news = _columns.owner.startswith("announcement:", autoescape=True)
    return _skip(connection, (_columns.address.in_(addresses), news), reason, now)


def _skip(connection: Connection, where: tuple[Any, ...], reason: str, now: int) -> int:
    waiting = (_columns.state.in_(_WAITING), *where)
    found = sorted(
        connection.execute(select(_columns.address).where(*waiting).distinct()).scalars()
    )
    lanes.hold(connection, found, wait=True)
    skipped = 0
    for chats in batches(found):
        changed = connection.execute(
            update(_outbox)
            .where(*waiting, _columns.address.in_(chats))
            .values(state="skipped", reason=reason, ended_at=now)
        )
        lanes.refresh(connection, chats)
        skipped += changed.rowcount
    return skipped
