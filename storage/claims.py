"""Taking messages out of the ledger for sending: whose turn it is, how fast, and who may be
written to at all. What becomes of them is outbox.py's.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from storage import contacts, held, lanes, pace
from storage.database import SECOND
from storage.outbox import Claimed
from storage.rows import among, table
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
        taken = _take(connection, heads, holder, now, terms.interval_of)
        lanes.refresh(connection, set(chats) - {one.address for one in taken})
        if taken:
            pace.spend(connection, account, rate, now, len(taken))
        claimed += taken
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


_PLACE = func.row_number().over(
    partition_by=_columns.address, order_by=(_columns.lane, _columns.id)
)
_SHOWN = (
    "id", "address", "content", "attempt", "failures", "doubts", "on_doubt", "part", "reason",
    "lane", "expires_at",
)  # fmt: skip
_RANKED = (
    select(*[_columns[name] for name in _SHOWN], _PLACE.label("place"))
    .where(
        _queued,
        _columns.not_before_at <= bindparam("now"),
        among(_columns.address, "addresses"),
    )
    .subquery()
)
_HEADS = select(*[_RANKED.c[name] for name in _SHOWN]).where(_RANKED.c.place == 1)


def _heads(connection: Connection, chats: Collection[str], now: int) -> list[Claimed]:
    """The message each chat is to get next. Those that came too late are ended instead."""
    if not chats:
        return []
    found = connection.execute(_HEADS, {"now": now, "addresses": chats}).all()
    late = [row for row in found if row.expires_at <= now]
    if late:
        _expire(connection, [row.id for row in late], now)
    return [
        Claimed(
            row.id,
            row.address,
            row.content,
            row.attempt + 1,
            row.failures,
            row.doubts,
            row.on_doubt,
            row.part,
            row.reason,
            row.lane,
        )
        for row in found
        if row.expires_at > now
    ]


def _expire(connection: Connection, ids: Collection[int], now: int) -> None:
    connection.execute(
        update(_outbox)
        .where(_columns.id.in_(ids), _queued)
        .values(state="expired", reason="too-late", ended_at=now)
    )


_SENDING = (
    update(_outbox)
    .where(among(_columns.id, "ids"), _queued)
    .values(
        state="sending",
        attempt=_columns.attempt + 1,
        holder=bindparam("b_holder"),
        lease_until=bindparam("b_lease_until"),
    )
    .returning(_columns.id)
)


def _take(
    connection: Connection,
    heads: Sequence[Claimed],
    holder: str,
    now: int,
    interval_of: Callable[[str], int],
) -> list[Claimed]:
    """Without those that were dropped meanwhile: dropping holds no chat."""
    if not heads:
        return []
    given = {"ids": [one.id for one in heads], "b_holder": holder, "b_lease_until": now + LEASE}
    taken = set(connection.execute(_SENDING, given).scalars())
    claimed = [one for one in heads if one.id in taken]
    by_interval: dict[int, list[str]] = {}
    for one in claimed:
        by_interval.setdefault(interval_of(one.address), []).append(one.address)
    for interval, addresses in by_interval.items():
        lanes.take(connection, addresses, holder, now + interval)
    return claimed
