"""Engines, transactions and the clock. Knows SQLite from PostgreSQL; knows no table."""

import asyncio
import select
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidatePoolError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

if TYPE_CHECKING:  # on SQLite it is never loaded
    import psycopg

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_T = TypeVar("_T")
_POSTGRES_WRITERS = 6
_READERS = 4
_STATEMENTS = 512  # kept ready for each connection
_CUT_SECONDS = 0.05
_MOST_PAGES = 16_000  # of the log, before a commit has to empty it itself


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the database cannot be reached or written now; else it refuses what it was given."""
    if isinstance(error, DataError | IntegrityError | ProgrammingError):
        return False
    return isinstance(error, DBAPIError | PoolTimeoutError)


class Work(Protocol[_T]):  # type: ignore[misc]
    def __call__(self, connection: Connection, /) -> _T: ...


def _sqlite(url: str, begin: str) -> Engine:
    more = {"check_same_thread": False, "cached_statements": _STATEMENTS}
    engine = create_engine(url, connect_args=more, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "secure_delete=ON",
            f"wal_autocheckpoint={_MOST_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


# Both ends of a cut connection know it after some five seconds: the server also gives back what
# the machine had locked. Keepalives alone do not notice while something unanswered was sent.
_SERVER_ALIVE = (
    "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=5000 -c idle_in_transaction_session_timeout=30000"
)
# A plan that is kept from when a table was empty reads all of it at each turn once it is full.
_PLANS = "-c plan_cache_mode=force_custom_plan"
ALIVE = {
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
    "connect_timeout": "5",
    "options": f"{_SERVER_ALIVE} {_PLANS}",
}


def _postgres(url: URL, size: int) -> Engine:
    """Errors never carry parameters: those are residents' words."""
    alive = {**ALIVE, **url.query}
    engine = create_engine(url, pool_size=size, hide_parameters=True, connect_args=alive)

    @event.listens_for(engine, "checkout")
    def _alive(connection: "psycopg.Connection", _record: Any, _proxy: Any) -> None:
        """A server that went away leaves a word or an end on the socket: no round trip."""
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            raise InvalidatePoolError

    return engine


def _cut(driver: Any) -> None:
    """Ends the statement that runs there, if any; who is closed by now has none."""
    if isinstance(driver, sqlite3.Connection):
        with suppress(sqlite3.ProgrammingError):
            driver.interrupt()
        return
    import psycopg

    with suppress(psycopg.Error):
        driver.cancel_safe(timeout=1)


class Database:
    """Runs plain functions of a connection, each in one transaction, off the event loop.

    SQLite has one writing thread (it allows one writer); PostgreSQL has several.
    `clock` (microseconds) replaces the database's own clock in tests.
    """

    def __init__(self, url: str, clock: Callable[[], int] | None = None) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._clock = clock
        if self.is_sqlite:
            Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
            self.engine = _sqlite(url, "BEGIN IMMEDIATE")
            self._reading = _sqlite(url, "BEGIN")
        else:
            parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = _postgres(parsed, _POSTGRES_WRITERS)
            self._reading = _postgres(parsed, _READERS)
        writers = 1 if self.is_sqlite else _POSTGRES_WRITERS
        self._writers = ThreadPoolExecutor(writers, "write")
        self._readers = ThreadPoolExecutor(_READERS, "read")
        self._read_by: set[Any] = set()  # connections of the driver

    def now(self, connection: Connection) -> int:
        """Microseconds; the database's clock on PostgreSQL, so machines agree."""
        if self._clock:
            return self._clock()
        if self.is_sqlite:
            return time.time_ns() // 1000
        seconds = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))
        return int(seconds.scalar_one() * SECOND)

    def write_now(self, work: Work[_T]) -> _T:
        """One transaction in this thread; for start-up, commands and tests."""
        with self.engine.begin() as connection:
            return work(connection)

    def read_now(self, work: Work[_T]) -> _T:
        with self._reading.begin() as connection:
            driver: Any = connection.connection.driver_connection
            self._read_by.add(driver)
            try:
                return work(connection)
            finally:
                self._read_by.discard(driver)

    async def write(self, work: Work[_T]) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, partial(self.write_now, work))

    async def tidy(self) -> None:
        """Empties SQLite's log into its file while others write, so that no commit has to."""
        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._readers, self._checkpoint)

    def _checkpoint(self) -> None:
        connection = self._reading.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            connection.close()

    async def read(self, work: Work[_T]) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, partial(self.read_now, work))

    def close(self) -> None:
        """Nobody waits for what is still read, a count of everybody perhaps: it is cut off, again
        while it goes on with its next statement."""
        self._writers.shutdown()
        self._readers.shutdown(wait=False, cancel_futures=True)
        while self._read_by:
            for driver in tuple(self._read_by):
                _cut(driver)
            time.sleep(_CUT_SECONDS)
        self._readers.shutdown()
        self.engine.dispose()
        self._reading.dispose()
