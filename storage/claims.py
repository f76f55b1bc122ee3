"""Taking messages out of the ledger for sending: whose turn it is, how fast, and who may be
written to at all. What becomes of them is outbox.py's.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, func, select, update

from storage import contacts, held, lanes, pace
from storage.database import SECOND
from storage.outbox import Claimed
from storage.rows import table
from storage.tables import Delivery

_outbox = table(Delivery)
_columns = _outbox.c
_queued = _columns.state == "queued"
LEASE = 45 * SECOND


@dataclass(frozen=True, slots=True)
class Terms:
    """How fast an account may be written to, one chat of it (`interval_of(address)`), and
    how long (`window`, 0 for always) after a person was near."""

    replies: pace.Rate
    others: pace.Rate
    interval_of: Callable[[str], int]
    window: int = 0


class Room(NamedTuple):
    """How many may be claimed: replies, and all together once it is about the others."""

    replies: int
    others: int


def claim(
    connection: Connection,
    account: tuple[str, str],
    holder: str,
    now: int,
    room: Room,
    terms: Terms,
) -> list[Claimed]:
    """Takes at most one message of each chat, replies first, within the account's pace."""
    claimed: list[Claimed] = []
    for rate, replies in ((terms.replies, True), (terms.others, False)):
        most = pace.allowance(connection, account, rate, now)
        limit = min(most, room.replies if replies else room.others - len(claimed))
        if limit <= 0:
            continue
        chats = lanes.ready(connection, account, now, limit, replies=replies)
        heads = _heads(connection, _within(connection, chats, now, terms.window), now)
        heads = _still_queued(connection, heads)
        lanes.refresh(connection, set(chats) - {one.address for one in heads})
        if heads:
            _take(connection, heads, holder, now, terms.interval_of)
            pace.spend(connection, account, rate, now, len(heads))
        claimed += heads
    return claimed


def _within(
    connection: Connection, chats: Collection[str], now: int, window: int
) -> Collection[str]:
    """Without those whose person has been away too long; what waits for them is held."""
    if not (window and chats):
        return chats
    away = contacts.away(connection, chats, now - window)
    held.hold(connection, away, held.WINDOW)
    return [one for one in chats if one not in away]


def _heads(connection: Connection, chats: Collection[str], now: int) -> list[Claimed]:
    """The message each chat is to get next. Those that came too late are ended instead."""
    if not chats:
        return []
    place = func.row_number().over(
        partition_by=_columns.address, order_by=(_columns.lane, _columns.id)
    )
    due = _queued & (_columns.not_before_at <= now) & _columns.address.in_(chats)
    ranked = select(_outbox, place.label("place")).where(due).subquery()
    found = connection.execute(select(ranked).where(ranked.c.place == 1)).mappings().all()
    late = [row for row in found if row["expires_at"] <= now]
    if late:
        _expire(connection, late, now)
    return [
        Claimed(
            row["id"],
            row["address"],
            row["content"],
            row["attempt"] + 1,
            row["failures"],
            row["doubts"],
            row["on_doubt"],
            row["part"],
            row["reason"],
            row["lane"],
        )
        for row in found
        if row["expires_at"] > now
    ]


def _expire(connection: Connection, late: Iterable[RowMapping], now: int) -> None:
    ids = [row["id"] for row in late]
    connection.execute(
        update(_outbox)
        .where(_columns.id.in_(ids), _queued)
        .values(state="expired", reason="too-late", ended_at=now)
    )


def _still_queued(connection: Connection, heads: Sequence[Claimed]) -> list[Claimed]:
    """Locked, without those that were dropped meanwhile: dropping holds no chat."""
    if not heads:
        return []
    ids = [one.id for one in heads]
    query = select(_columns.id).where(_columns.id.in_(ids), _queued).order_by(_columns.id)
    queued = set(connection.execute(query.with_for_update()).scalars())
    return [one for one in heads if one.id in queued]


def _take(
    connection: Connection,
    heads: Sequence[Claimed],
    holder: str,
    now: int,
    interval_of: Callable[[str], int],
) -> None:
    connection.execute(
        update(_outbox)
        .where(_columns.id.in_([one.id for one in heads]))
        .values(
            state="sending",
            attempt=_columns.attempt + 1,
            holder=holder,
            lease_until=now + LEASE,
        )
    )
    by_interval: dict[int, list[str]] = {}
    for one in heads:
        by_interval.setdefault(interval_of(one.address), []).append(one.address)
    for interval, addresses in by_interval.items():
        lanes.take(connection, addresses, holder, now + interval)
