"""Counts every place now and then, so that pages need not. Reads beside other readers and writes
only what changed; sends nothing."""

from collections.abc import Mapping
from datetime import tzinfo

from sqlalchemy import Connection

from bot.chores import keep_at
from bot.core.weeks import Week, day_of, of_day
from bot.services import counting
from storage import counts, upkeep
from storage.counts import Content
from storage.database import MINUTE, Database

_POLL_SECONDS = 20.0
_SHARE = 50  # at most one part in so many of the time is spent on counting
NAME = "counts"


class Counter:
    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database, self._zone = database, zone

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "counts of places")

    async def once(self) -> bool:
        """One week, if its turn has come: the last one until it was counted to its end, then the
        running one. Whether there may be more to do."""
        week, begun = await self._database.read(self._wanted)
        if week is None:
            return False
        time = counting.span(week, begun, self._zone)
        found = await self._database.read(lambda one: counting.contents(one, time))

        def keep(connection: Connection) -> None:
            self._keep(connection, time, found)

        await self._database.write(keep)
        return time.final

    def _wanted(self, connection: Connection) -> tuple[Week | None, int]:
        now = self._database.now(connection)
        this = of_day(day_of(now, self._zone))
        last = this.before()
        at = counts.counted_at(connection, [str(last)]).get(str(last), 0)
        if at < last.end(self._zone):
            return last, now
        return (this if (upkeep.due(connection, NAME) or 0) <= now else None), now

    def _keep(
        self, connection: Connection, time: counting.Span, found: Mapping[str, Content]
    ) -> None:
        """`counted_at` is when counting began: what came meanwhile is not in it."""
        now = self._database.now(connection)
        week, at = str(time.week), time.end
        number = counts.keep(connection, week, at, found)
        if not time.final:
            counts.drop_steps(connection, week)
            upkeep.ran(connection, NAME, now, number, now + max(MINUTE, _SHARE * (now - at)))
