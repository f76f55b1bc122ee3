"""Tells operators in their own chats what `gocua doctor` finds, while the service runs.

Platforms are asked every five minutes, at once again while an answer is bad. Told after two
minutes, again each day, and once more when it is over. Where each finding stands
is kept in the database, so neither a restart nor a second machine tells it twice. What is wrong
with one machine of several is told with its name, and only that machine says that it is over.
"""

import asyncio
import logging
import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

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
from storage.database import DAY, HOUR, MINUTE, Database
from storage.outbox import NewDelivery
from storage.signals import OUTBOX, Signals

_log = logging.getLogger(__name__)
_SECONDS = 30.0
_ASK_SECONDS = 300.0
_PATIENCE = 2 * MINUTE
_KIND = "alert:"
_OUTSIDE = "hook_zalo_oa"
_OF_A_MACHINE = ("disk", "spool", "clock")
_GONE = HOUR  # a machine that has not looked for so long will not say that it is well


@dataclass(frozen=True, slots=True)
class News:
    """`times` counts how often it has been told, this time included; 0 when it is over."""

    finding: Finding
    since: int
    times: int


class Alerts:
    """`machine` is what this one is called; on SQLite there is no other."""

    def __init__(
        self, database: Database, signals: Signals, settings: Settings, machine: str = ""
    ) -> None:
        self._database, self._signals, self._settings = database, signals, settings
        self._machine = "" if database.is_sqlite else machine or socket.gethostname()
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
        found = [*running(connection, self._settings, now), *self._told]
        return [self._named(one) if one.name in _OF_A_MACHINE else one for one in found]

    def _named(self, finding: Finding) -> Finding:
        if not self._machine:
            return finding
        return replace(
            finding,
            name=f"{finding.name}@{self._machine}",
            value=f"{finding.value} ({self._machine})",
            title=self._title(finding),
            do=self._advice(finding),
        )

    def _title(self, finding: Finding) -> str:
        return finding.title or self._terminal.text(f"doctor.{finding.name}")

    def _advice(self, finding: Finding) -> str:
        return finding.do or self._terminal.text(f"advice.{finding.name}")

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
        finding, key = news.finding, "alert.begun" if news.times else "alert.over"
        title, advice = self._title(finding), self._advice(finding)
        return self._terminal.text(key, title=title, value=finding.value, do=advice).strip()


def _open(chats: Sequence[str], paused: Collection[str]) -> str:
    """The best chat whose account can send: what is wrong may be the way itself."""
    ways = (one for one in chats if one.rpartition(":")[0] not in paused)
    return next(ways, chats[0])


def _news(connection: Connection, found: Sequence[Finding], now: int) -> list[News]:
    """And writes down where each finding stands."""
    known = upkeep.begun_with(connection, _KIND)
    _forget_gone(connection, known, now)
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


def _forget_gone(connection: Connection, known: Mapping[str, upkeep.Done], now: int) -> None:
    for name, was in known.items():
        if "@" in name and was.due_at + _GONE < now:
            upkeep.forget(connection, name)


def _distinct(found: Sequence[Finding]) -> list[Finding]:
    """One of each name, the bad one if there is one."""
    bad = {one.name: one for one in found if not one.ok}
    return list(({one.name: one for one in found} | bad).values())
