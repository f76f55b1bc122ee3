"""Moves calls for help along by the clock, and tells everybody concerned. Due rows in the database,
never timers: a crash at any point only means "not yet"."""

import asyncio
import logging

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.core.hours import OfficeHours
from bot.core.reminding import Calendar
from bot.help_crew import LEVELS, NIGHT, NOBODY, OFFICE, Crew, crews
from bot.help_told import Teller
from bot.services import help as service
from storage import calls
from storage.calls import Request
from storage.database import HOUR, MINUTE, Database
from storage.rows import Row
from storage.signals import INBOX, OUTBOX, Signals

_log = logging.getLogger(__name__)
CLAIM_WITHIN = 15 * MINUTE
TRY_AGAIN = HOUR
_AT_ONCE = 100
_POLL_SECONDS = 1.0
_BREATH_SECONDS = 0.2


class HelpLine:
    def __init__(
        self,
        database: Database,
        signals: Signals,
        hours: OfficeHours,
        calendar: Calendar,
        teller: Teller,
    ) -> None:
        self._database, self._signals = database, signals
        self._hours, self._calendar, self._teller = hours, calendar, teller

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        woken = self._signals.subscribe(OUTBOX)
        while True:
            try:
                await self.once()
            except SQLAlchemyError as error:
                _log.warning("calls for help wait for the database: %s", type(error).__name__)
            await asyncio.sleep(_BREATH_SECONDS)
            await self._signals.wait(woken, _POLL_SECONDS)

    async def once(self) -> bool:
        """Whether there was anything to do; there may be more."""
        due = lambda one: calls.is_due(one, self._database.now(one))  # noqa: E731
        if not await self._database.read(due):
            return False
        await self._database.write(self._work)
        self._signals.wake(INBOX)
        return True

    def _work(self, connection: Connection) -> None:
        now = self._database.now(connection)
        due = calls.due(connection, now, _AT_ONCE)
        waiting = [one for one in due if one.state == calls.OPEN]
        asked = crews(connection, waiting, now)
        owners = {one.id: told_owner(one.id, one.level) for one in waiting}
        unheard = calls.unheard(connection, list(owners.values()))
        for one in due:
            if one.state == calls.CLAIMED:
                self._overdue(connection, one, now)
            else:
                heard = owners[one.id] not in unheard
                self._ask(connection, one, asked[one.id], now, heard=heard)
        self._teller.tell(connection, now)
        self._signals.announce(connection, OUTBOX, INBOX)

    def _overdue(self, connection: Connection, one: Request, now: int) -> None:
        """Nobody answered the resident in time, or nobody said anything for a day."""
        morning = self._calendar.quiet(now)
        if morning > now:
            due = morning + (service.REPLY_WITHIN if one.waits else 0)
            calls.change(connection, one.id, calls.CLAIMED, due_at=due)
        elif one.waits:
            service.returned(connection, one, now)
        else:
            service.end(connection, one, now, service.FADED)

    def _ask(
        self, connection: Connection, one: Request, crew: Crew, now: int, *, heard: bool
    ) -> None:
        """The next people in turn, each level in its own hours."""
        morning = self._calendar.quiet(now)
        if morning > now:
            wait = CLAIM_WITHIN if one.level in LEVELS else 0
            self._wait(connection, one, crew, NIGHT if not wait else one.level, morning + wait, now)
            return
        level = crew.after(one.level)
        if level == one.level and not heard:
            level = NOBODY
        due = self._due(level, again=level == one.level, now=now)
        self._wait(connection, one, crew, level, due, now)

    def _due(self, level: str, *, again: bool, now: int) -> int:
        if level == NOBODY:
            return now + TRY_AGAIN
        if level == OFFICE or again:
            return self._hours.next_day(self._hours.opens(now))
        return now + CLAIM_WITHIN

    def _wait(
        self, connection: Connection, one: Request, crew: Crew, level: str, due: int, now: int
    ) -> None:
        values = {"level": level, "area": crew.area, "due_at": due}
        if not calls.change(connection, one.id, calls.OPEN, **values):
            return
        again = level == one.level
        if again and (level in (NIGHT, NOBODY) or self._calendar.quiet(now) > now):
            return
        people = crew.asked.get(level, ())
        kind = "still" if again else level
        rows = [_row(one.id, kind, 0, now, str(len(people)))]
        rows += [_row(one.id, "told-again" if again else "told", who, now, level) for who in people]
        calls.happened(connection, rows)


def told_owner(number: int, level: str) -> str:
    """The ledger's word for what a level of people was told."""
    return f"help:{number}:{level}"


def _row(number: int, kind: str, actor: int, now: int, text: str) -> Row:
    return {"request": number, "kind": kind, "actor": actor, "text": text, "at": now}
