"""The village with everything beside the conversation, and people of both sides of a call."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from fakes import Clock
from office import ZONE
from sqlalchemy import Connection
from talk import Talk
from village import COMMUNE, NOW, find

from bot.beside import Beside
from bot.core.address import Address
from bot.core.rights import Actor, Role, terminal
from bot.help_porter import Porter
from bot.library import Library
from bot.people_words import PeopleWords
from bot.runner import Runner
from bot.services import persons as person_service
from bot.services import roles
from bot.settings import Settings
from bot.vault import Vault
from storage import calls, links, people, teams
from storage.calls import Request
from storage.database import SECOND, Database

_T = TypeVar("_T")


class Callers(Talk):
    """Everything that stands beside the conversation, joined as the service joins it."""

    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        super().__init__(database, clock, library)
        shelf, signals = self.house.shelf, self.house.signals
        settings = Settings(base_url="https://x.vn", timezone=str(ZONE))
        self.vault = Vault("word")
        self.people = PeopleWords(settings.base_url)
        beside = Beside(settings, shelf, self.vault)
        known = {self.channel.name: self.channel}
        heard, told = beside.desks(), beside.watchers()
        self.house.runner = Runner(database, signals, known, shelf, heard, told)
        self.carer = beside.carer(database, signals)
        self.line = beside.help_line(database, signals)
        self.porter = Porter(database, signals, known)

    def do(self, work: Callable[[Connection], _T]) -> _T:
        return self.database.write_now(work)

    def at(self, text: str) -> None:
        """Moves the clock to a local time."""
        moment = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        self.clock.now = int(moment.timestamp()) * SECOND

    async def work(self) -> None:
        await super().work()
        while await self.porter.once() or await self.line.once():
            await super().work()

    def last(self, chat: str) -> str:
        texts = [text for text in self.channel.texts(chat) if text]
        return texts[-1] if texts else ""

    def request(self, number: int = 1) -> Request:
        return self.do(lambda one: calls.get(one, [number]))[number]

    def actor(self, name: str) -> Actor:
        def work(connection: Connection) -> Actor:
            person = find(connection, name)
            return teams.actors(connection, [person], "fake")[person]

        return self.do(work)

    def person(self, name: str) -> int:
        return self.do(lambda one: find(one, name))

    def address(self, chat: str) -> Address:
        return Address("fake", "one", chat)

    def off_duty(self, name: str) -> None:
        self.do(lambda one: teams.set_duty(one, find(one, name), on_duty=False))

    def official(self, chat: str, role: Role = Role.OPERATOR) -> int:
        """Somebody of the commune with a chat."""

        def work(connection: Connection) -> int:
            number = person_service.official(connection, terminal(), NOW, "Chị Mai", COMMUNE)
            roles.appoint(connection, terminal(), NOW, number, role, COMMUNE)
            people.see(connection, {f"fake:one:{chat}": "fake"}, NOW)
            links.link(connection, f"fake:one:{chat}", number, NOW)
            return number

        return self.do(work)
