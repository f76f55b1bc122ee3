"""Telling waiting loops that something was committed, and other machines that we live.

In one process by asyncio events; between processes by LISTEN/NOTIFY of PostgreSQL, on a
connection that holds an advisory lock as long as its process lives. News are hints only:
every loop also polls.
"""

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Collection

import psycopg
from sqlalchemy import Connection, text

from storage.database import Database

_log = logging.getLogger(__name__)
_CHANNEL = "gocua"
_RETRY_SECONDS = 2.0
INBOX = "inbox"
OUTBOX = "outbox"
# A machine that loses power is missed by the server after about six seconds.
_ALIVE = (
    "SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 2"
)

_TELL = text("SELECT pg_notify(:channel, one) FROM unnest(CAST(:topics AS text[])) one")


def gone(connection: Connection, holders: Collection[str]) -> list[str]:
    """Those of `holders` whose process is dead for certain. On SQLite nothing is certain."""
    if connection.dialect.name == "sqlite" or not holders:
        return []
    found = connection.execute(
        text(
            "SELECT h FROM unnest(CAST(:holders AS bigint[])) h WHERE pg_try_advisory_xact_lock(h)"
        ),
        {"holders": [int(one) for one in holders]},
    )
    return [str(one) for one in found.scalars()]


class Signals:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.holder = str(secrets.randbits(62))
        self.present = database.is_sqlite

    def wake(self, *topics: str) -> None:
        """In this process, after the commit."""
        for topic in topics:
            for event in self._waiting.get(topic, ()):
                event.set()

    def announce(self, connection: Connection, *topics: str) -> None:
        """To the other processes, when this transaction commits."""
        if topics and not self._database.is_sqlite:
            connection.execute(_TELL, {"channel": _CHANNEL, "topics": list(topics)})

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Returns when woken or after `seconds`."""
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return
        finally:
            event.clear()

    def subscribe(self, topic: str) -> asyncio.Event:
        event = asyncio.Event()
        self._waiting[topic].add(event)
        return event

    def unsubscribe(self, topic: str, event: asyncio.Event) -> None:
        self._waiting[topic].discard(event)
        if not self._waiting[topic]:
            del self._waiting[topic]

    async def listen(self) -> None:
        """Passes on what other processes announce, until cancelled."""
        if self._database.is_sqlite:
            return
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as error:
                _log.warning("listening stopped: %s", type(error).__name__)
            finally:
                self.present = False
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen_once(self) -> None:
        alive = {"keepalives_idle": "2", "keepalives_interval": "2", "keepalives_count": "2"}
        url = self._database.engine.url.set(drivername="postgresql").update_query_dict(alive)
        dsn = url.render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            await connection.execute(_ALIVE)
            await connection.execute("SELECT pg_advisory_lock(%s)", [int(self.holder)])
            await connection.execute(f"LISTEN {_CHANNEL}")
            self.present = True
            self.wake(*self._waiting)
            async for note in connection.notifies():
                self.wake(note.payload)
