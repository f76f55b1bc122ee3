"""Readable dialogues over a whole service: who says what, and what is answered."""

from datetime import timedelta

from fakes import Clock, FakeChannel
from house_of import House
from office import MORNING, ZONE
from sqlalchemy import Connection
from village import find, plant
from walk import right_answer

from bot.care.carer import Carer
from bot.care.letters import Letters
from bot.care.strangers import StrangerWatcher
from bot.care.watch import CareWatcher
from bot.core.guide import Choice
from bot.core.reminding import Calendar
from bot.desk.desk import MembersDesk
from bot.desk.used import UsedDesk
from bot.desk.words import DeskWords
from bot.holidays import days_off
from bot.library import Library
from bot.runner import Runner
from storage import links, people
from storage.database import Database

_MOST_STEPS = 60


class Talk:
    """The village of tests/village.py, each of `phones` in a chat of their own, desks joined."""

    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self.clock, self.database, self.channel = clock, database, FakeChannel()
        clock.now = MORNING
        self.house = House(database, self.channel, library)
        self.calendar = Calendar(ZONE, days_off())
        self.words = DeskWords(self.calendar)
        desk = MembersDesk(self.words, self.house.shelf)
        self.house.runner = Runner(
            database,
            self.house.signals,
            {self.channel.name: self.channel},
            self.house.shelf,
            [UsedDesk(self.words, self.house.shelf), desk],
            [CareWatcher(self.calendar), StrangerWatcher(self.calendar)],
        )
        letters = Letters(self.words, self.house.shelf, self.calendar)
        self.carer = Carer(database, self.house.signals, letters, self.calendar)
        database.write_now(plant)

    def phones(self, **chats: str) -> None:
        """Chat -> whose it is, or who shares it, the owner first: "Chị Hoa, Bà Năm"."""

        def work(connection: Connection) -> None:
            for chat, names in chats.items():
                address = f"fake:one:{chat}"
                people.see(connection, {address: "fake"}, self.clock())
                for name in names.split(", "):
                    links.link(connection, address, find(connection, name), self.clock())

        self.database.write_now(work)

    async def work(self) -> None:
        """Turns, what follows from them, and everything that is due now."""
        await self.house.turn()
        while await self.carer.once():
            await self.house.turn()
        await self.house.deliver()

    async def later(self, *, step: float = 1, **time: float) -> None:
        """Time goes by, `step` hours at a time, and whatever falls due in it is done."""
        rest = timedelta(**time).total_seconds()
        while rest > 0:
            self.clock.advance(min(rest, step * 3600))
            rest -= step * 3600
            await self.work()

    async def finishes(self, chat: str, guide: str) -> None:
        """From wherever they are to the end of a guide they are in, by the right answers."""
        found = self.house.shelf.guides.current[guide]

        def ends() -> int:
            return sum(found.closing in text for text in self.channel.texts(chat))

        known = ends()
        for _ in range(_MOST_STEPS):
            await self.presses_id(chat, right_answer(self._offers(chat), found))
            if ends() != known:
                return
        raise AssertionError(self.channel.texts(chat)[-1])

    def _offers(self, chat: str) -> list[str]:
        sent = [one for one in self.channel.sent if one.address.id == chat and one.message.choices]
        return [choice.id for choice in sent[-1].message.choices] if sent else []

    async def presses_id(self, chat: str, choice: str) -> None:
        sent = [one for one in self.channel.sent if one.address.id == chat and one.message.choices]
        self.clock.advance(1)
        self.house.hear(chat, choice=choice, turn=sent[-1].message.turn, press="p")
        await self.work()

    async def says(self, chat: str, *texts: str) -> str:
        """One after the other; what came back in that chat, all of it."""
        known = len(self.channel.texts(chat))
        for text in texts:
            self.clock.advance(1)
            self.house.hear(chat, text=text)
            await self.work()
        return "\n".join(self.channel.texts(chat)[known:])

    async def presses(self, chat: str, label: str) -> str:
        """The newest button whose label has these words."""
        message, choice = self._offered(chat, label)
        known = len(self.channel.texts(chat))
        self.clock.advance(1)
        self.house.hear(chat, choice=choice.id, turn=message, press="p")
        await self.work()
        return "\n".join(filter(None, self.channel.texts(chat)[known:]))

    def _offered(self, chat: str, label: str) -> tuple[int, Choice]:
        for sent in reversed(self.channel.sent):
            for choice in sent.message.choices:
                if sent.address.id == chat and label in choice.label:
                    return sent.message.turn, choice
        raise LookupError(label)
