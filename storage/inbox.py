"""What was heard and waits for its turn: table inbox_update."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, func, select, update

from storage.database import DAY, SECOND
from storage.rows import insert_new, table
from storage.tables import InboxUpdate

MOST_ATTEMPTS = 5
OWN = "gocua"  # the account of what the service itself begins
_inbox = table(InboxUpdate)
_columns = _inbox.c
_waiting = _columns.state == "waiting"
_BODY_KEPT = 3 * DAY
_ROW_KEPT = 30 * DAY


@dataclass(frozen=True, slots=True)
class Arrival:
    """One platform event before it is stored. `body` is masked already; `sent_at` is 0 when
    the platform keeps events in order."""

    channel: str
    account: str
    event_id: str
    address: str
    body: str
    secrets: str = ""
    sent_at: int = 0


@dataclass(frozen=True, slots=True)
class Update:
    id: int
    channel: str
    account: str
    address: str
    body: str
    secrets: str
    attempts: int
    due_at: int
    received_at: int
    event_id: str

    @property
    def own(self) -> bool:
        """Begun by the service itself, not heard from a platform."""
        return self.account == OWN


def add(connection: Connection, arrivals: Sequence[Arrival], now: int) -> None:
    """An event already known (same channel, account and event id) changes nothing."""
    rows = [
        {
            "channel": one.channel,
            "account": one.account,
            "event_id": one.event_id,
            "address": one.address,
            "body": one.body,
            "secrets": one.secrets,
            "sent_at": one.sent_at,
            "received_at": now,
            "state": "waiting",
            "attempts": 0,
            "due_at": now,
            "error": "",
        }
        for one in arrivals
    ]
    insert_new(connection, InboxUpdate, rows)


def waiting_addresses(connection: Connection, now: int, limit: int) -> list[str]:
    """Chats with something to do, longest waiting first; held-back ones left out."""
    held = select(_columns.address).where(_waiting, _columns.due_at > now)
    found = connection.execute(
        select(_columns.address)
        .where(_waiting, _columns.address.not_in(held))
        .order_by(_columns.id)
        .limit(limit)
    )
    return list(dict.fromkeys(found.scalars()))


def waiting(connection: Connection, addresses: Collection[str], limit: int) -> list[Update]:
    """In the platform's own order where it tells one, else in order of arrival."""
    found = connection.execute(
        select(*[_columns[one.name] for one in fields(Update)])
        .where(_waiting, _columns.address.in_(addresses))
        .order_by(_columns.sent_at, _columns.id)
        .limit(limit)
    )
    return [Update(*row) for row in found]


def finish(connection: Connection, ids: Collection[int], shown: Collection[int] = ()) -> None:
    """Bodies of those of them that lead to a picture somebody has `shown` are emptied."""
    if ids:
        connection.execute(update(_inbox).where(_columns.id.in_(ids)).values(state="done"))
    if led := {*ids} & {*shown}:
        connection.execute(update(_inbox).where(_columns.id.in_(led)).values(body=""))


def fail(connection: Connection, one: Update, error: str, now: int) -> bool:
    """Holds the chat back for a growing while; True when the update was parked instead."""
    attempts = one.attempts + 1
    parked = attempts >= MOST_ATTEMPTS
    connection.execute(
        update(_inbox)
        .where(_columns.id == one.id)
        .values(
            attempts=attempts,
            error=error,
            state="parked" if parked else "waiting",
            due_at=now + SECOND * 2 ** (attempts - 1),
        )
    )
    return parked


def park(connection: Connection, one: Update, error: str) -> None:
    """Sets aside what can never be understood; it blocks nobody."""
    connection.execute(
        update(_inbox)
        .where(_columns.id == one.id)
        .values(state="parked", error=error, attempts=one.attempts + 1)
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many wait and how many are parked."""
    return {
        state: connection.execute(
            select(func.count()).select_from(_inbox).where(_columns.state == state)
        ).scalar_one()
        for state in ("waiting", "parked")
    }


def oldest(connection: Connection) -> int:
    """When what waits longest was heard; 0 when nothing waits."""
    return int(
        connection.execute(select(func.min(_columns.received_at)).where(_waiting)).scalar() or 0
    )


def next_due(connection: Connection) -> int | None:
    found: int | None = connection.execute(
        select(func.min(_columns.due_at)).where(_waiting)
    ).scalar()
    return found


def tidy(connection: Connection, now: int) -> None:
    """Bodies go after three days, rows after thirty: long enough to know a repeat."""
    done = _columns.state == "done"
    connection.execute(
        update(_inbox)
        .where(done, _columns.received_at < now - _BODY_KEPT, _columns.body != "")
        .values(body="")
    )
    connection.execute(_inbox.delete().where(done, _columns.received_at < now - _ROW_KEPT))


def first(connection: Connection) -> int | None:
    """When the oldest update that is kept came."""
    found: int | None = connection.execute(select(func.min(_columns.received_at))).scalar()
    return found
