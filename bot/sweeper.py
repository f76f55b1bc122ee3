"""Upkeep while the service runs: leases that ran out, rows that grew old. Sends nothing."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from storage import clocks, held, inbox, lanes, logins, outbox, receipts, unreached, web
from storage.database import SECOND, Database
from storage.signals import OUTBOX, Signals
from storage.unreached import Windows

_log = logging.getLogger(__name__)
_SWEEP = "sweep"
_SECONDS = 5.0
_TIDY_EVERY = 720  # sweeps: once an hour
_REROUTE_EVERY = 12  # once a minute


class Sweeper:
    """`windows` are the accounts that what is held elsewhere may go to, as in unreached.py;
    `knock` asks those to write whom nothing else can reach."""

    def __init__(
        self,
        database: Database,
        signals: Signals,
        windows: Callable[[], Windows],
        knock: Callable[[Connection, int], int] | None = None,
    ) -> None:
        self._database, self._signals = database, signals
        self._windows, self._knock = windows, knock
        self._woken = signals.subscribe(_SWEEP)
        self._seen = (0, 0.0)  # the database's clock and one nobody sets

    async def run(self) -> None:
        """Nothing stays in a passing state. Until cancelled; a fault is waited out. Whoever takes
        over another's work wakes everybody, so what was left on its way is found at once."""
        sweeps = 0
        while True:
            await self._signals.wait(self._woken, _SECONDS)
            sweeps += 1
            try:
                again = await self._forgotten() if sweeps % _REROUTE_EVERY == 0 else []
                found = await self._database.write(partial(self._once, sweeps=sweeps, again=again))
            except SQLAlchemyError as error:
                _log.warning("sweep failed: %s", type(error).__name__)
                continue
            if found:
                metrics.doubts.inc(found)
                _log.warning("%d deliveries were in doubt", found)
                self._signals.wake(OUTBOX)

    async def _forgotten(self) -> Sequence[str]:
        if found := await self._database.read(lanes.forgotten):
            _log.error("%d chats had been forgotten", len(found))
        return found

    def _once(self, connection: Connection, sweeps: int, again: Sequence[str] = ()) -> int:
        now = self._database.now(connection)
        if clocks.follow(connection, now, self._expected(now)):
            _log.warning("the clock was set")
            self._signals.announce(connection, OUTBOX)
        if sweeps % _TIDY_EVERY == 0:
            for old in (inbox, web, receipts, logins):
                old.tidy(connection, now)
        gone_on = held.sweep(connection, now) + len(again)
        if again:
            lanes.find_again(connection, again)
        if sweeps % _REROUTE_EVERY == 0:
            gone_on += unreached.reroute(connection, self._windows(), now)
            gone_on += self._knock(connection, now) if self._knock else 0
        if gone_on:
            self._signals.announce(connection, OUTBOX)
        return outbox.reap(connection, now)

    def _expected(self, now: int) -> int:
        """When it should be, by what passed since this was asked last; 0 the first time."""
        before, steady = self._seen
        self._seen = now, time.monotonic()
        return before + int((self._seen[1] - steady) * SECOND) if before else 0
