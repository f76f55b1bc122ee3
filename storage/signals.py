"""Telling waiting loops that something was committed. A hint only: every loop also polls.

In one process by asyncio events; between processes by LISTEN/NOTIFY of PostgreSQL.
"""

import asyncio
import logging
from collections import defaultdict

import psycopg
from sqlalchemy import Connection, text

from storage.database import Database

_log = logging.getLogger(__name__)
_CHANNEL = "gocua"
_RETRY_SECONDS = 2.0
INBOX = "inbox"
OUTBOX = "outbox"


class Signals:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def wake(self, *topics: str) -> None:
        """In this process, after the commit."""
        for topic in topics:
            for event in self._waiting.get(topic, ()):
                event.set()

    def announce(self, connection: Connection, *topics: str) -> None:
        """To the other processes, when this transaction commits."""
        if self._database.is_sqlite:
            return
        for topic in topics:
            connection.execute(
                text("SELECT pg_notify(:channel, :topic)"), {"channel": _CHANNEL, "topic": topic}
            )

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
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen_once(self) -> None:
        url = self._database.engine.url.set(drivername="postgresql")
        dsn = url.render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            await connection.execute(f"LISTEN {_CHANNEL}")
            self.wake(*self._waiting)
            async for note in connection.notifies():
                self.wake(note.payload)
