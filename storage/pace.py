"""How fast an account may be written to, over all senders together. Table pace.

Each bucket is a GCRA number in whole microseconds: the moment up to which its rate has
been spent. Floats are kept out: their rounding once stopped all sending.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

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


def allowance(connection: Connection, account: tuple[str, str], rate: Rate, now: int) -> int:
    """How many messages may leave now. Locks the bucket until the transaction ends."""
    row = {"arrival_at": 0, "blocked_until": 0, "failures": 0, "reason": ""}
    key = {"channel": account[0], "account": account[1], "bucket": rate.bucket}
    insert_new(connection, Pace, [key | row])
    arrival, blocked = connection.execute(
        select(_columns.arrival_at, _columns.blocked_until)
        .where(*_of(account, rate.bucket))  # type: ignore[arg-type]
        .with_for_update()
    ).one()
    burst = max(rate.interval, rate.burst)
    return 0 if blocked > now else max(0, (now + burst - max(arrival, now)) // rate.interval)


def spend(
    connection: Connection, account: tuple[str, str], rate: Rate, now: int, messages: int
) -> None:
    late = _columns.arrival_at < now
    where = _of(account, rate.bucket)
    cost = messages * rate.interval
    connection.execute(update(_pace).where(*where, late).values(arrival_at=now))  # type: ignore[arg-type]
    connection.execute(
        update(_pace).where(*where).values(arrival_at=_columns.arrival_at + cost)  # type: ignore[arg-type]
    )


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
    connection.execute(
        update(_pace)
        .where(*_of(account), _columns.failures > 0)  # type: ignore[arg-type]
        .values(failures=0, reason="")
    )


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
