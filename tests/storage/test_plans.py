"""What PostgreSQL decided about a table while it was empty must not hold once it is full."""

from collections.abc import Iterable

from conftest import NewUrl
from sqlalchemy import Connection, text
from village import NOW

from storage import claims, lanes, outbox
from storage.database import Database
from storage.outbox import NewDelivery
from storage.pace import Rate

MANY = 3000
ROOM = 50
FIRST = 15  # after ten or so the server may keep its plan
ACCOUNT = ("fake", "one")
PACE = Rate("both", 1, MANY * 1_000_000)
TERMS = claims.Terms(PACE, PACE, lambda _: 0)
READ_ONE_BY_ONE = text(
    "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname IN ('outbox', 'lane')"
)


def _send(connection: Connection) -> tuple[int, int]:
    """How many were claimed and ended, and how many rows were read one after the other for it."""
    found = claims.claim(connection, ACCOUNT, "me", NOW, claims.Room(ROOM, ROOM), TERMS)
    many = outbox.end(connection, [outbox.Ended(one, "accepted") for one in found], "me", NOW)
    return many, int(connection.execute(READ_ONE_BY_ONE).scalar_one())


def _fill(connection: Connection, numbers: Iterable[int]) -> None:
    new = [NewDelivery(f"turn:{one}", f"fake:one:{one}", "{}", lanes.BULK) for one in numbers]
    outbox.enqueue(connection, new, NOW)


def test_a_ledger_that_was_empty_is_not_read_whole_for_each_chat_once_it_is_full(
    migrated_url: NewUrl,
) -> None:
    database = Database(migrated_url("postgresql"), lambda: NOW)
    for turn in range(FIRST):
        numbers = range(MANY + turn * ROOM, MANY + (turn + 1) * ROOM)
        database.write_now(lambda one, numbers=numbers: _fill(one, numbers))
        assert database.write_now(_send)[0] == ROOM
    database.write_now(lambda one: _fill(one, range(MANY)))
    many, read = database.write_now(_send)
    assert many == ROOM
    assert read < 10 * MANY  # a statement may read a small table whole, but once
    database.close()
