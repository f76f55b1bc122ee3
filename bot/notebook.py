"""Writes a channel's notes down and reads them back, so that all processes know the same."""

import asyncio
import logging

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.notes import Fact, Notes
from storage import facts
from storage.database import Database
from storage.facts import Account

_log = logging.getLogger(__name__)
_SECONDS = 5.0


class Notebook:
    def __init__(self, database: Database, account: Account, notes: Notes) -> None:
        self._database, self._account, self._notes = database, account, notes

    async def run(self) -> None:
        """Until cancelled; the last notes are written then."""
        try:
            while True:
                await self.exchange()
                await asyncio.sleep(_SECONDS)
        finally:
            await self.exchange()

    async def exchange(self) -> None:
        told, counts = self._notes.drain()

        def work(connection: Connection) -> dict[str, tuple[str, int, int]]:
            if told or counts:
                now = self._database.now(connection)
                facts.add(connection, self._account, told, counts, now)
            return facts.load(connection, self._account)

        try:
            known = await self._database.write(work)
        except SQLAlchemyError as error:
            _log.warning("notes of %s are lost: %s", self._account[0], type(error).__name__)
            return
        self._notes.facts = {name: Fact(*fact) for name, fact in known.items()}
