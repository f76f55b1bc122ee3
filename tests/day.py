"""A day of a former district with an accelerated clock: residents, faults, deaths and a clock that
is set, one minute after another. Only what happens; what must hold is said by the test.
"""

import asyncio
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import partial

import orjson
from callers import Callers
from fakes import Clock, FakeChannel
from house_of import House
from office import APPROVER, AUTHOR, CONTENT, ZONE
from sqlalchemy import Connection
from village import COMMUNE, NEAR, find

from bot.channels.base import Failure, Limits, NotSent, Outgoing, Sent, unpacked
from bot.core.address import Address
from bot.core.announcement import Kind
from bot.dispatch import Dispatcher
from bot.library import Library
from bot.notice_words import NoticeWords
from bot.services import announcements as service
from bot.sweeper import Sweeper
from storage import announcements, claims, groups, inbox, outbox
from storage.database import MINUTE, SECOND, Database

# How many of a hundred visits begin in each hour from midnight on.
BUSY = (0, 0, 0, 0, 1, 3, 6, 8, 9, 9, 7, 5, 3, 4, 6, 7, 7, 5, 6, 7, 4, 2, 1, 0)
SAID = ("1", "2", "xong", "chưa được", "gặp người", "mã OTP là gì", "xem lại", "đồng ý", "3")
GROUPS = 6
MINUTES = 24 * 60
ACCOUNT = ("fake", "one")
ACCOUNT_GAP, CHAT_GAP = SECOND, 4 * SECOND


@dataclass
class Platform(FakeChannel):
    """Refuses, is silent and is away now and then; remembers when it was given what."""

    limits: Limits = field(
        default_factory=lambda: Limits(4000, 1000, 100, 60, ACCOUNT_GAP, ACCOUNT_GAP, shared=True)
    )
    interval: int = CHAT_GAP
    clock: Clock = field(default_factory=Clock)
    calls: int = 0
    away: bool = False
    given: list[tuple[int, Outgoing]] = field(default_factory=list)
    offered: dict[str, Outgoing] = field(default_factory=dict)
    doubted: Counter[int] = field(default_factory=Counter)

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        if self.away:
            return NotSent(Failure.UNREACHABLE, "away")
        self.calls += 1
        if self.calls % 100 == 11:
            return NotSent(Failure.THROTTLED, "429", retry_after=3)
        if self.calls % 100 == 37:
            return NotSent(Failure.TEMPORARY, "500")
        self.given.append((self.clock(), outgoing))
        if outgoing.message.choices:
            self.offered[outgoing.address.id] = outgoing
        if self.calls % 100 == 71:
            self.doubted[outgoing.id] += 1
            return NotSent(Failure.DOUBT, "no-answer")
        return Sent(f"m{outgoing.id}")


def outgoing(claimed: outbox.Claimed) -> Outgoing:
    message, press = unpacked(claimed.content)
    return Outgoing(claimed.id, Address.parse(claimed.address), message, press)


class Day:
    """`events` are the updates of the day by minute."""

    def __init__(self, database: Database, clock: Clock, library: Library, residents: int) -> None:
        self.callers = Callers(database, clock, library)
        self.database, self.clock, self.library = database, clock, library
        self.residents, self.chance = residents, random.Random("day")
        self.channel = Platform(clock=clock)
        self.clock.now -= self.clock.now % (24 * 60 * MINUTE) - 17 * 60 * MINUTE  # midnight there
        self._begun = self.clock.now
        self.events: defaultdict[int, list[str]] = defaultdict(list)
        self.heard: set[str] = set()
        self.notices: list[int] = []
        self.doomed = False  # to die once there is something in mid-send
        self.died = 0
        self._start_process()
        self.database.write_now(self._claim_groups)
        for resident in range(residents):
            self._visits(f"r{resident}")

    def _start_process(self) -> None:
        """As after a death: only the database is left."""
        runner = self.callers.house.runner
        self.house = House(self.database, self.channel, self.library)
        runner._channels = {"fake": self.channel}
        self.house.runner = runner
        words = NoticeWords("https://gocua.test", ZONE)
        self.dispatcher = Dispatcher(self.database, self.house.signals, words, [ACCOUNT])
        self.sweeper = Sweeper(self.database, self.house.signals, dict)
        self.database.write_now(partial(self._reap))

    def _reap(self, connection: Connection) -> None:
        outbox.reap(connection, self.clock(), all_of_them=True)

    def _claim_groups(self, connection: Connection) -> None:
        codes = [f"g{number}" for number in range(GROUPS)]
        rows = [{"code": c, "area": NEAR, "channel": "zalo_bot", "name": c} for c in codes]
        groups.put(connection, rows)
        keeper = find(connection, "Anh Dũng")
        for code in codes:
            groups.claim(connection, code, f"fake:one:-{code}", keeper, self.clock())

    def _visits(self, chat: str) -> None:
        hour = self.chance.choices(range(24), BUSY)[0]
        minute = hour * 60 + self.chance.randrange(60)
        for _ in range(self.chance.randint(4, 12)):
            self.events[min(minute, MINUTES - 30)].append(chat)
            minute += self.chance.choice((0, 1, 1, 2, 4))

    # One minute

    async def minute(self, minute: int) -> None:
        self.clock.now = max(self.clock.now, self._begun + minute * MINUTE)
        writing = self.events.pop(minute, [])
        for chat in writing:
            self._write(chat)
        if self.doomed and writing:
            self.doomed = False
            await self.house.turn()
            self._die()
        self.channel.away = 10 * 60 <= minute < 10 * 60 + 15
        await self._work(self.clock.now + MINUTE)

    def set_clock(self, minutes: int) -> None:
        """As an operator does, or a machine that asks the time again."""
        self._begun += minutes * MINUTE
        self.clock.now += minutes * MINUTE

    def _write(self, chat: str) -> None:
        offer = self.channel.offered.get(chat)
        body: dict[str, object] = {"text": self.chance.choice(SAID) if offer else "chào"}
        if offer and self.chance.random() < 0.7:
            choice = self.chance.choice(offer.message.choices)
            body = {"choice": choice.id, "turn": offer.message.turn, "press": "p"}
        event = f"d{len(self.heard)}"
        self.heard.add(event)
        plain = orjson.dumps({"id": event, "chat": chat, **body}).decode()
        arrival = inbox.Arrival(*ACCOUNT, event, f"fake:one:{chat}", plain)
        times = 1 + (self.chance.random() < 0.05)  # platforms repeat themselves
        self.database.write_now(lambda one: inbox.add(one, [arrival] * times, self.clock()))

    async def _work(self, until: int) -> None:
        await self.house.turn()
        while await self.callers.carer.once() or await self.callers.line.once():
            await self.house.turn()
        while await self.dispatcher.once():
            pass
        self.sweeper._seen = 0, 0.0  # this clock runs ahead of every other
        self.database.write_now(partial(self.sweeper._once, sweeps=1))
        await self._deliver(until)

    async def _deliver(self, until: int) -> None:
        """What falls due in this minute. The clock stands while a message is on its way."""
        sender = self.house.sender
        while self.clock.now < until and not await self.house.nothing_due():
            await sender._round()
            await asyncio.gather(*sender._running)
            self.clock.advance(1)

    # What goes wrong, and what officials do

    def _die(self) -> None:
        """Killed after the platform took a message and before that was written down."""
        room, terms = claims.Room(1, 1), self.house.sender._terms()
        claimed = self.database.write_now(
            lambda one: claims.claim(one, ACCOUNT, "9", self.clock(), room, terms)
        )
        for one in claimed:
            self.channel.given.append((self.clock(), outgoing(one)))
        self.died += len(claimed)
        self._start_process()

    def announce(self, follows: int = 0) -> None:
        content = replace(CONTENT, areas=(COMMUNE,))

        def work(connection: Connection) -> int:
            if follows:
                words = "Thứ bảy mới cắt điện."
                made = service.correct(
                    connection, AUTHOR, self.clock(), follows, Kind.UPDATE, words
                )
            else:
                made = service.compose(connection, AUTHOR, self.clock(), content)
            many, _ = service.submit(connection, AUTHOR, self.clock(), made)
            kept = announcements.get(connection, made)
            assert kept
            service.approve(connection, APPROVER, self.clock(), made, kept.digest, many)
            return made

        self.notices.append(self.database.write_now(work))
