"""Pairs of tokens, and who may renew one: a lease that outlives any HTTP call. Sealed text only.

Table platform_token.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from storage.database import MINUTE, SECOND
from storage.rows import table, upsert
from storage.tables import PlatformToken

LEASE = MINUTE
REFUSED = "refused:"  # before the code of a renewal the platform said no to
LOST, WAITING = "token-lost", "token-no-answer"
_FIRST_WAIT, _LONGEST_WAIT = 15 * SECOND, 5 * MINUTE
_token = table(PlatformToken)
_columns = _token.c
Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    access: str
    refresh: str
    obtained_at: int
    expires_at: int
    seed: str
    holder: str
    lease_until: int
    failure: str
    failures: int
    failed_at: int

    @property
    def why(self) -> str:
        """What a pair that gives no token suffers from, as a slug for ledger and doctor."""
        return LOST if self.failure.startswith(REFUSED) else WAITING

    @property
    def may_retry_at(self) -> int:
        """15 s after a first failure, then twice as long each time, five minutes at most."""
        if not self.failures:
            return 0
        return self.failed_at + min(_LONGEST_WAIT, _FIRST_WAIT << min(self.failures - 1, 5))


def _is(account: Account) -> list[Any]:
    return [_columns.channel == account[0], _columns.account == account[1]]


def load(connection: Connection, account: Account, *, lock: bool = False) -> Stored | None:
    names = Stored.__dataclass_fields__
    query = select(*[_columns[name] for name in names]).where(*_is(account))
    found = connection.execute(query.with_for_update() if lock else query).first()
    return Stored(*found) if found else None


def keep(
    connection: Connection,
    account: Account,
    access: str,
    refresh: str,
    now: int,
    *,
    expires_at: int,
    seed: str | None = None,
) -> None:
    """A new pair takes the place of whatever was there; a seed stays unless given."""
    known = load(connection, account, lock=True)
    row = {
        "channel": account[0],
        "account": account[1],
        "access": access,
        "refresh": refresh,
        "obtained_at": max(now, known.obtained_at + 1 if known else 0),
        "expires_at": expires_at,
        "seed": seed if seed is not None else known.seed if known else "",
        "holder": "",
        "lease_until": 0,
        "failure": "",
        "failures": 0,
        "failed_at": 0,
    }
    upsert(connection, PlatformToken, [row], ["channel", "account"])


def lease(
    connection: Connection, account: Account, pair: int, holder: str, now: int
) -> Stored | None:
    """The right to renew the pair obtained at `pair`, for one caller among all processes.

    None when it is taken, the pair is not the stored one, or it is too soon after a failure.
    """
    found = load(connection, account, lock=True)
    if found is None or found.obtained_at != pair or found.lease_until > now:
        return None
    if now < found.may_retry_at:
        return None
    values = {"holder": holder, "lease_until": now + LEASE}
    connection.execute(update(_token).where(*_is(account)).values(**values))
    return found


def fail(connection: Connection, account: Account, holder: str, failure: str, now: int) -> None:
    """A renewal that gave nothing changes nothing but this."""
    connection.execute(
        update(_token)
        .where(*_is(account), _columns.holder == holder)
        .values(
            holder="",
            lease_until=0,
            failure=failure,
            failures=_columns.failures + 1,
            failed_at=now,
        )
    )
