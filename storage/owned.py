"""What one owner has waiting in the ledger: held back, given back, put off, or never sent.

What goes on later is changed some chats at a time, each locked first. Table outbox.
"""

from collections.abc import Collection, Mapping, Sequence
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


def drop_persons(connection: Connection, persons: Collection[int], reason: str, now: int) -> int:
    """What waits for these persons, other than answers, is not sent; how many rows."""
    theirs = (_columns.person != 0, _columns.person.in_(persons))
    return _skip(connection, (*theirs, _columns.lane > lanes.REPLY), reason, now)


def drop_answers(connection: Connection, chats: Collection[str], reason: str, now: int) -> int:
    """Answers that wait for these chats are not sent; how many rows."""
    theirs = (_columns.address.in_(chats), _columns.lane == lanes.REPLY)
    return _skip(connection, theirs, reason, now)


def drop_rows(connection: Connection, ids: Sequence[int], reason: str, now: int) -> None:
    """Those of these rows that wait are not sent."""
    for some in batches(ids):
        _skip(connection, (_columns.id.in_(some),), reason, now)


def _skip(connection: Connection, where: tuple[Any, ...], reason: str, now: int) -> int:
    """Holds no chat: whoever claims looks again, and tidies a chat with nothing to say. Rows are
    locked in order, as a claim does."""
    waiting = (_columns.state.in_(_WAITING), *where)
    query = select(_columns.id).where(*waiting).order_by(_columns.id).with_for_update()
    found = list(connection.execute(query).scalars())
    for ids in batches(found):
        connection.execute(
            update(_outbox)
            .where(_columns.id.in_(ids))
            .values(state="skipped", reason=reason, ended_at=now)
        )
    return len(found)
