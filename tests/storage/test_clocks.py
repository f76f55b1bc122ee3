"""The clock is set an hour back or forth in the middle of the work: nothing stands still, nothing
under way is taken for dead, and what the calendar says stays as it was.
"""

from functools import partial

import pytest
from fakes import Clock
from sqlalchemy import Connection, select

from storage import claims, clocks, inbox, lanes, outbox, pace
from storage.database import DAY, HOUR, SECOND, Database
from storage.outbox import Claimed, NewDelivery
from storage.rows import table
from storage.tables import Delivery

ACCOUNT = ("fake", "one")
TERMS = claims.Terms(
    pace.Rate(pace.REPLIES, SECOND), pace.Rate(pace.OTHERS, SECOND), lambda _: 30 * SECOND
)
_outbox = table(Delivery).c


def _add(connection: Connection, chat: str, now: int, *more: int) -> None:
    rows = [
        NewDelivery("t", f"fake:one:{chat}", "{}", lanes.REPLY, not_before_at=at) for at in more
    ]
    outbox.enqueue(connection, rows, now)


def _claim(connection: Connection, now: int) -> list[Claimed]:
    return claims.claim(connection, ACCOUNT, "1", now, claims.Room(9, 9), TERMS)


def _claimed(database: Database, clock: Clock) -> list[str]:
    got = database.write_now(lambda one: _claim(one, clock()))
    return [one.address.rpartition(":")[2] for one in got]


def _follow(database: Database, clock: Clock, expected: int = 0) -> bool:
    return database.write_now(lambda one: clocks.follow(one, clock(), expected))


def _hear_and_fail(connection: Connection, now: int) -> None:
    arrival = inbox.Arrival("fake", "one", "1", "fake:one:z", "{}")
    inbox.add(connection, [arrival], now)
    inbox.fail(connection, inbox.waiting(connection, ["fake:one:z"], 1)[0], "x", now)


def _heard(connection: Connection, now: int) -> list[str]:
    return inbox.waiting_addresses(connection, now, 9)


def test_an_hour_back(database: Database, clock: Clock) -> None:
    """Retries, pauses and limits wait for seconds, not for an hour and seconds."""
    tomorrow = clock() + DAY
    database.write_now(lambda one: _add(one, "a", clock(), 0, 0))
    database.write_now(lambda one: _add(one, "b", clock(), tomorrow))
    assert not _follow(database, clock)
    assert _claimed(database, clock) == ["a"]
    database.write_now(
        lambda one: pace.block(one, ACCOUNT, clock() + 60 * SECOND, "x", everything=True)
    )
    database.write_now(lambda one: _hear_and_fail(one, clock()))
    clock.now -= HOUR
    assert database.read_now(lambda one: _heard(one, clock())) == []
    assert _follow(database, clock)
    assert not _follow(database, clock)
    assert database.write_now(lambda one: outbox.reap(one, clock(), all_of_them=True)) == 1
    assert _claimed(database, clock) == ["a"]
    assert database.read_now(lambda one: _heard(one, clock())) == ["fake:one:z"]
    due = select(_outbox.not_before_at).where(_outbox.address == "fake:one:b")
    assert database.read_now(lambda one: one.execute(due).scalar_one()) == tomorrow


@pytest.mark.parametrize("hours", [1, -1])
def test_what_is_under_way_keeps_its_lease(database: Database, clock: Clock, hours: int) -> None:
    database.write_now(lambda one: _add(one, "a", clock(), 0))
    _follow(database, clock)
    assert _claimed(database, clock) == ["a"]
    steady = clock() + 5 * SECOND
    clock.now += hours * HOUR + 5 * SECOND
    assert _follow(database, clock, steady)
    lease = select(_outbox.lease_until)
    assert database.read_now(lambda one: one.execute(lease).scalar_one()) == clock() + claims.LEASE


def test_a_clock_that_only_goes_on_changes_nothing(database: Database, clock: Clock) -> None:
    database.write_now(lambda one: _add(one, "a", clock(), 0))
    for _ in range(30):
        before = clock()
        clock.advance(5.5)
        assert not _follow(database, clock, before + 5 * SECOND)
    assert _claimed(database, clock) == ["a"]
    until = partial(lanes.earliest, account=ACCOUNT)
    assert database.read_now(until) is None
