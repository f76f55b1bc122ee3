"""An announcement's copies into the ledger: the same statements for three persons and for many."""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

from counting import statements
from phone import eventually
from sqlalchemy import Connection, select, text, update

from bot.core.address import Address
from bot.core.announcement import Content
from storage import announcements, audience, lanes, moves, outbox, people, recipients
from storage.database import DAY, SECOND, Database
from storage.rows import table
from storage.spreading import Place, Spread, spread
from storage.tables import Delivery, Lane

NOW = 1_800_000_000 * SECOND
_rows, _lanes = table(Delivery).c, table(Lane).c
_DUE = select(_lanes.address).where(_lanes.due_at.is_not(None))
ON = [Place("fake", "one", '{"p":1}', '{"g":1}')]


def _willing(connection: Connection, chats: list[str]) -> None:
    people.see(connection, {one: one.partition(":")[0] for one in chats}, NOW)
    said = {"person": 0, "purpose": "news", "granted": True, "version": "v", "recorder": "self"}
    people.record_consents(connection, [{**said, "address": one, "at": NOW} for one in chats])


def _frozen(connection: Connection, channel: str = "fake") -> int:
    content = Content("Họp", areas=("*",), channels=(channel, "other"))
    number = announcements.create(connection, secrets.token_hex(4), content, 91, NOW)
    assert number
    audience.freeze(connection, number, content, NOW)
    return number


def _spread(connection: Connection, number: int, places: list[Place], limit: int = 1000) -> int:
    of, steps = Spread(number, places, lanes.BULK, NOW + DAY), 0
    while spread(connection, of, NOW, limit):
        steps += 1
    return steps


def _chats(many: int, channel: str = "fake") -> list[str]:
    return [f"{channel}:one:{number}" for number in range(many)]


def test_many_copies_cost_what_few_cost(database: Database) -> None:
    costs = []
    for many in (3, 300):
        database.write_now(lambda one, many=many: _willing(one, _chats(many)))
        number = database.write_now(_frozen)
        with statements(database.engine) as counted:
            steps = database.write_now(lambda one, number=number: _spread(one, number, ON))
        assert steps == 1
        assert database.read_now(lambda one, n=number: recipients.counts(one, n)) == {
            "queued": many
        }
        costs.append(counted.number)
    assert costs[0] == costs[1]


def test_steps_are_bounded_and_each_copy_has_its_row(database: Database) -> None:
    database.write_now(lambda one: _willing(one, _chats(10)))
    number = database.write_now(_frozen)
    assert database.write_now(lambda one: _spread(one, number, ON, limit=4)) == 3
    found = database.read_now(
        lambda one: one.execute(
            select(_rows.address, _rows.content, _rows.dedup, _rows.on_doubt, _rows.expires_at)
        ).all()
    )
    assert {row.address for row in found} == set(_chats(10))
    assert len({row.dedup for row in found}) == 10
    assert {(row.content, row.on_doubt, row.expires_at) for row in found} == {
        ('{"p":1}', "hold", NOW + DAY)
    }
    due = database.read_now(lambda one: one.execute(select(_lanes.due_at, _lanes.urgency)).all())
    assert due == [(NOW, lanes.BULK)] * 10


def test_a_chat_that_gets_a_new_id_meanwhile_is_due_under_it(database: Database) -> None:
    """On PostgreSQL whoever waited for the move found the copy moved, and its chat not."""
    database.write_now(lambda one: _willing(one, _chats(3)))
    number = database.write_now(_frozen)
    old, new = Address("fake", "one", "1"), Address("fake", "one", "77")
    moved, goes_on = threading.Event(), threading.Event()

    def moving(connection: Connection) -> None:
        moves.move(connection, old, new, NOW)
        moved.set()
        goes_on.wait(60)

    with ThreadPoolExecutor() as both:
        first = both.submit(database.write_now, moving)
        assert moved.wait(60)
        second = both.submit(database.write_now, lambda one: _spread(one, number, ON))
        if not database.is_sqlite:
            eventually(lambda: database.read_now(_waiting) > 0)
        goes_on.set()
        first.result(60)
        assert second.result(60) == 1
    found = database.read_now(lambda one: set(one.execute(_DUE).scalars()))
    assert found - {str(old)} == {"fake:one:0", "fake:one:2", str(new)}  # tidied when claimed
    assert database.read_now(lanes.forgotten) == []


def _waiting(connection: Connection) -> int:
    locks = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return int(connection.execute(locks).scalar_one())


def test_a_chat_that_was_forgotten_is_found_again(database: Database) -> None:
    database.write_now(lambda one: _willing(one, _chats(3)))
    number = database.write_now(_frozen)
    database.write_now(lambda one: _spread(one, number, ON))
    assert database.read_now(lanes.forgotten) == []
    database.write_now(
        lambda one: one.execute(
            update(table(Lane)).where(_lanes.address == "fake:one:1").values(due_at=None)
        )
    )
    assert database.read_now(lanes.forgotten) == ["fake:one:1"]
    database.write_now(lambda one: lanes.find_again(one, ["fake:one:1"]))
    assert database.read_now(lanes.forgotten) == []
    assert len(database.read_now(lambda one: set(one.execute(_DUE).scalars()))) == 3


def test_a_reply_that_waits_stays_first_and_a_full_chat_gets_no_more(database: Database) -> None:
    chats = _chats(2)

    def before(connection: Connection) -> int:
        _willing(connection, chats)
        one = outbox.NewDelivery("test", chats[0], "{}", lanes.REPLY)
        outbox.enqueue(connection, [one], NOW - SECOND)
        many = [outbox.NewDelivery("test", chats[1], "{}", lanes.BULK)] * 20
        outbox.enqueue(connection, many, NOW)
        return _frozen(connection)

    number = database.write_now(before)
    database.write_now(lambda one: _spread(one, number, ON))
    due = database.read_now(
        lambda one: one.execute(
            select(_lanes.due_at, _lanes.urgency).order_by(_lanes.address)
        ).all()
    )
    assert due == [(NOW - SECOND, lanes.REPLY), (NOW, lanes.BULK)]
    lines = database.read_now(lambda one: recipients.lines(one, number))
    assert [(one.state, one.reason) for one in lines] == [("queued", ""), ("skipped", "chat-full")]


def test_what_is_off_is_left_out_with_its_reason(database: Database) -> None:
    database.write_now(lambda one: _willing(one, [*_chats(2), *_chats(2, "other")]))
    mixed = database.write_now(_frozen)
    database.write_now(lambda one: _spread(one, mixed, ON))
    assert database.read_now(lambda one: recipients.counts(one, mixed)) == {
        "queued": 2,
        "skipped": 2,
    }
    nothing = database.write_now(_frozen)
    database.write_now(lambda one: _spread(one, nothing, []))
    lines = database.read_now(lambda one: recipients.lines(one, nothing))
    assert {(one.state, one.reason) for one in lines} == {("skipped", "channel-off")}
