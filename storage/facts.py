"""What is known of an account: facts and counts by name. Table account_fact."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from storage.rows import table, upsert
from storage.tables import AccountFact

_fact = table(AccountFact)
_columns = _fact.c
Account = tuple[str, str]
Known = Mapping[str, tuple[str, int, int]]


def load(connection: Connection, account: Account) -> dict[str, tuple[str, int, int]]:
    """Name -> (value, number, last time)."""
    found = connection.execute(
        select(_columns.name, _columns.value, _columns.number, _columns.changed_at).where(
            _columns.channel == account[0], _columns.account == account[1]
        )
    )
    return {name: (value, number, at) for name, value, number, at in found}


def add(
    connection: Connection,
    account: Account,
    told: Mapping[str, str],
    counts: Mapping[str, int],
    now: int,
) -> None:
    """Facts replace what was known, counts are added to it."""
    own = {"channel": account[0], "account": account[1], "changed_at": now}
    facts = [{**own, "name": name, "value": value, "number": 0} for name, value in told.items()]
    upsert(connection, AccountFact, facts, ["channel", "account", "name"])
    more = [{**own, "name": name, "value": "", "number": number} for name, number in counts.items()]
    upsert(
        connection,
        AccountFact,
        more,
        ["channel", "account", "name"],
        added=("number",),
    )
