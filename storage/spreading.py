"""An announcement's copies put into the ledger by a fixed number of statements, however many.

Copies that a member posts by hand are made one by one in bot/dispatch.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from storage.outbox import FULL, MOST_WAITING_PER_CHAT
from storage.recipients import RELAY, leave_out_where, owner
from storage.rows import inserting, table
from storage.tables import Delivery, Lane, Recipient

_recipient, _outbox, _lane = table(Recipient), table(Delivery), table(Lane)
_columns, _rows = _recipient.c, _outbox.c
_GROUP = _columns.target.like("group:%")


@dataclass(frozen=True, slots=True)
class Place:
    """A channel account that is on, and what is sent there to a person and to a group."""

    channel: str
    account: str
    person: str
    group: str

    @property
    def holds(self) -> ColumnElement[bool]:
        prefix = f"{self.channel}:{self.account}:"
        found: ColumnElement[bool] = func.substr(_columns.address, 1, len(prefix)) == prefix
        return found


@dataclass(frozen=True, slots=True)
class Spread:
    """What all copies have in common; `lane` and `expires_at` as in the ledger."""

    announcement: int
    places: Sequence[Place]
    lane: int
    expires_at: int


def spread(connection: Connection, of: Spread, now: int, limit: int) -> bool:
    """At most `limit` planned copies; whether there were any. Chats are held before copies are
    touched, as the way in does: whoever stops in between is left out."""
    last = _last(connection, of.announcement, limit)
    if last is None:
        return False
    until = and_(*_planned(of.announcement), _columns.id <= last)
    if not of.places:
        leave_out_where(connection, until, "channel-off")
        return True
    on = or_(*[one.holds for one in of.places])
    before = _addresses(connection, until)
    _hold(connection, of, and_(until, on), now)
    if _addresses(connection, until, lock=True) != before:  # a chat got a new id meanwhile
        _hold(connection, of, and_(until, on), now)
    leave_out_where(connection, and_(until, ~on), "channel-off")
    _enqueue(connection, of, until, now)
    return True


def _planned(announcement: int) -> tuple[ColumnElement[bool], ...]:
    mine: ColumnElement[bool] = _columns.announcement == announcement
    return mine, _columns.delivery.is_(None), _columns.reason == "", _columns.way != RELAY


def _last(connection: Connection, announcement: int, limit: int) -> int | None:
    """The id of the last copy of this step."""
    some = select(_columns.id).where(*_planned(announcement)).order_by(_columns.id).limit(limit)
    found: int | None = connection.execute(select(func.max(some.subquery().c.id))).scalar()
    return found


def _addresses(
    connection: Connection, which: ColumnElement[bool], *, lock: bool = False
) -> str | None:
    """A digest of where copies go; locked they stay there, in order, as everybody does who
    changes several. SQLite has one writer: nothing changes meanwhile."""
    if connection.dialect.name == "sqlite":
        return None
    found = select(_columns.id, _columns.address).where(which).order_by(_columns.id)
    rows = (found.with_for_update() if lock else found).subquery()
    together = func.string_agg(rows.c.address, aggregate_order_by(literal(","), rows.c.id))
    digest: str | None = connection.execute(select(func.md5(together))).scalar()
    return digest


def _hold(connection: Connection, of: Spread, going: ColumnElement[bool], now: int) -> None:
    """Locks the chats and says that something is due there: a chat where nothing is after all
    is tidied when it is claimed."""
    channel = case(*[(one.holds, one.channel) for one in of.places], else_="")
    account = case(*[(one.holds, one.account) for one in of.places], else_="")
    names = ("address", "channel", "account", "urgency", "due_at", "ready_at", "holder")
    due = literal(now, BigInteger)
    values = (channel, account, literal(of.lane), due, literal(0), literal(""))
    chosen = select(_columns.address, *values).where(going).distinct()
    made = inserting(connection, Lane).from_select(list(names), chosen.order_by(_columns.address))
    sooner = _lane.c.due_at.is_(None) | (_lane.c.due_at > made.excluded.due_at)
    dearer = _lane.c.due_at.is_(None) | (_lane.c.urgency > made.excluded.urgency)
    changed = {
        "due_at": case((sooner, made.excluded.due_at), else_=_lane.c.due_at),
        "urgency": case((dearer, made.excluded.urgency), else_=_lane.c.urgency),
    }
    connection.execute(made.on_conflict_do_update(index_elements=["address"], set_=changed))


def _dedup(announcement: int) -> ColumnElement[str]:
    name = literal(f"{owner(announcement)}:") + cast(_columns.id, String) + literal(":")
    found: ColumnElement[str] = name + cast(_columns.round, String)
    return found


def _enqueue(connection: Connection, of: Spread, until: ColumnElement[bool], now: int) -> None:
    """Rows of the ledger, and each copy tied to its own."""
    values = _values(of, now)
    chosen = select(*[one.label(name) for name, one in values.items()]).where(until)
    filled = inserting(connection, Delivery).from_select(list(values), chosen.order_by(_columns.id))
    connection.execute(filled.on_conflict_do_nothing())
    row = select(_rows.id).where(_rows.dedup == _dedup(of.announcement)).scalar_subquery()
    connection.execute(update(_recipient).where(until).values(delivery=row))


def _values(of: Spread, now: int) -> dict[str, ColumnElement[Any]]:
    waiting = _outbox.alias("waiting")
    mine = (waiting.c.address == _columns.address, waiting.c.state == "queued")
    full = (
        select(func.count()).select_from(waiting).where(*mine).correlate(_recipient)
        .scalar_subquery() >= MOST_WAITING_PER_CHAT
    )  # fmt: skip
    contents = [
        (and_(one.holds, group), content)
        for one in of.places
        for group, content in ((_GROUP, one.group), (~_GROUP, one.person))
    ]
    zero, moment = literal(0), literal(now, BigInteger)
    return {
        "owner": literal(owner(of.announcement)),
        "address": _columns.address,
        "person": _columns.person,
        "content": case(*contents, else_=""),
        "lane": literal(of.lane),
        "on_doubt": literal("hold"),  # a lost answer is never followed by a second copy
        "dedup": _dedup(of.announcement),
        "state": case((full, "skipped"), else_="queued"),
        "reason": case((full, FULL), else_=""),
        "attempt": zero,
        "failures": zero,
        "doubts": zero,
        "holder": literal(""),
        "lease_until": zero,
        "not_before_at": moment,
        "expires_at": literal(of.expires_at, BigInteger),
        "created_at": moment,
        "ended_at": case((full, moment), else_=cast(null(), BigInteger)),
        "reference": literal(""),
        "part": zero,
    }
