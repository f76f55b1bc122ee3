"""How fast an account may be written to, over all senders together. Table pace.

Each bucket is a GCRA number in whole microseconds: the moment up to which its rate has
been spent. Floats are kept out: their rounding once stopped all sending.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select, update

from storage.database import SECOND
from storage.rows import insert_new, table
from storage.tables import Pace

REPLIES, OTHERS, BOTH = "replies", "others", "both"
_pace = table(Pace)
_columns = _pace.c


@dataclass(frozen=True, slots=True)
class Rate:
    """Microseconds for each message of a bucket; `burst` microseconds' worth may leave at once."""

    bucket: str
    interval: int
    burst: int = SECOND // 10


def _of(account: tuple[str, str], bucket: str | None = None) -> list[object]:
    of = [_columns.channel == account[0], _columns.account == account[1]]
    return [*of, _columns.bucket == bucket] if bucket else [*of]


_ACCOUNT = (
    _columns.channel == bindparam("of_channel"),
    _columns.account == bindparam("of_account"),
)
_BUCKET = (*_ACCOUNT, _columns.bucket == bindparam("of_bucket"))
_SPENT = select(_columns.arrival_at, _columns.blocked_until).where(*_BUCKET).with_for_update()
_CATCHING_UP = (
    update(_pace)
    .where(*_BUCKET, _columns.arrival_at < bindparam("b_now"))
    .values(arrival_at=bindparam("b_now"))
)
_SPENDING = (
    update(_pace).where(*_BUCKET).values(arrival_at=_columns.arrival_at + bindparam("b_cost"))
)
_UNBLOCKING = update(_pace).where(*_ACCOUNT, _columns.failures > 0).values(failures=0, reason="")


def _named(account: tuple[str, str], bucket: str) -> dict[str, object]:
    return {"of_channel": account[0], "of_account": account[1], "of_bucket": bucket}


def allowance(connection: Connection, account: tuple[str, str], rate: Rate, now: int) -> int:
    """How many messages may leave now. Locks the bucket until the transaction ends."""
    named = _named(account, rate.bucket)
    spent = connection.execute(_SPENT, named).first()
    if spent is None:
        row = {"arrival_at": 0, "blocked_until": 0, "failures": 0, "reason": ""}
        key = {"channel": account[0], "account": account[1], "bucket": rate.bucket}
        insert_new(connection, Pace, [key | row])
        spent = connection.execute(_SPENT, named).one()
    arrival, blocked = spent
    burst = max(rate.interval, rate.burst)
    return 0 if blocked > now else max(0, (now + burst - max(arrival, now)) // rate.interval)


def spend(
    connection: Connection, account: tuple[str, str], rate: Rate, now: int, messages: int
) -> None:
    bucket = _named(account, rate.bucket)
    connection.execute(_CATCHING_UP, {**bucket, "b_now": now})
    connection.execute(_SPENDING, {**bucket, "b_cost": messages * rate.interval})


def block(
    connection: Connection, account: tuple[str, str], until: int, reason: str, *, everything: bool
) -> None:
    """Pauses an account: as a whole when it cannot be reached, else all but replies."""
    where = _of(account, None if everything else OTHERS)
    connection.execute(
        update(_pace)
        .where(*where)  # type: ignore[arg-type]
        .values(blocked_until=until, failures=_columns.failures + 1, reason=reason)
    )


def unblock(connection: Connection, account: tuple[str, str]) -> None:
    """Something got through again."""
    connection.execute(_UNBLOCKING, {"of_channel": account[0], "of_account": account[1]})


def reopen(connection: Connection, account: tuple[str, str]) -> None:
    """What stood in the way is mended: nothing waits for the end of a pause."""
    connection.execute(
        update(_pace)
        .where(*_of(account))  # type: ignore[arg-type]
        .values(blocked_until=0, failures=0, reason="")
    )


def failures(connection: Connection, account: tuple[str, str]) -> int:
    found = connection.execute(select(_columns.failures).where(*_of(account)))  # type: ignore[arg-type]
    return max(found.scalars(), default=0)


def blocked(connection: Connection, now: int) -> dict[str, tuple[int, str]]:
    """Paused accounts as channel:account -> (until, why). Between two tries an account stays
    paused: it is open again once something got through."""
    found = connection.execute(
        select(_columns.channel, _columns.account, _columns.blocked_until, _columns.reason).where(
            or_(_columns.blocked_until > now, _columns.failures > 0)
        )
    )
    return {f"{channel}:{account}": (until, why) for channel, account, until, why in found}


def next_open(connection: Connection, account: tuple[str, str], *rates: Rate) -> int:
    """When the first of some buckets has room for a message again."""
    spent = {
        bucket: (arrival, blocked)
        for bucket, arrival, blocked in connection.execute(
            select(_columns.bucket, _columns.arrival_at, _columns.blocked_until).where(
                *_of(account)  # type: ignore[arg-type]
            )
        )
    }
    return min(_opens(rate, *spent.get(rate.bucket, (0, 0))) for rate in rates)


def _opens(rate: Rate, arrival: int, blocked: int) -> int:
    return max(blocked, arrival + rate.interval - max(rate.interval, rate.burst))
