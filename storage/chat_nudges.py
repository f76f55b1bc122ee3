"""Whom to remind in chats nobody is tied to: one row for a chat while somebody stands still in a
guide there. Table chat_nudge.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select, update

from storage.rows import Row, batches, table, upsert
from storage.runs import ASKING
from storage.tables import Chat, ChatNudge, HelpRequest, PersonAddress

_nudge = table(ChatNudge)
_columns = _nudge.c
_chat, _link, _help = table(Chat).c, table(PersonAddress).c, table(HelpRequest).c


@dataclass(frozen=True, slots=True)
class Standing:
    """`number` counts from 1. `tied`: somebody is known there by now; `open`: it can be written
    to; `asking`: they wait for a person's help."""

    address: str
    guide: str
    number: int
    tied: bool
    open: bool
    asking: bool


def schedule(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of address, guide, number and due_at; what waited for the chat before is forgotten."""
    for part in batches(rows):
        upsert(connection, ChatNudge, part, ["address"])


def drop(connection: Connection, addresses: Collection[str]) -> None:
    for part in batches(sorted(addresses)):
        connection.execute(_nudge.delete().where(_columns.address.in_(part)))


def due(connection: Connection, now: int, limit: int) -> list[Standing]:
    """Whose time has come, locked; those that others hold are left out."""
    here = _columns.address
    tied = exists().where(_link.address == here)
    written = exists().where(_chat.address == here, _chat.reachable)
    asking = exists().where(_help.address == here, _help.person == 0, _help.state.in_(ASKING))
    found = connection.execute(
        select(here, _columns.guide, _columns.number, tied, written, asking)
        .where(_columns.due_at <= now)
        .order_by(_columns.due_at, here)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_nudge)
    )
    return [Standing(*row) for row in found]


def put_off(connection: Connection, addresses: Collection[str], until: int) -> None:
    if addresses:
        connection.execute(
            update(_nudge).where(_columns.address.in_(addresses)).values(due_at=until)
        )
