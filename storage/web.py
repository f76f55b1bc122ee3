"""The web chat's transcript: what a browser shows. Table web_message."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.database import DAY
from storage.rows import insert_new, table
from storage.tables import WebMessage

_web = table(WebMessage)
_columns = _web.c
_KEPT = 180 * DAY


@dataclass(frozen=True, slots=True)
class Shown:
    """`delivery` is the ledger row of a message of ours; None for the resident's own."""

    id: int
    author: str
    content: str
    delivery: int | None


@dataclass(frozen=True, slots=True)
class NewShown:
    address: str
    author: str
    content: str
    delivery: int | None = None
    event: str | None = None


def add(connection: Connection, new: Sequence[NewShown], now: int) -> None:
    """What is shown already is left as it is."""
    insert_new(
        connection,
        WebMessage,
        [
            {
                "address": one.address,
                "delivery": one.delivery,
                "event": one.event,
                "author": one.author,
                "content": one.content,
                "at": now,
            }
            for one in new
        ],
    )


def after(connection: Connection, address: str, last: int, limit: int = 200) -> list[Shown]:
    """In order, from the first id above `last`."""
    found = connection.execute(
        select(_columns.id, _columns.author, _columns.content, _columns.delivery)
        .where(_columns.address == address, _columns.id > last)
        .order_by(_columns.id)
        .limit(limit)
    )
    return [Shown(*row) for row in found]


def latest(connection: Connection, address: str, limit: int) -> list[Shown]:
    """The last messages, oldest first."""
    found = connection.execute(
        select(_columns.id, _columns.author, _columns.content, _columns.delivery)
        .where(_columns.address == address)
        .order_by(_columns.id.desc())
        .limit(limit)
    )
    return [Shown(*row) for row in reversed(found.all())]


def tidy(connection: Connection, now: int) -> None:
    connection.execute(_web.delete().where(_columns.at < now - _KEPT))
