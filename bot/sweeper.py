"""Upkeep while the service runs: leases that ran out, rows that grew old. Sends nothing."""

import asyncio
import logging

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage import held, inbox, logins, outbox, receipts, web
from storage.database import Database
from storage.signals import OUTBOX, Signals

_log = logging.getLogger(__name__)
_SECONDS = 5.0
_TIDY_EVERY = 720  # sweeps: once an hour


class Sweeper:
    def __init__(self, database: Database, signals: Signals) -> None:
        self._database, self._signals = database, signals

    async def run(self) -> None:
        """Nothing stays in a passing state. Until cancelled; a fault is waited out."""
        sweeps = 0
        while True:
            await asyncio.sleep(_SECONDS)
            sweeps += 1
            tidy = sweeps % _TIDY_EVERY == 0
            try:
                found = await self._database.write(lambda one, tidy=tidy: self._once(one, tidy))
            except SQLAlchemyError as error:
                _log.warning("sweep failed: %s", type(error).__name__)
                continue
            if found:
                _log.warning("%d deliveries were in doubt", found)
                self._signals.wake(OUTBOX)

    def _once(self, connection: Connection, tidy: bool) -> int:
        now = self._database.now(connection)
        if tidy:
            for old in (inbox, web, receipts, logins):
                old.tidy(connection, now)
        if held.sweep(connection, now):
            self._signals.announce(connection, OUTBOX)
        return outbox.reap(connection, now)
