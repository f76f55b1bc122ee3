"""An approved announcement and the machinery that sends it, one step at a time."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from fakes import Clock
from house_of import House
from sqlalchemy import Connection, text
from village import NEAR, find, plant

from bot.core.announcement import Content, Kind, Way
from bot.core.rights import Actor, Grant, Role
from bot.dispatch import Dispatcher
from bot.notice_words import NoticeWords
from bot.services import announcements as service
from storage import announcements, groups, links, people, recipients
from storage.announcements import Kept
from storage.database import SECOND

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
AUTHOR = Actor(1001, "test", (Grant(Role.AUTHOR, ""), Grant(Role.APPROVER, "")))
APPROVER = Actor(1002, "test", (Grant(Role.APPROVER, ""),))
CONTENT = Content("Thứ sáu cắt điện.", areas=("*",), ways=tuple(Way), channels=("fake",))
MORNING = int(datetime(2027, 1, 15, 9, tzinfo=ZONE).timestamp()) * SECOND


class Office:
    """An approved announcement and the machinery that sends it, one step at a time."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock, self.database = house, clock, house.database
        words = NoticeWords("https://gocua.test", ZONE)
        self.dispatcher = Dispatcher(self.database, house.signals, words, [("fake", "one")])
        clock.now = MORNING
        self.database.write_now(self._village)

    def _village(self, connection: Connection) -> None:
        """A group the bot is in, a relay group kept by Anh Dũng, three residents."""
        plant(connection)
        keeper = find(connection, "Anh Dũng")
        kinds = {"g1": "fake", "g2": "relay", "g3": "telegram"}
        rows = [
            {"code": code, "area": NEAR, "channel": kind, "name": f"Nhóm {code}"}
            for code, kind in kinds.items()
        ]
        groups.put(connection, rows)
        connection.execute(text("UPDATE group_chat SET channel = 'zalo_bot' WHERE code = 'g1'"))
        groups.claim(connection, "g1", "fake:one:-1", keeper, self.clock())
        groups.claim(connection, "g2", "", keeper, self.clock())
        groups.claim(connection, "g3", "telegram:9:-9", keeper, self.clock())
        people.see(connection, {"fake:one:dung": "fake"}, self.clock())
        links.link(connection, "fake:one:dung", keeper, self.clock())
        for name in ("p1", "p2", "p3"):
            self.consent(connection, name, granted=True)

    def consent(self, connection: Connection, name: str, *, granted: bool) -> None:
        address = f"fake:one:{name}"
        people.see(connection, {address: "fake"}, self.clock())
        row = {"address": address, "person": 0, "purpose": "news", "granted": granted}
        more = {"version": "v", "recorder": "self", "at": self.clock()}
        people.record_consents(connection, [row | more])

    def approved(self, content: Content = CONTENT, **more: object) -> int:
        def work(connection: Connection) -> int:
            number = service.compose(connection, AUTHOR, self.clock(), content)
            return self._approve(connection, number)

        return self.database.write_now(work)

    def _approve(self, connection: Connection, number: int) -> int:
        many, _ = service.submit(connection, AUTHOR, self.clock(), number)
        kept = announcements.get(connection, number)
        assert kept
        service.approve(connection, APPROVER, self.clock(), number, kept.digest, many)
        return number

    def corrected(self, number: int, kind: Kind, words: str) -> int:
        def work(connection: Connection) -> int:
            made = service.correct(connection, AUTHOR, self.clock(), number, kind, words)
            return self._approve(connection, made)

        return self.database.write_now(work)

    def do(self, work: Callable[[Connection], object]) -> None:
        self.database.write_now(work)

    async def steps(self) -> None:
        """The dispatcher alone, until it has nothing to do."""
        while await self.dispatcher.once():
            pass

    async def work(self) -> None:
        await self.steps()
        await self.house.deliver()
        await self.steps()

    def kept(self, number: int) -> Kept:
        found = self.database.read_now(lambda one: announcements.get(one, number))
        assert found
        return found

    def counts(self, number: int) -> dict[str, int]:
        """The states; their sum is the frozen audience, whenever it is looked at."""
        counts = self.database.read_now(lambda one: recipients.counts(one, number))
        assert sum(counts.values()) == self.kept(number).recipients
        return counts
