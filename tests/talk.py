"""Readable dialogues over a whole service: who says what, and what is answered."""

from fakes import Clock, FakeChannel
from house_of import House
from office import MORNING, ZONE
from sqlalchemy import Connection
from village import find, plant

from bot.core.guide import Choice
from bot.desk.desk import MembersDesk
from bot.desk.words import DeskWords
from bot.library import Library
from bot.runner import Runner
from storage import links, people
from storage.database import Database


class Talk:
    """The village of tests/village.py, each of `phones` in a chat of their own, desks joined."""

    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self.clock, self.database, self.channel = clock, database, FakeChannel()
        clock.now = MORNING
        self.house = House(database, self.channel, library)
        self.words = DeskWords(ZONE)
        desk = MembersDesk(self.words, self.house.shelf)
        known = {self.channel.name: self.channel}
        self.house.runner = Runner(database, self.house.signals, known, self.house.shelf, [desk])
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

    async def says(self, chat: str, *texts: str) -> str:
        """One after the other; what came back in that chat, all of it."""
        known = len(self.channel.texts(chat))
        for text in texts:
            self.house.hear(chat, text=text)
            await self.house.all()
        return "\n".join(self.channel.texts(chat)[known:])

    async def presses(self, chat: str, label: str) -> str:
        """The newest button whose label has these words."""
        message, choice = self._offered(chat, label)
        known = len(self.channel.texts(chat))
        self.house.hear(chat, choice=choice.id, turn=message, press="p")
        await self.house.all()
        return "\n".join(filter(None, self.channel.texts(chat)[known:]))

    def _offered(self, chat: str, label: str) -> tuple[int, Choice]:
        for sent in reversed(self.channel.sent):
            for choice in sent.message.choices:
                if sent.address.id == chat and label in choice.label:
                    return sent.message.turn, choice
        raise LookupError(label)
