"""What the service does by itself for people's guides: gives the next one, reminds, asks a month
later. Due rows are taken a batch at a time, each batch one transaction with
a fixed number of queries; a crash at any point only means "not yet".
"""

from dataclasses import replace

from sqlalchemy import Connection

from bot.care.giving import Giving
from bot.care.letters import Letters
from bot.care.nudges import Nudges
from bot.care.strangers import Strangers
from bot.care.watch import nudge
from bot.chores import keep_at
from bot.core.reminding import Calendar
from storage import reminders, runs
from storage.database import Database
from storage.signals import INBOX, OUTBOX, Signals

_AT_ONCE = 200
_POLL_SECONDS = 1.0


class Carer:
    def __init__(
        self, database: Database, signals: Signals, letters: Letters, calendar: Calendar
    ) -> None:
        self._database, self._signals, self._calendar = database, signals, calendar
        self._giving, self._nudges = Giving(letters, calendar), Nudges(letters, calendar)
        self._strangers = Strangers(letters, calendar)

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "sequences")

    async def once(self) -> bool:
        """One batch of each kind; whether there may be more to do."""
        busy = False
        for step in (self._give, self._hand_back, self._remind, self._remind_strangers):
            if await self._database.write(step):
                busy = True
                self._signals.wake(INBOX, OUTBOX)
        return busy

    def _give(self, connection: Connection) -> bool:
        now = self._database.now(connection)
        return self._told(connection, done=self._giving.due(connection, now, _AT_ONCE))

    def _remind(self, connection: Connection) -> bool:
        now = self._database.now(connection)
        return self._told(connection, done=self._nudges.due(connection, now, _AT_ONCE))

    def _remind_strangers(self, connection: Connection) -> bool:
        now = self._database.now(connection)
        return self._told(connection, done=self._strangers.due(connection, now, _AT_ONCE))

    def _told(self, connection: Connection, *, done: bool) -> bool:
        if done:
            self._signals.announce(connection, INBOX, OUTBOX)
        return done

    def _hand_back(self, connection: Connection) -> bool:
        """Whose call for help was ended is reminded again; the help desk lets the guide go on."""
        now = self._database.now(connection)
        found = runs.handed_back(connection, _AT_ONCE)
        free = [replace(run, helped_at=0, stuck=0) for run in found]
        runs.write(connection, free, now)
        due = self._calendar.nudge(now, 1)
        reminders.clear(connection, [run.id for run in free], "helped", now, reminders.NUDGE)
        reminders.schedule(connection, [nudge(run, 1, due) for run in free], now)
        return bool(found)
