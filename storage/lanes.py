"""One row per chat that is written to: who may be next, and when. Table lane."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.core.address import Address
from storage.rows import batches, insert_new, table
from storage.tables import Delivery, InboxUpdate, Lane

REPLY, EMERGENCY, PERSONAL, BULK = 0, 1, 2, 3
_lane = table(Lane)
_columns = _lane.c
_outbox = table(Delivery).c


def hold(connection: Connection, addresses: Iterable[str], *, wait: bool) -> set[str]:
    """Locks chats for this transaction, so that what enters a chat enters in order.

    Without `wait`, chats locked elsewhere are left out. SQLite has one writer: all are held.
    """
    wanted = sorted(set(addresses))
    insert_new(connection, Lane, [_new(Address.parse(one)) for one in wanted])
    held: set[str] = set()
    for part in batches(wanted):
        statement = select(_columns.address).where(_columns.address.in_(part))
        locked = statement.order_by(_columns.address).with_for_update(skip_locked=not wait)
        held.update(connection.execute(locked).scalars())
    return held


def _new(address: Address) -> dict[str, Any]:
    return {
        "address": str(address),
        "channel": address.channel,
        "account": address.account,
        "urgency": BULK,
        "due_at": None,
        "ready_at": 0,
        "holder": "",
    }


def ready(
    connection: Connection, account: tuple[str, str], now: int, limit: int, *, replies: bool
) -> list[str]:
    """Chats that may be written to, locked; most urgent and longest waiting first."""
    urgency = _columns.urgency == REPLY if replies else _columns.urgency > REPLY
    found = connection.execute(
        select(_columns.address)
        .where(
            _columns.channel == account[0],
            _columns.account == account[1],
            _columns.due_at <= now,
            _columns.ready_at <= now,
            _columns.holder == "",
            urgency,
        )
        .order_by(_columns.urgency, _columns.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(found.scalars())


def take(connection: Connection, addresses: Collection[str], holder: str, ready_at: int) -> None:
    """Marks chats as being written to; the next message may follow at `ready_at`."""
    connection.execute(
        update(_lane)
        .where(_columns.address.in_(addresses))
        .values(holder=holder, ready_at=ready_at)
    )


def refresh(connection: Connection, addresses: Collection[str]) -> None:
    """Works out anew what chats wait for."""
    queued = (_outbox.address == _columns.address) & (_outbox.state == "queued")
    due = select(func.min(_outbox.not_before_at)).where(queued).scalar_subquery()
    urgency = select(func.coalesce(func.min(_outbox.lane), BULK)).where(queued).scalar_subquery()
    if addresses:
        connection.execute(
            update(_lane).where(_columns.address.in_(addresses)).values(due_at=due, urgency=urgency)
        )


def release(connection: Connection, addresses: Collection[str], holder: str = "") -> None:
    """Frees chats; with a holder, only those it still holds."""
    held = _columns.holder == holder if holder else _columns.holder != ""
    connection.execute(update(_lane).where(_columns.address.in_(addresses), held).values(holder=""))
    refresh(connection, addresses)


def put_off(connection: Connection, address: str, until: int) -> None:
    connection.execute(
        update(_lane)
        .where(_columns.address == address, _columns.ready_at < until)
        .values(ready_at=until)
    )


def earliest(connection: Connection, account: tuple[str, str]) -> int | None:
    """When the next chat of an account may be written to; None when nothing waits."""
    starts = select(_columns.due_at, _columns.ready_at).where(
        _columns.channel == account[0],
        _columns.account == account[1],
        _columns.due_at.is_not(None),
        _columns.holder == "",
    )
    found = [max(due, ready_at) for due, ready_at in connection.execute(starts.limit(1000))]
    return min(found, default=None)


def is_idle(connection: Connection, address: str) -> bool:
    """Whether everything heard from a chat has been answered and sent."""
    inbox = table(InboxUpdate).c
    unheard = select(inbox.id).where(inbox.address == address, inbox.state == "waiting").limit(1)
    unsent = select(_columns.address).where(
        _columns.address == address, _columns.due_at.is_not(None) | (_columns.holder != "")
    )
    return not (connection.execute(unheard).first() or connection.execute(unsent).first())
