"""The composition root: settings -> database, channels, runner, senders.

Nothing else joins concrete parts.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Literal

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import backlog
from bot.alerts import Alerts
from bot.arrivals import Arrivals
from bot.beside import Beside
from bot.channels.base import Channel, Intake, MalformedError
from bot.channels.registry import Needs, ZaloBotNeeds, channels, intervals
from bot.channels.zalo_oa.render import Words
from bot.chores import keep_at
from bot.core.address import Address
from bot.dispatch import Dispatcher
from bot.ending import end
from bot.feeds import Feeds
from bot.fetching import Fetcher
from bot.help_porter import Porter
from bot.installed import Watch
from bot.library import Library
from bot.pictures import Pictures
from bot.runner import Runner
from bot.sender import Sender
from bot.settings import Settings
from bot.shelf import Shelf
from bot.spool import Arrival, Spool, folder_in
from bot.sweeper import Sweeper
from bot.vault import vault_of
from bot.verdicts import backoff
from bot.zalo import Zalo
from storage import inbox, outbox, schema, web
from storage.database import Database
from storage.grouped import Grouped, in_database
from storage.signals import INBOX, Signals

_log = logging.getLogger(__name__)
Role = Literal["all", "web", "worker"]
_WATCH_SECONDS = 5.0
_TIDY_SECONDS = 0.5
_LATEST = 2**63
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # in JSON; PostgreSQL keeps none in a text
_NUL_SIGN = "\\u0000"  # looked for first: the pattern is slower than all else here
_RENEW_SECONDS = 1.0
_FORGET_SECONDS = 60.0


def web_topic(address: str) -> str:
    return f"web:{address}"


def _arrival(channel: Channel, intake: Intake, echo: str | None) -> Arrival:
    address = str(intake.address)
    if "\0" in intake.event_id + address or not 0 <= intake.at < _LATEST:
        raise MalformedError("odd-id")  # PostgreSQL cannot keep it
    stored = inbox.Arrival(
        channel.name,
        channel.account,
        intake.event_id,
        address,
        _NUL.sub(r"\1", intake.body) if _NUL_SIGN in intake.body else intake.body,
        ",".join(sorted(intake.secrets)),
        intake.at,
    )
    shown = web.NewShown(address, "person", echo, event=intake.event_id) if echo else None
    return stored, shown


class Wiring:
    """Everything one process needs. `start` begins its work, `stop` ends it in order."""

    def __init__(self, settings: Settings, role: Role = "all") -> None:
        self.settings, self.role = settings, role
        self.database = Database(settings.database_url)
        self.signals = Signals(self.database)
        self.library = Library()
        self.shelf = Shelf(self.library)
        self.pictures = Pictures(self.database, self.shelf, self.library.root, settings.data_dir)
        self.vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
        self.beside = Beside(settings, self.shelf, self.vault)
        self.notice_words = self.beside.notice_words
        self.zalo = Zalo.of(settings, self.database, self._words())
        self.channels = channels(self._needs())
        self.intervals = intervals(telegram_paid=settings.telegram_paid_broadcast)
        spool = Spool(folder_in(settings.data_dir), self.vault)
        self.arrivals = Arrivals(self.database, self.signals, spool)
        self._receipts: Grouped[Sequence[int], None] = Grouped(
            in_database(self.database, self._receive)
        )
        self._shown: Grouped[web.NewShown, None] = Grouped(
            in_database(self.database, self._add_shown)
        )
        self.senders: dict[str, Sender] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.prepared: dict[str, str] = {}
        self.waiting: dict[str, int] = {}
        self._watch_settings = Watch(settings)
        self.anew: Callable[[], None] = lambda: None  # whoever runs this begins with other settings

    def _words(self) -> Words:
        return Words(self.library.messages.numbered, self.library.messages.pick)

    def _needs(self) -> Needs:
        settings = self.settings
        return Needs(
            self._show,
            list(self.library.messages.commands.items()),
            settings.telegram_token.get_secret_value(),
            settings.telegram_webhook_secret.get_secret_value(),
            settings.telegram_api_url,
            telegram_paid=settings.telegram_paid_broadcast,
            zalo_bot=self._zalo_bot(),
            zalo_oa=self.zalo.needs if self.zalo else None,
        )

    def _zalo_bot(self) -> ZaloBotNeeds | None:
        settings = self.settings
        if not (token := settings.zalo_bot_token.get_secret_value()):
            return None
        pictures = f"{settings.base_url}/hinh" if settings.zalo_bot_fetches else ""
        secret = settings.zalo_bot_webhook_secret.get_secret_value()
        line = self.library.messages.numbered
        return ZaloBotNeeds(token, secret, settings.zalo_bot_api_url, pictures, line)

    # The way in

    async def receive(self, channel: Channel, intake: Intake, echo: str | None = None) -> None:
        """Returns once the event is on disk; `echo` is what the web chat shows of it."""
        await self.arrivals.add(_arrival(channel, intake, echo))
        self.signals.wake(INBOX)
        if echo is not None:
            self.signals.wake(web_topic(str(intake.address)))

    # The web chat's transcript

    async def _show(self, delivery: int, address: Address, content: str) -> None:
        await self._shown.add(web.NewShown(str(address), "bot", content, delivery))
        self.signals.wake(web_topic(str(address)))

    def _add_shown(self, connection: Connection, new: Sequence[web.NewShown]) -> list[None]:
        web.add(connection, new, self.database.now(connection))
        self.signals.announce(connection, *{web_topic(one.address) for one in new})
        return [None] * len(new)

    async def delivered(self, deliveries: Sequence[int]) -> None:
        """A browser was given these."""
        if deliveries:
            await self._receipts.add(deliveries)

    def _receive(self, connection: Connection, groups: Sequence[Sequence[int]]) -> list[None]:
        outbox.receive(connection, [one for group in groups for one in group], "delivered")
        return [None] * len(groups)

    # Life

    def migrate(self) -> None:
        """Brings the database up to date and keeps today's guide versions."""
        self.database.write_now(schema.upgrade)
        self.database.write_now(self._keep)

    def _keep(self, connection: Connection) -> None:
        now = self.database.now(connection)
        self.shelf.keep(connection, now)
        self.shelf.know_all(connection)
        self.beside.quiet.know(connection)
        self._watch_settings.begin(connection)
        if self.zalo:
            self.zalo.begin(connection, now)
        if self.database.is_sqlite:
            outbox.reap(connection, now, all_of_them=True)

    def start(self) -> None:
        """Nothing here waits for a platform."""
        self._run(self.signals.listen)
        self._run(self.arrivals.run)
        self._run(self._watch)
        self._run(self._tidy)
        self._run(self._renew)
        self._run(self._forget)
        for loop in self.zalo.loops(works=self.role != "web") if self.zalo else ():
            self._run(loop)
        if self.role in ("all", "worker"):
            self._run(self.runner().run)
            find, public = self.pictures.file, f"{self.settings.base_url}/hinh"
            for channel in self.channels.values():
                sender = Sender(self.database, self.signals, channel, find, public)
                self.senders[channel.name] = sender
                self._run(sender.run)
            self._run(self._dispatcher().run)
            if not self.settings.rehearses:
                self._run(Feeds(self.database, Fetcher(), self.notice_words).run)
            self._run(self.beside.carer(self.database, self.signals).run)
            self._run(self.beside.help_line(self.database, self.signals).run)
            self._run(Porter(self.database, self.signals, self.channels).run)
            self._run(self.beside.clerk(self.database, self.signals).run)
            self._run(self.beside.weekly(self.database, self.signals, self.library).run)
            self._run(self.beside.counter(self.database).run)
            knock = self.zalo.knock if self.zalo else None
            self._run(Sweeper(self.database, self.signals, self._windows, knock).run)
            self._run(Alerts(self.database, self.signals, self.settings).run)
        if self.role in ("all", "web"):
            for channel in self.channels.values():
                self._run(partial(self._prepare, channel))

    async def _renew(self) -> None:
        await keep_at(self._take_up, _RENEW_SECONDS, "guides and quiet hours")

    async def _forget(self) -> None:
        await keep_at(self.pictures.forget, _FORGET_SECONDS, "pictures of closed calls")

    async def _take_up(self) -> bool:
        """What another process published or changed; with other tokens this one begins anew."""
        if await self.database.read(self._is_outdated):
            self.anew()
        return await self.shelf.renew(self.database)

    def _is_outdated(self, connection: Connection) -> bool:
        self.beside.quiet.know(connection)
        return self._watch_settings.is_outdated(connection)

    def runner(self) -> Runner:
        desks, watchers = self.beside.desks(), self.beside.watchers()
        return Runner(self.database, self.signals, self.channels, self.shelf, desks, watchers)

    def _dispatcher(self) -> Dispatcher:
        channels = self.channels.values()
        accounts = [(one.name, one.account) for one in channels]
        edits = [one.name for one in channels if one.limits.edits]
        return Dispatcher(self.database, self.signals, self.notice_words, accounts, edits)

    def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(_kept_alive(work)))

    async def stop(self) -> None:
        await end(self._tasks)
        for channel in self.channels.values():
            await channel.close()
        if self.zalo:
            await self.zalo.close()
        self.arrivals.close()
        self.database.close()

    async def _prepare(self, channel: Channel) -> None:
        """Tells the platform where to call, however long it takes to reach it."""
        hook = f"{self.settings.base_url}/hooks/{channel.name.replace('_', '-')}"
        failures = 0
        while True:
            try:
                await channel.prepare(hook)
            except Exception as error:  # noqa: BLE001  # the service goes on without it
                self.prepared[channel.name] = type(error).__name__
                _log.warning("%s is not prepared yet: %s", channel.name, type(error).__name__)
                failures += 1
                await asyncio.sleep(backoff(failures))
            else:
                self.prepared[channel.name] = ""
                return

    async def _watch(self) -> None:
        """Keeps count of what waits, so that the hooks can ask platforms to come later."""
        while True:
            with suppress(SQLAlchemyError):
                self.waiting = await self.database.read(backlog.waiting)
            self.waiting = {**self.waiting, "spool": self.arrivals.waiting}
            await asyncio.sleep(_WATCH_SECONDS)

    async def _tidy(self) -> None:
        while self.database.is_sqlite:
            await asyncio.sleep(_TIDY_SECONDS)
            await self.database.tidy()

    def _windows(self) -> dict[tuple[str, str], int]:
        """Accounts whose messages make themselves heard, and how long each may write to people."""
        every = self.channels.values()
        return {(one.name, one.account): one.limits.window for one in every if one.limits.rings}

    @property
    def overloaded(self) -> bool:
        return sum(self.waiting.values()) >= self.settings.queue_limit


async def _kept_alive(work: Callable[[], Awaitable[None]]) -> None:
    """A loop that fails unforeseen is logged and begun again: none may end silently."""
    while True:
        try:
            return await work()
        except Exception:  # noqa: BLE001
            _log.exception("a loop failed and is begun again")
            await asyncio.sleep(1)
