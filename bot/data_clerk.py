"""Erases what residents asked to have erased, and what is older than it has to be. Due rows, never
timers; each person is one transaction."""

from sqlalchemy import Connection

from bot.channels.base import packed
from bot.chores import keep_at
from bot.core.data_rights import DELETE, SERVES
from bot.core.effects import Message
from bot.core.rights import terminal
from bot.people_words import PeopleWords
from bot.services import own_data
from bot.services.access import Refused
from bot.vault import Vault
from storage import data_requests, lanes, outbox, retention
from storage.data_requests import Asked
from storage.database import Database
from storage.outbox import NewDelivery
from storage.signals import OUTBOX, Signals

_POLL_SECONDS = 1.0


class DataClerk:
    def __init__(
        self, database: Database, signals: Signals, words: PeopleWords, vault: Vault
    ) -> None:
        self._database, self._signals = database, signals
        self._words, self._vault = words, vault

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "data requests")

    async def once(self) -> bool:
        """One erasure, or one table tidied; whether there may be more to do."""
        if await self._database.read(self._idle):
            return False
        busy = await self._database.write(self._erase) or await self._database.write(self._tidy)
        if busy:
            self._signals.wake(OUTBOX)
        return busy

    def _idle(self, connection: Connection) -> bool:
        now = self._database.now(connection)
        return not (data_requests.is_waiting(connection, DELETE) or retention.due(connection, now))

    def _erase(self, connection: Connection) -> bool:
        now = self._database.now(connection)
        found = data_requests.waiting(connection, (DELETE,), 1)
        for one in found:
            self._done(connection, one, now)
        return bool(found)

    def _done(self, connection: Connection, one: Asked, now: int) -> None:
        """Whoever serves is told why not, and the request ends there."""
        said, declined = "data.erased", ""
        try:
            own_data.erase(connection, terminal(), now, self._vault, one.person, one.address)
        except Refused:
            said, declined = "data.serves", SERVES
        data_requests.finish(connection, one.id, now, 0, declined)
        self.tell(connection, one, said, now)

    def tell(self, connection: Connection, one: Asked, said: str, now: int) -> None:
        """What became of it, in the chat it was asked in. `said` names the words."""
        if not one.address:
            return
        message = Message(self._words.say(said))
        row = NewDelivery(f"data:{one.id}", one.address, packed(message), lanes.REPLY)
        outbox.enqueue(connection, [row], now)
        self._signals.announce(connection, OUTBOX)

    def _tidy(self, connection: Connection) -> bool:
        return retention.tidy(connection, self._database.now(connection))
