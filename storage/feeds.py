"""Feeds of official sites that become drafts, and what was already taken from each.

Tables feed, feed_entry.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from storage.database import MINUTE
from storage.rows import insert_new, table
from storage.tables import Feed, FeedEntry

_feed = table(Feed)
_columns = _feed.c
_entry = table(FeedEntry)
_LEASE = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Kept:
    """`read_at` is when it was last read well, 0 for never; `error` why not since."""

    id: int
    url: str
    areas: tuple[str, ...]
    added_by: int
    tag: str
    due_at: int
    read_at: int
    failures: int
    error: str


def _kept(row: Any) -> Kept:
    areas = tuple(filter(None, row.areas.split(";")))
    names = [one for one in Kept.__dataclass_fields__ if one != "areas"]
    return Kept(areas=areas, **{name: getattr(row, name) for name in names})


def add(
    connection: Connection, url: str, areas: Collection[str], added_by: int, now: int
) -> int | None:
    """None when it is there already."""
    row = {
        "url": url,
        "areas": ";".join(areas),
        "added_by": added_by,
        "tag": "",
        "due_at": now,
        "read_at": 0,
        "failures": 0,
        "error": "",
        "added_at": now,
    }
    before = connection.execute(select(_columns.id).where(_columns.url == url)).first()
    if before:
        return None
    insert_new(connection, Feed, [row])
    found = connection.execute(select(_columns.id).where(_columns.url == url))
    return int(found.scalar_one())


def remove(connection: Connection, feed: int) -> bool:
    connection.execute(_entry.delete().where(_entry.c.feed == feed))
    return bool(connection.execute(_feed.delete().where(_columns.id == feed)).rowcount)


def get(connection: Connection, feed: int) -> Kept | None:
    found = connection.execute(select(_feed).where(_columns.id == feed)).first()
    return _kept(found) if found else None


def everything(connection: Connection) -> list[Kept]:
    return [_kept(row) for row in connection.execute(select(_feed).order_by(_columns.id))]


def take(connection: Connection, now: int) -> Kept | None:
    """One that is due; for ten minutes it is nobody else's."""
    query = select(_feed).where(_columns.due_at <= now).order_by(_columns.due_at).limit(1)
    found = connection.execute(query.with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    connection.execute(update(_feed).where(_columns.id == found.id).values(due_at=now + _LEASE))
    return _kept(found)


def read(connection: Connection, feed: int, tag: str, now: int, due_at: int) -> None:
    connection.execute(
        update(_feed)
        .where(_columns.id == feed)
        .values(tag=tag, read_at=now, due_at=due_at, failures=0, error="")
    )


def failed(connection: Connection, feed: int, error: str, due_at: int) -> None:
    connection.execute(
        update(_feed)
        .where(_columns.id == feed)
        .values(error=error, due_at=due_at, failures=_columns.failures + 1)
    )


def fresh(connection: Connection, feed: int, keys: Collection[str]) -> set[str]:
    """Those of these entries that were not taken yet."""
    known = connection.execute(
        select(_entry.c.key).where(_entry.c.feed == feed, _entry.c.key.in_(keys))
    )
    return set(keys) - set(known.scalars())


def remember(connection: Connection, feed: int, keys: Collection[str], now: int) -> None:
    insert_new(connection, FeedEntry, [{"feed": feed, "key": one, "at": now} for one in keys])
