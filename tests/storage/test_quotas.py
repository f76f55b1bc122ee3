"""What an account has used of its platform's quota, counted from what is stored."""

from fakes import Clock

from bot.channels.base import packed
from bot.core.address import Address
from bot.core.effects import Message
from storage import inbox, lanes, outbox, people, quotas
from storage.database import DAY, Database
from storage.quotas import Used


def _hear(database: Database, account: str, chat: str, event: str) -> None:
    address = f"zalo_bot:{account}:{chat}"
    arrival = inbox.Arrival("zalo_bot", account, event, address, "{}", "")
    now = database.read_now(database.now)
    database.write_now(lambda one: inbox.add(one, [arrival], now))
    database.write_now(lambda one: people.see(one, {address: "zalo_bot"}, now))


def _say(database: Database, address: str, state: str) -> None:
    now = database.read_now(database.now)
    new = outbox.NewDelivery("test", address, packed(Message("Chào")), lanes.REPLY)
    database.write_now(lambda one: outbox.enqueue(one, [new], now))
    database.write_now(
        lambda one: (
            one.exec_driver_sql(
                f"UPDATE outbox SET state = '{state}', ended_at = {now} WHERE ended_at IS NULL"  # noqa: S608
            )
            and None
        )
    )


def _used(database: Database, since: int) -> Used:
    return database.read_now(lambda one: quotas.used(one, "zalo_bot", "7", since))


def test_people_ever_and_messages_both_ways_since(database: Database, clock: Clock) -> None:
    assert _used(database, 0) == Used(0, 0)
    _hear(database, "7", "a", "e1")
    _say(database, "zalo_bot:7:a", "accepted")
    clock.now += DAY
    since = clock.now
    for event, chat in (("e2", "a"), ("e3", "b")):
        _hear(database, "7", chat, event)
    _hear(database, "70", "c", "e4")
    for address, state in (
        ("zalo_bot:7:a", "seen"),
        ("zalo_bot:7:b", "failed"),
        ("zalo_bot:70:c", "accepted"),
        ("zaloXbot:7:a", "accepted"),
    ):
        _say(database, address, state)
    assert _used(database, 0) == Used(2, 5)
    assert _used(database, since) == Used(2, 3)


def test_groups_are_no_people(database: Database) -> None:

    group = Address("zalo_bot", "7", "zgr-1")
    database.write_now(
        lambda one: people.set_group(one, group, 1, title="", member=True, can_post=True)
    )
    assert _used(database, 0) == Used(0, 0)
