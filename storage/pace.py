"""How fast an account may be written to, over all senders together. Table pace.

Each bucket is a GCRA number in whole microseconds: the moment up to which its rate has
been spent. Floats are kept out: their rounding once stopped all sending.
"""

from sqlalchemy import Connection, select, update

from storage.database import SECOND
from storage.rows import insert_new, table
from storage.tables import Pace

REPLIES, OTHERS = "replies", "others"
_pace = table(Pace)
_columns = _pace.c


def _of(account: tuple[str, str], bucket: str | None = None) -> list[object]:
    of = [_columns.channel == account[0], _columns.account == account[1]]
    return [*of, _columns.bucket == bucket] if bucket else [*of]


def allowance(
    connection: Connection, account: tuple[str, str], bucket: str, now: int, interval: int
) -> int:
    """How many messages may leave now: at most a tenth of a second's worth, or one.

    Locks the bucket until the transaction ends.
    """
    row = {"arrival_at": 0, "blocked_until": 0, "failures": 0, "reason": ""}
    key = {"channel": account[0], "account": account[1], "bucket": bucket}
    insert_new(connection, Pace, [key | row])
    arrival, blocked = connection.execute(
        select(_columns.arrival_at, _columns.blocked_until)
        .where(*_of(account, bucket))  # type: ignore[arg-type]
        .with_for_update()
    ).one()
    burst = max(interval, SECOND // 10)
    return 0 if blocked > now else max(0, (now + burst - max(arrival, now)) // interval)


def spend(
    connection: Connection, account: tuple[str, str], bucket: str, now: int, cost: int
) -> None:
    """`cost` is the number of messages times their interval."""
    late = _columns.arrival_at < now
    where = _of(account, bucket)
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


def failures(connection: Connection, account: tuple[str, str]) -> int:
    found = connection.execute(select(_columns.failures).where(*_of(account)))  # type: ignore[arg-type]
    return max(found.scalars(), default=0)


def blocked(connection: Connection, now: int) -> dict[str, tuple[int, str]]:
    """Paused accounts as channel:account -> (until, why)."""
    found = connection.execute(
        select(_columns.channel, _columns.account, _columns.blocked_until, _columns.reason).where(
            _columns.blocked_until > now
        )
    )
    return {f"{channel}:{account}": (until, why) for channel, account, until, why in found}


def next_open(connection: Connection, account: tuple[str, str]) -> int:
    found = connection.execute(select(_columns.blocked_until).where(*_of(account)))  # type: ignore[arg-type]
    return min(found.scalars(), default=0)
