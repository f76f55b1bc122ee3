"""One row per chat that is written to: who may be next, and when. Table lane."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, update

from bot.core.address import Address
from storage.rows import among, given, insert_new, packed, table
from storage.tables import Delivery, InboxUpdate, Lane

REPLY, EMERGENCY, PERSONAL, BULK = 0, 1, 2, 3
_lane = table(Lane)
_columns = _lane.c
_outbox = table(Delivery).c


_CHOSEN = select(_columns.address).where(among(_columns.address, "addresses"))
_LOCKED = {
    wait: _CHOSEN.order_by(_columns.address).with_for_update(skip_locked=not wait)
    for wait in (True, False)
}


def hold(connection: Connection, addresses: Iterable[str], *, wait: bool) -> set[str]:
    """Locks chats for this transaction, so that what enters a chat enters in order.

    Without `wait`, chats locked elsewhere are left out. SQLite has one writer: all are held.
    """
    wanted = sorted(set(addresses))
    insert_new(connection, Lane, [_new(Address.parse(one)) for one in wanted])
    return set(connection.execute(_LOCKED[wait], {"addresses": wanted}).scalars())


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


_DUE = (
    select(_columns.address)
    .where(
        _columns.channel == bindparam("channel"),
        _columns.account == bindparam("account"),
        _columns.due_at <= bindparam("now"),
        _columns.ready_at <= bindparam("now"),
        _columns.holder == "",
    )
    .order_by(_columns.urgency, _columns.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_READY = {True: _DUE.where(_columns.urgency == REPLY), False: _DUE.where(_columns.urgency > REPLY)}


def ready(
    connection: Connection, account: tuple[str, str], now: int, limit: int, *, replies: bool
) -> list[str]:
    """Chats that may be written to, locked; most urgent and longest waiting first."""
    sought = {"channel": account[0], "account": account[1], "now": now, "most": limit}
    return list(connection.execute(_READY[replies], sought).scalars())


_TAKING = (
    update(_lane)
    .where(among(_columns.address, "addresses"))
    .values(holder=bindparam("b_holder"), ready_at=bindparam("b_ready_at"))
)


def take(connection: Connection, addresses: Collection[str], holder: str, ready_at: int) -> None:
    """Marks chats as being written to; the next message may follow at `ready_at`."""
    given = {"addresses": addresses, "b_holder": holder, "b_ready_at": ready_at}
    connection.execute(_TAKING, given)


_UNTIL = ("address", "ready_at")
_QUEUED = (_outbox.address == _columns.address) & (_outbox.state == "queued")
_WAITS: dict[str, Any] = {
    "due_at": select(func.min(_outbox.not_before_at)).where(_QUEUED).scalar_subquery(),
    "urgency": select(func.coalesce(func.min(_outbox.lane), BULK)).where(_QUEUED).scalar_subquery(),
}
_REFRESHING = update(_lane).where(among(_columns.address, "addresses")).values(**_WAITS)
_FREE = {"holder": case((_columns.holder == bindparam("b_holder"), ""), else_=_columns.holder)}
_CHOSEN_ROWS = update(_lane).where(among(_columns.address, "addresses"))
_RELEASING = _CHOSEN_ROWS.values(**_FREE)
_FREEING = _CHOSEN_ROWS.values(holder="")


def refresh(connection: Connection, addresses: Collection[str]) -> None:
    """Works out anew what chats wait for."""
    if addresses:
        connection.execute(_REFRESHING, {"addresses": addresses})


def release(connection: Connection, addresses: Collection[str], holder: str = "") -> None:
    """Frees chats, and works out anew what they wait for; with a holder, frees only those it
    still holds."""
    if holder:
        connection.execute(_RELEASING, {"addresses": addresses, "b_holder": holder})
    else:
        connection.execute(_FREEING, {"addresses": addresses})
    # Not in one statement: waiting for a writer of the chat, it would count what waits as of
    # before, and what that writer added would lie there unseen.
    refresh(connection, addresses)


@lru_cache
def _putting_off(dialect: str) -> Any:
    until = given(dialect, Lane, _UNTIL).c
    later = (_columns.address == until.address) & (_columns.ready_at < until.ready_at)
    return update(_lane).where(later).values(ready_at=until.ready_at)


_FORGOTTEN = (
    select(_outbox.address)
    .where(
        _outbox.state == "queued",
        ~select(_columns.address)
        .where(_QUEUED, _columns.due_at.is_not(None) | (_columns.holder != ""))
        .exists(),
    )
    .distinct()
    .limit(bindparam("most"))
)


def forgotten(connection: Connection, most: int = 1000) -> list[str]:
    """Chats that something is queued for though nothing is due there, which must never be. It
    looks at all that is queued: not for a transaction that others wait for."""
    return list(connection.execute(_FORGOTTEN, {"most": most}).scalars())


def find_again(connection: Connection, addresses: Collection[str]) -> None:
    """What these chats wait for is worked out anew."""
    hold(connection, addresses, wait=True)
    refresh(connection, addresses)


def put_off(connection: Connection, until: Mapping[str, int]) -> None:
    """Chats that are not to be written to before a moment."""
    if until:
        dialect = connection.dialect.name
        rows = [{"address": address, "ready_at": at} for address, at in until.items()]
        connection.execute(_putting_off(dialect), packed(dialect, rows, _UNTIL))


_STARTS = (
    select(case((_columns.due_at > _columns.ready_at, _columns.due_at), else_=_columns.ready_at))
    .where(
        _columns.channel == bindparam("channel"),
        _columns.account == bindparam("account"),
        _columns.due_at.is_not(None),
        _columns.holder == "",
    )
    .limit(1000)
    .subquery("starts")
)
_EARLIEST = select(func.min(next(iter(_STARTS.c))))


def earliest(connection: Connection, account: tuple[str, str]) -> int | None:
    """When the next chat of an account may be written to; None when nothing waits."""
    sought = {"channel": account[0], "account": account[1]}
    found: int | None = connection.execute(_EARLIEST, sought).scalar()
    return found


def is_idle(connection: Connection, address: str) -> bool:
    """Whether everything heard from a chat has been answered and sent."""
    inbox = table(InboxUpdate).c
    unheard = select(inbox.id).where(inbox.address == address, inbox.state == "waiting").limit(1)
    unsent = select(_columns.address).where(
        _columns.address == address, _columns.due_at.is_not(None) | (_columns.holder != "")
    )
    return not (connection.execute(unheard).first() or connection.execute(unsent).first())
