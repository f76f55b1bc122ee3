"""Tells operators in their own chats what `gocua doctor` finds, while the service runs.

Platforms are asked every five minutes, at once again while an answer is bad. Told after two
minutes, again each day, and once more when it is over. Where each finding stands
is kept in the database, so neither a restart nor a second machine tells it twice.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import doctor_live
from bot.channels.base import packed
from bot.core.effects import Message
from bot.core.rights import Role
from bot.doctor import Finding, running
from bot.settings import Settings
from bot.terminal import Terminal
from storage import lanes, links, outbox, pace, teams, upkeep
from storage.database import DAY, MINUTE, Database
from storage.outbox import NewDelivery
from storage.signals import OUTBOX, Signals

_log = logging.getLogger(__name__)
_SECONDS = 30.0
_ASK_SECONDS = 300.0
_PATIENCE = 2 * MINUTE
_KIND = "alert:"
_OUTSIDE = "hook_zalo_oa"


@dataclass(frozen=True, slots=True)
class News:
    """`times` counts how often it has been told, this time included; 0 when it is over."""

    finding: Finding
    since: int
    times: int


class Alerts:
    def __init__(self, database: Database, signals: Signals, settings: Settings) -> None:
        self._database, self._signals, self._settings = database, signals, settings
        self._terminal = Terminal()
        self._told: list[Finding] = []  # by platforms
        self._seen: set[str] = set()

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out: then nobody can be told."""
        loop = asyncio.get_running_loop()
        ask_at = loop.time() + _ASK_SECONDS
        while True:
            await asyncio.sleep(_SECONDS)
            if loop.time() >= ask_at:
                await self.ask()
                well = all(one.ok for one in self._told)
                ask_at = loop.time() + (_ASK_SECONDS if well else 0)
            try:
                quiet = await self._database.read(self._quiet)
                told = 0 if quiet else await self._database.write(self.once)
            except SQLAlchemyError as error:
                _log.warning("alerts wait for the database: %s", type(error).__name__)
                continue
            if told:
                self._signals.wake(OUTBOX)

    async def ask(self) -> None:
        """A public address that cannot be reached from its own machine may be so by its network:
        it is missed only once it was there."""
        found = await doctor_live.ask(self._settings)
        self._seen |= {one.name for one in found if one.ok}
        self._told = [one for one in found if one.name != _OUTSIDE or one.name in self._seen]

    def _found(self, connection: Connection, now: int) -> list[Finding]:
        return [*running(connection, self._settings, now), *self._told]

    def _quiet(self, connection: Connection) -> bool:
        """Nothing to tell or write down, as nearly always: nobody's write has to wait for us."""
        now = self._database.now(connection)
        well = all(one.ok for one in self._found(connection, now))
        return well and not upkeep.begun_with(connection, _KIND)

    def once(self, connection: Connection) -> int:
        """How many messages were put into the ledger."""
        now = self._database.now(connection)
        news = _news(connection, self._found(connection, now), now)
        if not news:
            return 0
        reached = links.reach(connection, teams.holders(connection, Role.OPERATOR))
        if not reached:
            _log.warning("nobody can be told of %s", ", ".join(one.finding.name for one in news))
        paused = pace.blocked(connection, now)
        rows = [
            self._row(one, person, _open(chats, paused))
            for one in news
            for person, chats in sorted(reached.items())
        ]
        outbox.enqueue(connection, rows, now)
        self._signals.announce(connection, OUTBOX)
        return len(rows)

    def _row(self, news: News, person: int, address: str) -> NewDelivery:
        key = f"{_KIND}{news.finding.name}:{news.since}:{news.times}:{person}"
        words = packed(Message(self._text(news)))
        return NewDelivery(
            f"{_KIND}{news.finding.name}", address, words, lanes.PERSONAL, dedup=key, person=person
        )

    def _text(self, news: News) -> str:
        finding, say = news.finding, self._terminal.text
        title = finding.title or say(f"doctor.{finding.name}")
        advice = finding.do or say(f"advice.{finding.name}")
        key = "alert.begun" if news.times else "alert.over"
        return say(key, title=title, value=finding.value, do=advice).strip()


def _open(chats: Sequence[str], paused: Collection[str]) -> str:
    """The best chat whose account can send: what is wrong may be the way itself."""
    ways = (one for one in chats if one.rpartition(":")[0] not in paused)
    return next(ways, chats[0])


def _news(connection: Connection, found: Sequence[Finding], now: int) -> list[News]:
    """And writes down where each finding stands."""
    known = upkeep.begun_with(connection, _KIND)
    news = []
    for finding in _distinct(found):
        name = _KIND + finding.name
        was = known.get(name)
        if finding.ok:
            if was:
                upkeep.forget(connection, name)
            if was and was.rows:
                news.append(News(finding, was.at, 0))
        elif was is None:
            upkeep.ran(connection, name, now, 0, now + _PATIENCE)
        elif now >= was.due_at:
            upkeep.ran(connection, name, was.at, was.rows + 1, now + DAY)
            news.append(News(finding, was.at, was.rows + 1))
    return news


def _distinct(found: Sequence[Finding]) -> list[Finding]:
    """One of each name, the bad one if there is one."""
    bad = {one.name: one for one in found if not one.ok}
    return list(({one.name: one for one in found} | bad).values())
