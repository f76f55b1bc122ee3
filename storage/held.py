"""Deliveries their platform does not take now: kept out of every claim until they may go.

A row is held until its person writes, until `not_before_at`, or until it expires, whichever
comes first. Table outbox.
"""

from collections.abc import Collection

from sqlalchemy import Connection, case, func, select, true, update

from storage import lanes
from storage.rows import table
from storage.tables import Delivery

WINDOW = "window"  # the person has been away too long to be written to
_outbox = table(Delivery)
_columns = _outbox.c
_held = _columns.state == "held"
_AT_ONCE = 500


def hold(connection: Connection, addresses: Collection[str], reason: str) -> None:
    """Everything that waits for these chats, which the caller holds."""
    if not addresses:
        return
    connection.execute(
        update(_outbox)
        .where(_columns.state == "queued", _columns.address.in_(addresses))
        .values(state="held", reason=reason, not_before_at=_columns.expires_at)
    )
    lanes.refresh(connection, addresses)


def release(connection: Connection, addresses: Collection[str], now: int) -> int:
    """Their persons are near again; the caller holds these chats. Says how many rows go on."""
    if not addresses:
        return 0
    changed = connection.execute(
        update(_outbox)
        .where(_held, _columns.address.in_(addresses))
        .values(state="queued", not_before_at=now)
    )
    if changed.rowcount:
        lanes.refresh(connection, addresses)
    return changed.rowcount


def free(connection: Connection, addresses: Collection[str], now: int) -> None:
    """As `release` for chats nobody holds: the next sweep queues what waits for them."""
    if addresses:
        connection.execute(
            update(_outbox).where(_held, _columns.address.in_(addresses)).values(not_before_at=now)
        )


def sweep(connection: Connection, now: int) -> int:
    """Rows whose time has come are queued again, or expired when it is too late for them."""
    due = _held & (_columns.not_before_at <= now)
    addresses = set(
        connection.execute(select(_columns.address).where(due).limit(_AT_ONCE)).scalars()
    )
    if not addresses:
        return 0
    lanes.hold(connection, addresses, wait=True)
    due &= _columns.address.in_(addresses)
    late = _columns.expires_at <= now
    changed = connection.execute(
        update(_outbox)
        .where(due)
        .values(
            state=case((late, "expired"), else_="queued"),
            ended_at=case((late, now), else_=None),
        )
    )
    lanes.refresh(connection, addresses)
    return changed.rowcount


def reasons(connection: Connection, account: tuple[str, str] | None = None) -> dict[str, int]:
    """How many are held, by why; of one account when it is given."""
    ours = (
        _columns.address.startswith(":".join((*account, "")), autoescape=True)
        if account
        else true()
    )
    found = connection.execute(
        select(_columns.reason, func.count()).where(_held, ours).group_by(_columns.reason)
    )
    return {reason: int(number) for reason, number in found}
