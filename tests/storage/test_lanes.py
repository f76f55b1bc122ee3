"""What a chat waits for, while one process adds to it and another has just sent there."""

from threading import Event, Thread

from sqlalchemy import Connection
from village import NOW

from storage import lanes, outbox
from storage.database import Database
from storage.outbox import NewDelivery

CHAT = "fake:one:a"


def _add(connection: Connection) -> None:
    new = NewDelivery("turn:1", CHAT, "{}", lanes.REPLY)
    outbox.enqueue(connection, [new], NOW)


def test_what_is_added_while_a_chat_is_freed_is_seen(database: Database) -> None:
    """SQLite has one writer, so there the second simply comes after the first."""
    database.write_now(lambda one: lanes.hold(one, [CHAT], wait=True))
    started = Event()

    def free() -> None:
        def work(connection: Connection) -> None:
            started.set()
            lanes.release(connection, [CHAT], "somebody")

        database.write_now(work)

    other = Thread(target=free)
    with database.engine.begin() as adding:
        _add(adding)
        other.start()
        if not database.is_sqlite:
            assert started.wait(60)
            other.join(0.3)
            assert other.is_alive(), "it waits for the chat"
    other.join(60)
    assert not other.is_alive()
    assert database.read_now(lambda one: lanes.earliest(one, ("fake", "one"))) == NOW
