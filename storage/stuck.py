"""What stopped and waits for a person: updates set aside, messages nobody knows the fate of.

Tables inbox_update, outbox. Bodies and contents are never read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage import lanes
from storage.rows import table
from storage.tables import Delivery, InboxUpdate

_inbox = table(InboxUpdate)
_outbox = table(Delivery)
AGAIN, DROPPED, ARRIVED = "again", "dropped", "arrived"


@dataclass(frozen=True, slots=True)
class Parked:
    """An update that failed too often."""

    id: int
    channel: str
    address: str
    error: str
    attempts: int
    received_at: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message cut off in mid-send."""

    id: int
    owner: str
    address: str
    person: int
    created_at: int


def parked(connection: Connection, limit: int) -> list[Parked]:
    names = [_inbox.c[name] for name in Parked.__dataclass_fields__]
    found = connection.execute(
        select(*names).where(_inbox.c.state == "parked").order_by(_inbox.c.id).limit(limit)
    )
    return [Parked(*row) for row in found]


def doubtful(connection: Connection, limit: int) -> list[Doubtful]:
    names = [_outbox.c[name] for name in Doubtful.__dataclass_fields__]
    found = connection.execute(
        select(*names).where(_outbox.c.state == "uncertain").order_by(_outbox.c.id).limit(limit)
    )
    return [Doubtful(*row) for row in found]


def settle_parked(connection: Connection, number: int, what: str) -> bool:
    """Tried once more from the start, or left for good. False when it is not parked any more."""
    values = (
        {"state": "waiting", "attempts": 0, "due_at": 0} if what == AGAIN else {"state": "done"}
    )
    changed = connection.execute(
        update(_inbox).where(_inbox.c.id == number, _inbox.c.state == "parked").values(**values)
    )
    return bool(changed.rowcount)


def settle_doubtful(connection: Connection, number: int, what: str, now: int) -> bool:
    """Sent once more, taken for arrived, or given up. False when it is not in doubt any more."""
    address: str | None = connection.execute(
        select(_outbox.c.address).where(_outbox.c.id == number, _outbox.c.state == "uncertain")
    ).scalar()
    if address is None:
        return False
    lanes.hold(connection, [address], wait=True)
    values: dict[str, object] = {
        AGAIN: {"state": "queued", "attempt": 0, "holder": "", "ended_at": None},
        ARRIVED: {"state": "accepted", "ended_at": now},
    }.get(what, {"state": "failed", "reason": "doubt", "ended_at": now})
    connection.execute(update(_outbox).where(_outbox.c.id == number).values(**values))
    lanes.refresh(connection, [address])
    return True


def numbers(connection: Connection) -> Sequence[int]:
    """How many updates and messages, up to a hundred each."""
    return len(parked(connection, 100)), len(doubtful(connection, 100))
