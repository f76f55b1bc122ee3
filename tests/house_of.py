"""A whole service for tests: real database, real runner and sender, one fake channel."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson

from bot.channels.base import Channel
from bot.library import Library
from bot.runner import Runner
from bot.sender import Sender
from bot.shelf import Shelf
from storage import inbox, lanes, outbox
from storage.database import Database
from storage.signals import Signals


async def no_picture(path: str) -> None:
    """For tests about words."""


class House:
    """Says things as residents and lets the shell work until nothing is left to do."""

    def __init__(self, database: Database, channel: Channel, library: Library) -> None:
        self.database, self.channel = database, channel
        self.signals = Signals(database)
        self.signals.present = True
        self.shelf = Shelf(library)
        self.runner = Runner(database, self.signals, {channel.name: channel}, self.shelf)
        self.sender = Sender(database, self.signals, channel, no_picture, "https://x.vn/hinh")
        self._events = 0

    def hear(self, chat: str, *, event: str = "", secrets: str = "", **body: object) -> None:
        """Puts an update into the inbox, as a hook would."""
        self._events += 1
        name = event or f"e{self._events}"
        plain = orjson.dumps({"id": name, "chat": chat, **body}).decode()
        arrival = inbox.Arrival(
            self.channel.name,
            self.channel.account,
            name,
            f"fake:one:{chat}",
            plain,
            secrets,
            int(str(body.get("at", 0))),
        )
        self.database.write_now(lambda one: inbox.add(one, [arrival], self.database.now(one)))

    async def turn(self) -> None:
        """Every waiting update."""
        while await self.runner.once():
            pass

    async def deliver(self) -> None:
        """Everything that is due, then stops the sender."""
        task = asyncio.create_task(self.sender.run())
        try:
            await until(self.nothing_due)
            await asyncio.sleep(0.02)
            await until(self.nothing_due)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def nothing_due(self) -> bool:
        """No queued row counts as done while its chat is held: it is being claimed just now."""
        account = self.channel.name, self.channel.account
        due = await self.database.read(lambda one: lanes.earliest(one, account))
        now = await self.database.read(self.database.now)
        counts = await self.database.read(outbox.counts)
        if counts["sending"] or self.sender.busy:
            return False
        return due > now if due is not None else not counts["queued"]

    async def all(self) -> None:
        await self.turn()
        await self.deliver()


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 120) -> None:
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110  # the other side may be another process
            await asyncio.sleep(0.01)
