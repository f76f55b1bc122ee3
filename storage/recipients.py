"""The copies of an announcement and what became of each. Table recipient; audience.py fills it.

A copy's state is its ledger row's, so the states add up to the audience at any instant and
nothing is finished by a cursor.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.core.announcement import OPEN, Way
from storage import outbox, owned
from storage.rows import batches, table
from storage.tables import Delivery, Recipient

_recipient = table(Recipient)
_columns = _recipient.c
_outbox = table(Delivery).c
RELAY = Way.RELAY.value
ASKED = "asked"
_WITH_MEMBER = ("accepted", "delivered", "seen")


def owner(announcement: int) -> str:
    return f"announcement:{announcement}"


# What became of one copy, in SQL. A relay copy is there once the member has posted it.
STATE = case(
    (_columns.reason != "", "skipped"),
    (_columns.delivery.is_(None), "planned"),
    (and_(_columns.way == RELAY, _columns.posted_at > 0), "delivered"),
    (and_(_columns.way == RELAY, _outbox.state.in_(_WITH_MEMBER)), ASKED),
    else_=func.coalesce(_outbox.state, "lost"),
)
JOINED = _recipient.outerjoin(table(Delivery), _outbox.id == _columns.delivery)


def counts(connection: Connection, announcement: int) -> dict[str, int]:
    """States of all copies; "lost" can never be among them."""
    found = connection.execute(
        select(STATE, func.count())
        .select_from(JOINED)
        .where(_columns.announcement == announcement)
        .group_by(STATE)
    )
    return {state: int(number) for state, number in found}


@dataclass(frozen=True, slots=True)
class Part:
    """How many copies of one way are in one state."""

    way: str
    group: bool
    state: str
    number: int


def parts(connection: Connection, announcement: int) -> list[Part]:
    """All copies, groups first."""
    group = _columns.target.like("group:%")
    found = connection.execute(
        select(_columns.way, group, STATE, func.count())
        .select_from(JOINED)
        .where(_columns.announcement == announcement)
        .group_by(_columns.way, group, STATE)
    )
    each = [Part(way, bool(is_group), *rest) for way, is_group, *rest in found]
    return sorted(each, key=lambda one: (not one.group, one.way, one.state))


def ended_since(connection: Connection, announcement: int, since: int) -> int:
    """How many copies left or failed after that moment."""
    found: int = connection.execute(
        select(func.count())
        .select_from(JOINED)
        .where(_columns.announcement == announcement, _outbox.ended_at > since)
    ).scalar_one()
    return found


def by_way(connection: Connection, announcement: int) -> dict[str, int]:
    found = connection.execute(
        select(_columns.way, func.count())
        .where(_columns.announcement == announcement)
        .group_by(_columns.way)
    )
    return {way: int(number) for way, number in found}


# Sending


@dataclass(frozen=True, slots=True)
class Due:
    """A copy that is to be put into the ledger."""

    id: int
    target: str
    way: str
    address: str
    person: int
    round: int

    def dedup(self, announcement: int) -> str:
        return f"{owner(announcement)}:{self.id}:{self.round}"


def planned(connection: Connection, announcement: int, limit: int) -> list[Due]:
    """Those a member is to post; all others are storage/spreading.py's."""
    query = _planned().where(_columns.announcement == announcement, _columns.way == RELAY)
    return [Due(*row) for row in connection.execute(query.limit(limit))]


def still_planned(connection: Connection, ids: Collection[int]) -> set[int]:
    """Locked, without those left out meanwhile. Hold their chats first, as the way in does."""
    query = _planned().where(_columns.id.in_(ids)).with_for_update()
    return {row.id for row in connection.execute(query)}


def _planned() -> Select[Any]:
    names = (_columns.id, _columns.target, _columns.way, _columns.address, _columns.person)
    waiting = (_columns.delivery.is_(None), _columns.reason == "")
    return select(*names, _columns.round).where(*waiting).order_by(_columns.id)


def leave_out_where(connection: Connection, where: ColumnElement[bool], reason: str) -> None:
    """Locked in order first, as everybody does who changes several copies."""
    query = select(_columns.id).where(where).order_by(_columns.id).with_for_update()
    for ids in batches(connection.execute(query).scalars().all()):
        connection.execute(update(_recipient).where(_columns.id.in_(ids)).values(reason=reason))


def leave_out(connection: Connection, reasons: Mapping[str, Collection[int]]) -> None:
    """These copies are not sent; reason -> ids."""
    for reason, ids in reasons.items():
        leave_out_where(connection, _columns.id.in_(ids), reason)


def address(connection: Connection, places: Mapping[tuple[str, int], Collection[int]]) -> None:
    """Where relay copies go: (chat, person) of the member -> ids."""
    for (chat, person), ids in places.items():
        connection.execute(
            update(_recipient).where(_columns.id.in_(ids)).values(address=chat, person=person)
        )


def enqueue(
    connection: Connection,
    announcement: int,
    due: Sequence[Due],
    rows: Sequence[outbox.NewDelivery],
    now: int,
) -> None:
    """Into the ledger, and each copy tied to its row, in the caller's transaction."""
    outbox.enqueue(connection, rows, now)
    name = literal(f"{owner(announcement)}:") + cast(_columns.id, String) + literal(":")
    dedup = name + cast(_columns.round, String)
    row = select(_outbox.id).where(_outbox.dedup == dedup).scalar_subquery()
    connection.execute(
        update(_recipient).where(_columns.id.in_([one.id for one in due])).values(delivery=row)
    )


def again(connection: Connection, announcement: int, states: Collection[str]) -> int:
    """Those whose copy ended in one of these states are planned once more; how many. Their
    earlier rows stay in the ledger as they are."""
    ended = (
        select(_columns.id)
        .select_from(JOINED)
        .where(_columns.announcement == announcement, STATE.in_(list(states)))
    )
    changed = connection.execute(
        update(_recipient)
        .where(_columns.id.in_(ended))
        .values(delivery=None, reason="", round=_columns.round + 1, reminded_at=0)
    )
    return int(changed.rowcount)


def drop(connection: Connection, announcement: int, reason: str, now: int) -> None:
    """What has not left yet never will: planned copies and waiting rows."""
    planned_ = and_(
        _columns.announcement == announcement,
        _columns.delivery.is_(None),
        _columns.reason == "",
    )
    leave_out_where(connection, planned_, reason)
    owned.drop(connection, owner(announcement), reason, now)


def withdraw(
    connection: Connection, chats: Collection[str], now: int, persons: Collection[int] = ()
) -> None:
    """These chats and persons want no news any more: at once, wherever it was to reach them,
    also what is being sent. What a member was to post for others goes on."""
    theirs = _columns.address.in_(chats)
    if persons:
        theirs = or_(theirs, _columns.person.in_(persons))
    theirs = and_(_columns.target.not_like("group:%"), theirs, _columns.reason == "")
    leave_out_where(connection, and_(theirs, _columns.delivery.is_(None)), "withdrew")
    waiting = _outbox.state.in_(OPEN)
    rows = select(_columns.delivery).select_from(JOINED).where(theirs, waiting)
    owned.drop_rows(connection, connection.execute(rows).scalars().all(), "withdrew", now)


def seen(connection: Connection, announcement: int, address: str, now: int) -> None:
    connection.execute(
        update(_recipient)
        .where(
            _columns.announcement == announcement,
            _columns.address == address,
            _columns.seen_at == 0,
        )
        .values(seen_at=now)
    )


# Reading


@dataclass(frozen=True, slots=True)
class Line:
    """One of the audience as officials read it. `at` is when the state was reached."""

    id: int
    target: str
    way: str
    area: str
    person: int
    state: str
    reason: str
    at: int
    seen_at: int


def lines(
    connection: Connection,
    announcement: int,
    states: Collection[str] = (),
    limit: int = 1_000_000,
    after: int = 0,
) -> list[Line]:
    """In order, from `after` on; those in some states only when told."""
    reason = case((_columns.reason != "", _columns.reason), else_=_outbox.reason)
    at = case((_columns.posted_at > 0, _columns.posted_at), else_=_outbox.ended_at)
    query = (
        select(
            _columns.id,
            _columns.target,
            _columns.way,
            _columns.area,
            _columns.person,
            STATE,
            func.coalesce(reason, ""),
            func.coalesce(at, 0),
            _columns.seen_at,
        )
        .select_from(JOINED)
        .where(_columns.announcement == announcement, _columns.id > after)
        .order_by(_columns.id)
        .limit(limit)
    )
    if states:
        query = query.where(STATE.in_(list(states)))
    return [Line(*row) for row in connection.execute(query)]


def is_open(connection: Connection, announcement: int) -> bool:
    """Whether the fate of any copy is still to come."""
    still = (*OPEN, ASKED)
    query = select(_columns.id).select_from(JOINED)
    where = (_columns.announcement == announcement, STATE.in_(still))
    return connection.execute(query.where(*where).limit(1)).first() is not None
