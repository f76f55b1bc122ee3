"""Telling waiting loops that something was committed, and other machines that we live.

In one process by asyncio events; between processes by LISTEN/NOTIFY of PostgreSQL, on a
connection that holds an advisory lock as long as its process lives. News are hints only:
every loop also polls.
"""

import asyncio
import logging
import math
import secrets
import time
from collections import defaultdict
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from storage.database import ALIVE, Database

if TYPE_CHECKING:  # on SQLite it is never loaded
    import psycopg

_log = logging.getLogger(__name__)
_CHANNEL = "gocua"
_RETRY_SECONDS = 2.0
INBOX = "inbox"
OUTBOX = "outbox"
_TRY_SECONDS = 1.0
# A platform counts by the second: what the one before sent must be out of its count.
_SETTLE_SECONDS = 1.1
_TELL = text("SELECT pg_notify(:channel, one) FROM unnest(CAST(:topics AS text[])) one")

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"


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
        self._wanted: set[str] = set()
        self._held: dict[str, float] = {}

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
            # Not wait_for, which loses a cancellation that comes together with the event.
            async with asyncio.timeout(seconds):
                await event.wait()
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
        from psycopg import Error

        while True:
            try:
                await self._listen_once()
            except (Error, OSError) as error:
                _log.warning("listening stopped: %s", type(error).__name__)
            finally:
                self.present = False
                self._held.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen_once(self) -> None:
        url = self._database.engine.url.set(drivername="postgresql")
        alive: dict[str, Any] = {one: ALIVE[one] for one in ALIVE.keys() - url.query.keys()}
        dsn = url.render_as_string(hide_password=False)
        from psycopg import AsyncConnection

        connecting = AsyncConnection.connect(dsn, autocommit=True, **alive)
        async with await connecting as connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", [int(self.holder)])
            await connection.execute(f"LISTEN {_CHANNEL}")
            self.present = True
            self.wake(*self._waiting)
            while True:
                await self._claim(connection)
                async for note in connection.notifies(timeout=_TRY_SECONDS):
                    self.wake(note.payload)

    # What only one process may do

    def want(self, office: str) -> None:
        """This process would do it; `holds` says whether it may."""
        self._wanted.add(office)

    def holds(self, office: str) -> bool:
        """On SQLite there is no other process."""
        if self._database.is_sqlite:
            return True
        return self.present and self._held.get(office, math.inf) <= time.monotonic()

    async def _claim(self, connection: "psycopg.AsyncConnection") -> None:
        """Takes what nobody holds. The server frees it when this connection ends."""
        for office in self._wanted - self._held.keys():
            taken = await connection.execute(_TAKE, [office])
            if (row := await taken.fetchone()) and row[0]:
                self._held[office] = time.monotonic() + _SETTLE_SECONDS
                wake = partial(self.wake, *self._waiting)
                asyncio.get_running_loop().call_later(_SETTLE_SECONDS, wake)
