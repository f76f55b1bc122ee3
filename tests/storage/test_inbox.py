"""What was heard: once each, in order, and never in the way of others."""

from functools import partial

from fakes import Clock

from storage import inbox
from storage.database import DAY, Database
from storage.inbox import Arrival


def _arrival(event: str, chat: str = "a") -> Arrival:
    return Arrival("fake", "one", event, f"fake:one:{chat}", f"body {event}")


def _add(database: Database, clock: Clock, *arrivals: Arrival) -> None:
    database.write_now(lambda one: inbox.add(one, arrivals, clock()))


def _waiting(database: Database, *chats: str) -> list[inbox.Update]:
    addresses = [f"fake:one:{chat}" for chat in chats]
    return database.read_now(lambda one: inbox.waiting(one, addresses, 100))


def test_the_same_event_is_kept_once(database: Database, clock: Clock) -> None:
    _add(database, clock, _arrival("1"), _arrival("1"), _arrival("2"))
    _add(database, clock, _arrival("2"), _arrival("3"))
    assert [one.body for one in _waiting(database, "a")] == ["body 1", "body 2", "body 3"]
    ids = [one.id for one in _waiting(database, "a")]
    database.write_now(lambda one: inbox.finish(one, ids))
    _add(database, clock, _arrival("1"))
    assert _waiting(database, "a") == []
    database.write_now(lambda one: inbox.finish(one, []))


def test_chats_come_longest_waiting_first(database: Database, clock: Clock) -> None:
    _add(database, clock, _arrival("1", "b"), _arrival("2", "a"), _arrival("3", "b"))
    found = database.read_now(lambda one: inbox.waiting_addresses(one, clock(), 10))
    assert found == ["fake:one:b", "fake:one:a"]


def test_five_failures_park_and_others_go_on(database: Database, clock: Clock) -> None:
    _add(database, clock, _arrival("1", "bad"), _arrival("2", "bad"), _arrival("3", "good"))
    for attempt in range(5):
        update = _waiting(database, "bad")[0]
        assert update.attempts == attempt
        parked = database.write_now(partial(inbox.fail, one=update, error="X", now=clock()))
        assert parked == (attempt == 4)
        due = database.read_now(lambda one: inbox.waiting_addresses(one, clock(), 10))
        assert ("fake:one:bad" in due) == parked
        assert "fake:one:good" in due
        clock.advance(60)
    assert database.read_now(inbox.counts) == {"waiting": 2, "parked": 1}


def test_old_bodies_go_first_and_rows_later(database: Database, clock: Clock) -> None:
    _add(database, clock, _arrival("1"), _arrival("2"))
    first, second = _waiting(database, "a")
    database.write_now(lambda one: inbox.finish(one, [first.id]))
    database.write_now(lambda one: inbox.park(one, second, "malformed"))
    clock.advance(4 * DAY / 1_000_000)
    database.write_now(lambda one: inbox.tidy(one, clock()))
    _add(database, clock, _arrival("1"))
    assert _waiting(database, "a") == []
    clock.advance(30 * DAY / 1_000_000)
    database.write_now(lambda one: inbox.tidy(one, clock()))
    _add(database, clock, _arrival("1"))
    assert len(_waiting(database, "a")) == 1
    assert database.read_now(inbox.counts)["parked"] == 1
