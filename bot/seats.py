"""Whose turn it is: which person's conversation a chat's next event belongs to.

Several people share a phone; each has a conversation, progress and consents of their own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

import orjson
from sqlalchemy import Connection

from storage import calls, conversations, links
from storage.conversations import Kept
from storage.database import MINUTE

IDLE = 30 * MINUTE
_UNUSED = (0, "")


@dataclass(frozen=True, slots=True)
class Question:
    """What a desk asked and the choices it offered; `about` is the desk's own word for it. It
    stands until there is talk of something else, or for as long as it `lasts`."""

    about: str
    at: int
    offered: Sequence[str]
    lasts: int = IDLE

    @classmethod
    def read(cls, content: str) -> Self:
        return cls(**orjson.loads(content))

    def content(self) -> str:
        return orjson.dumps(asdict(self)).decode()


@dataclass(frozen=True, slots=True)
class Seats:
    """Who uses some chats and whom each works for, as of one moment."""

    kept: Mapping[tuple[str, int], Kept]
    profiles: Mapping[str, Sequence[links.Profile]]
    uses: Mapping[str, tuple[int, str]]
    talks: Sequence[calls.Talk] = ()

    def owner(self, address: str) -> int:
        """0 while nobody is known here."""
        people = self.profiles.get(address, ())
        return people[0].person if people else 0

    def question(self, address: str, now: int) -> Question | None:
        """What was asked here besides the guides, unless there was talk of them since."""
        if not (content := self.uses.get(address, _UNUSED)[1]):
            return None
        question = Question.read(content)
        spoken = [kept.updated_at for (chat, _), kept in self.kept.items() if chat == address]
        void = question.at < max([now - question.lasts, *spoken])
        return None if void else question

    def person(self, address: str, now: int) -> int:
        """After half an hour of silence the phone is its owner's again."""
        other = self.uses.get(address, _UNUSED)[0]
        last = self.kept.get((address, other))
        if not other or not last or last.updated_at < now - IDLE:
            return self.owner(address)
        return other


def look(connection: Connection, addresses: Collection[str]) -> Seats:
    profiles = links.profiles(connection, addresses)
    owners = [people[0].person for people in profiles.values()]
    return Seats(
        conversations.load(connection, addresses),
        profiles,
        links.uses(connection, addresses),
        calls.talks(connection, addresses, owners),
    )
