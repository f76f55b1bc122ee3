"""Carries pictures of calls for help: fetched from the platform they were sent to, made small, then
shown to the other side. Due rows, never timers; no transaction is open while one is fetched."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection

from bot.channels.base import Channel, UnfetchedError
from bot.chores import keep_at
from bot.core.address import Address
from bot.services import help_pictures
from bot.services.access import Refused
from storage import call_pictures
from storage.call_pictures import Coming
from storage.database import SECOND, Database
from storage.signals import OUTBOX, Signals

_log = logging.getLogger(__name__)
_POLL_SECONDS = 1.0
_LONGEST_SECONDS = 20.0
_AT_ONCE = 4
_TRIES = 3
_AGAIN = 5 * SECOND
AWAY, BAD = "away", "not-a-picture"


class Porter:
    def __init__(
        self, database: Database, signals: Signals, channels: Mapping[str, Channel]
    ) -> None:
        self._database, self._signals, self._channels = database, signals, channels

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "pictures in calls for help")

    async def once(self) -> bool:
        """Whether there was anything to fetch; there may be more."""
        if not await self._database.read(self._waits):
            return False
        taken = await self._database.write(self._take)
        await asyncio.gather(*map(self._carry, taken))
        self._signals.wake(OUTBOX)
        return True

    def _waits(self, connection: Connection) -> bool:
        return call_pictures.waiting(connection, self._database.now(connection))

    def _take(self, connection: Connection) -> list[Coming]:
        return call_pictures.take(connection, self._database.now(connection), _AT_ONCE)

    async def _carry(self, one: Coming) -> None:
        small, why = await self._fetched(one)
        await self._database.write(partial(self._end, one, small, why))

    async def _fetched(self, one: Coming) -> tuple[bytes, str]:
        """Clean, or why not."""
        channel = self._channels.get(Address.parse(one.address).channel)
        if channel is None:
            return b"", AWAY
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                raw = await channel.fetch(one.reference)
            return await asyncio.to_thread(help_pictures.clean, raw), ""
        except Refused:
            return b"", BAD
        except UnfetchedError as error:
            return b"", str(error)
        except Exception as error:  # noqa: BLE001  # one picture must not stop the others
            _log.warning("picture %d was not fetched: %s", one.id, type(error).__name__)
            return b"", AWAY

    def _end(self, one: Coming, small: bytes, why: str, connection: Connection) -> None:
        now = self._database.now(connection)
        if small:
            help_pictures.pass_on(connection, now, one, small)
        elif why == AWAY and one.tries < _TRIES:
            call_pictures.put_off(connection, one.id, now + _AGAIN * one.tries)
        else:
            help_pictures.fail(connection, now, one, why)
        self._signals.announce(connection, OUTBOX)
