"""Where an update is put before anyone is told "received": the database, or files while it is
away. Files are told to the database in their order as soon as it is back.
"""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.chores import keep_at
from bot.spool import Arrival, Spool
from storage import inbox, web
from storage.database import Database, is_away
from storage.grouped import Grouped, in_database
from storage.signals import INBOX, Signals

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 1.5  # Zalo counts an answer after two as none
_TRY_SECONDS = 0.5


class Arrivals:
    def __init__(self, database: Database, signals: Signals, spool: Spool) -> None:
        self._database, self._signals, self._spool = database, signals, spool
        self._stored: Grouped[Arrival, None] = Grouped(in_database(database, self._store))
        self._away = bool(spool.waiting)

    @property
    def waiting(self) -> int:
        """Those in files."""
        return self._spool.waiting

    async def add(self, arrival: Arrival) -> None:
        """Returns once it is on disk. What could not be awaited may be stored twice: it is known
        by its event's id. Raises SQLAlchemyError, OSError and OverloadedError when it is not."""
        if not (self._away or self._spool.holds(arrival[0].address)):
            try:
                await self._stored.add(arrival)
            except TimeoutError:
                self._leave("slow")
            except SQLAlchemyError as error:
                if not is_away(error):
                    raise
                self._leave(type(error).__name__)
            else:
                return
        await self._spool.add(arrival)

    def _leave(self, why: str) -> None:
        if not self._away:
            _log.warning("the database is away, updates are kept in files: %s", why)
        self._away = True

    def _store(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[None]:
        now = self._database.now(connection)
        inbox.add(connection, [one for one, _ in arrivals], now)
        web.add(connection, [shown for _, shown in arrivals if shown], now)
        self._signals.announce(connection, INBOX)
        return [None] * len(arrivals)

    async def run(self) -> None:
        """Until cancelled. Before this nobody would take files to the database, so that it is
        waited for."""
        self._stored.patience = _PATIENCE_SECONDS
        await keep_at(self.once, _TRY_SECONDS, "updates in files")

    async def once(self) -> bool:
        """Tells the database of some files; says whether there were any."""
        if not (self._away or self._spool.waiting):
            return False
        files = await self._spool.oldest()
        if await self._refused([one for arrivals in files.values() for one in arrivals]):
            for name, arrivals in files.items():
                if any([await self._refused([one]) for one in arrivals]):
                    await self._spool.set_aside(name)
        if self._away:
            _log.warning("the database is back")
        self._away = False
        await self._spool.drop(files)
        if files:
            self._signals.wake(INBOX)
        return bool(files)

    async def _refused(self, arrivals: Sequence[Arrival]) -> bool:
        """Raises SQLAlchemyError while the database is away."""
        try:
            await self._database.write(lambda one: self._store(one, arrivals))
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            return True
        return False

    def close(self) -> None:
        self._spool.close()
