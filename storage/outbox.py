"""The delivery ledger: everything that leaves is a row here. Tables outbox, lane, pace.

States only move forward: queued -> sending -> accepted -> delivered -> seen, or failed,
expired, skipped, uncertain. A retry goes back to queued with its attempt number grown; what
its platform does not take now is held (held.py) and comes back to queued.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, case, func, or_, select, update

from storage import lanes
from storage.database import DAY
from storage.rows import given, insert_new, packed, table
from storage.signals import gone
from storage.tables import Delivery

_outbox = table(Delivery)
_columns = _outbox.c
_queued = _columns.state == "queued"
_sending = _columns.state == "sending"
MOST_WAITING_PER_CHAT = 20
FULL = "chat-full"
MOST_DOUBTS = 3
ENDED = ("accepted", "delivered", "seen", "failed", "expired", "skipped", "uncertain")
_RECEIPTS = {"delivered": ("accepted",), "seen": ("accepted", "delivered")}


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """`owner` says why it is sent, `person` whom it is about (0: whoever holds the phone);
    `on_doubt` is "resend" or "hold"; one that is `skipped` for a reason is only written down;
    one that is `extra` has a place in a full chat."""

    owner: str
    address: str
    content: str
    lane: int
    on_doubt: str = "resend"
    dedup: str | None = None
    not_before_at: int = 0
    lasts: int = DAY
    person: int = 0
    skipped: str = ""
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row this sender alone may send, once, as attempt number `attempt`."""

    id: int
    address: str
    content: str
    attempt: int
    failures: int
    doubts: int
    on_doubt: str
    part: int
    before: str
    lane: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an attempt. `retry_at` puts the chat off until then, `held_until` (0 for
    until it expires) says when a held row comes back by itself."""

    claimed: Claimed
    state: str
    reason: str = ""
    reference: str = ""
    retry_at: int | None = None
    counts: bool = False
    part: int = 0
    held_until: int = 0


def enqueue(connection: Connection, new: Sequence[NewDelivery], now: int) -> list[NewDelivery]:
    """The only way to send anything. Locks each chat first, so its order is kept.

    Returns those their chat had no place for; they are only written down.
    """
    if not new:
        return []
    addresses = {one.address for one in new}
    lanes.hold(connection, addresses, wait=True)
    room = _room(connection, addresses)
    rows = [_row(one, now, room) for one in new]
    insert_new(connection, Delivery, rows)
    lanes.refresh(connection, addresses)
    return [one for one, row in zip(new, rows, strict=True) if row["reason"] == FULL]


def _room(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    waiting = connection.execute(
        select(_columns.address, func.count())
        .where(_queued, _columns.address.in_(addresses))
        .group_by(_columns.address)
    )
    full = {address: MOST_WAITING_PER_CHAT - count for address, count in waiting}
    return {address: full.get(address, MOST_WAITING_PER_CHAT) for address in addresses}


def _row(new: NewDelivery, now: int, room: dict[str, int]) -> dict[str, Any]:
    room[new.address] -= not (new.skipped or new.extra)
    reason = new.skipped or (FULL if room[new.address] < 0 and not new.extra else "")
    return {
        "owner": new.owner,
        "address": new.address,
        "person": new.person,
        "content": new.content,
        "lane": new.lane,
        "on_doubt": new.on_doubt,
        "dedup": new.dedup,
        "state": "skipped" if reason else "queued",
        "reason": reason,
        "attempt": 0,
        "failures": 0,
        "doubts": 0,
        "holder": "",
        "lease_until": 0,
        "not_before_at": max(now, new.not_before_at),
        "expires_at": max(now, new.not_before_at) + new.lasts,
        "created_at": now,
        "ended_at": now if reason else None,
        "reference": "",
        "part": 0,
    }


def end(connection: Connection, ended: Sequence[Ended], holder: str, now: int) -> int:
    """Writes what became of attempts; a holder whose lease was taken over changes nothing.

    Returns how many rows were still its own.
    """
    if not ended:
        return 0
    dialect = connection.dialect.name
    rows = packed(dialect, [_ended_row(one) for one in ended], _ENDED)
    changed = connection.execute(_ending(dialect), {**rows, "b_holder": holder, "b_now": now})
    lanes.release(connection, {one.claimed.address for one in ended}, holder)
    later = {one.claimed.address: one.retry_at for one in ended if one.retry_at}
    lanes.put_off(connection, later)
    return changed.rowcount


# `not_before_at` says until when a row is held; `failures` and `doubts` are added.
_ENDED = (
    "id", "attempt", "state", "reason", "reference", "failures", "doubts", "part", "not_before_at"
)  # fmt: skip


@lru_cache
def _ending(dialect: str) -> Any:
    become = given(dialect, Delivery, _ENDED).c
    return (
        update(_outbox)
        .where(
            _columns.id == become.id,
            _columns.attempt == become.attempt,
            _columns.holder == bindparam("b_holder"),
            _sending,
        )
        .values(
            state=become.state,
            reason=become.reason,
            reference=become.reference,
            failures=_columns.failures + become.failures,
            doubts=_columns.doubts + become.doubts,
            part=become.part,
            not_before_at=case(
                (become.state != "held", _columns.not_before_at),
                (become.not_before_at == 0, _columns.expires_at),
                else_=become.not_before_at,
            ),
            ended_at=case(
                (or_(become.state == "queued", become.state == "held"), None),
                else_=bindparam("b_now", type_=BigInteger),
            ),
        )
    )


def _ended_row(one: Ended) -> dict[str, Any]:
    return {
        "id": one.claimed.id,
        "attempt": one.claimed.attempt,
        "state": one.state,
        "reason": one.reason,
        "reference": one.reference,
        "failures": int(one.counts),
        "doubts": int(one.reason == "doubt"),
        "part": max(one.part, one.claimed.part),
        "not_before_at": one.held_until,
    }


def reap(connection: Connection, now: int, *, all_of_them: bool = False) -> int:
    """Rows whose sender died in mid-send: nobody can know. By their own policy they are
    sent again (the ledger counts the doubt) or left uncertain for a person to judge."""
    holders = connection.execute(select(_columns.holder).where(_sending).distinct()).scalars()
    lost = (_columns.lease_until < now) | _columns.holder.in_(gone(connection, holders.all()))
    dead = _sending if all_of_them else _sending & lost
    found = connection.execute(select(_columns.id, _columns.address).where(dead)).all()
    if not found:
        return 0
    ids = [row.id for row in found]
    again = (_columns.on_doubt == "resend") & (_columns.doubts < MOST_DOUBTS)
    connection.execute(
        update(_outbox)
        .where(_columns.id.in_(ids), dead)
        .values(
            state=case((again, "queued"), else_="uncertain"),
            reason="doubt",
            doubts=_columns.doubts + 1,
            ended_at=case((again, None), else_=now),
        )
    )
    lanes.release(connection, {row.address for row in found})
    return len(ids)


def receive(connection: Connection, ids: Collection[int], state: str) -> None:
    """A receipt: late or repeated ones change nothing."""
    if ids:
        before = _RECEIPTS[state]
        connection.execute(
            update(_outbox)
            .where(_columns.id.in_(ids), _columns.state.in_(before))
            .values(state=state)
        )


def counts(connection: Connection) -> dict[str, int]:
    """What is not settled: queued, held, sending and uncertain rows."""
    return {
        state: connection.execute(
            select(func.count()).select_from(_outbox).where(_columns.state == state)
        ).scalar_one()
        for state in ("queued", "held", "sending", "uncertain")
    }


def oldest(connection: Connection, now: int) -> int:
    """Since when what waits longest could have left; 0 when nothing waits."""
    ready = (_columns.state == "queued") & (_columns.not_before_at <= now)
    since = case(
        (_columns.not_before_at > _columns.created_at, _columns.not_before_at),
        else_=_columns.created_at,
    )
    return int(connection.execute(select(func.min(since)).where(ready)).scalar() or 0)


def totals(connection: Connection) -> dict[str, int]:
    """Every row of the ledger by state."""
    found = connection.execute(select(_columns.state, func.count()).group_by(_columns.state))
    return {state: int(number) for state, number in found}
