"""Monday's work, by itself: keeps the reports of the week that is over and tells team leads theirs.

When it is due is a row (upkeep); each place and each team is one transaction that marks itself
done, so several machines share the work and a crash at any point only means "not yet".
"""

import logging
from datetime import datetime, time, timedelta

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.base import packed
from bot.chores import keep_at
from bot.core.digest import Digest, from_plain, is_news, to_plain
from bot.core.effects import Message
from bot.core.reminding import Calendar
from bot.core.rights import Actor
from bot.core.weeks import Week, day_of, of_day
from bot.digest_words import DigestWords
from bot.library import Library
from bot.report_forms import ReportForm
from bot.services import reports as service
from bot.services.digests import digest
from bot.services.reports import Now
from storage import digests, lanes, links, outbox, persons, reports, teams, upkeep
from storage.database import DAY, SECOND, Database
from storage.outbox import NewDelivery
from storage.signals import OUTBOX, Signals
from storage.teams import Known

_log = logging.getLogger(__name__)
_POLL_SECONDS = 60.0
_AT = time(8)
NAME = "weekly"
_ITSELF = Actor(0, "weekly")


class Weekly:
    def __init__(
        self, database: Database, signals: Signals, library: Library, calendar: Calendar
    ) -> None:
        self._database, self._signals, self._calendar = database, signals, calendar
        self._words, self._form = DigestWords(), ReportForm()
        self._catalogue = self._form.catalogue(library)
        self._failed: set[str] = set()
        self._trying = ""

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "weekly reports")

    async def once(self) -> bool:
        """One place or team; whether there may be more to do. What fails is told of and left to
        the next week: it must not keep the others waiting."""
        try:
            return await self._database.write(self._step)
        except SQLAlchemyError:
            raise
        except Exception:  # noqa: BLE001  # one bad row must not stop the others
            _log.exception("the week of %s could not be done", self._trying)
            self._failed.add(self._trying)
            return True

    def _step(self, connection: Connection) -> bool:
        now = self._database.now(connection)
        due = upkeep.due(connection, NAME)
        if due is None or due > now:
            if due is None:
                upkeep.ran(connection, NAME, now, 0, self._next(now))
            return False
        week = of_day(day_of(now, self._calendar.zone) - timedelta(days=7))
        waiting = [one for one in digests.waiting(connection, str(week)) if one not in self._failed]
        if not waiting:
            self._failed.clear()
            upkeep.ran(connection, NAME, now, 0, self._next(now))
            return False
        self._trying = waiting[0]
        self._do(connection, self._trying, week, now)
        return True

    def _next(self, now: int) -> int:
        """The next Monday morning, or the first morning after it that is no day off."""
        today = day_of(now, self._calendar.zone)
        monday = today + timedelta(days=7 - today.weekday())
        morning = datetime.combine(monday, _AT, self._calendar.zone)
        return self._calendar.opens(int(morning.timestamp()) * SECOND)

    def _do(self, connection: Connection, what: str, week: Week, now: int) -> None:
        if what.startswith(digests.TEAM):
            team = teams.known(connection)[what.removeprefix(digests.TEAM)]
            self._tell(connection, team, week, now)
        else:
            made = Now(now, self._calendar.zone, self._catalogue, self._form.plain())
            service.make(connection, _ITSELF, made, what, week)

    def _tell(self, connection: Connection, team: Known, week: Week, now: int) -> None:
        """Silent when nothing changed."""
        found = digest(connection, now, self._calendar.zone, team, week)
        content = orjson.dumps(to_plain(found)).decode()
        mine = digests.done(connection, team.code, str(week), content, now)
        earlier = reports.kept(connection, f"{digests.TEAM}{team.code}", str(week.before()))
        before = from_plain(orjson.loads(earlier)) if earlier else None
        if mine and is_news(found, before):
            outbox.enqueue(connection, self._letters(connection, team, found, now), now)
            self._signals.announce(connection, OUTBOX)

    def _letters(
        self, connection: Connection, team: Known, found: Digest, now: int
    ) -> list[NewDelivery]:
        quiet = persons.get(connection, found.quiet)
        names = {number: one.name for number, one in quiet.items()}
        text = self._words.text(found, team.name, names, self._catalogue)
        chats = links.reach(connection, digests.leads(connection, team.code, now))
        return [
            NewDelivery(
                f"digest:{team.code}:{found.week}",
                addresses[0],
                packed(Message(text)),
                lanes.PERSONAL,
                dedup=f"digest:{team.code}:{found.week}:{person}",
                not_before_at=self._calendar.opens(now),
                lasts=2 * DAY,
            )
            for person, addresses in chats.items()
        ]
