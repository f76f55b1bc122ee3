"""Whose turn it is: which person's conversation a chat's next event belongs to.

Several people share a phone; each has a conversation, progress and consents of their own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import conversations, links
from storage.conversations import Kept
from storage.database import MINUTE

IDLE = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class Seats:
    """Who uses some chats and whom each works for, as of one moment."""

    kept: Mapping[tuple[str, int], Kept]
    profiles: Mapping[str, Sequence[links.Profile]]
    acting: Mapping[str, int]

    def owner(self, address: str) -> int:
        """0 while nobody is known here."""
        people = self.profiles.get(address, ())
        return people[0].person if people else 0

    def person(self, address: str, now: int) -> int:
        """After half an hour of silence the phone is its owner's again."""
        other = self.acting.get(address, 0)
        last = self.kept.get((address, other))
        if not other or not last or last.updated_at < now - IDLE:
            return self.owner(address)
        return other


def look(connection: Connection, addresses: Collection[str]) -> Seats:
    return Seats(
        conversations.load(connection, addresses),
        links.profiles(connection, addresses),
        links.acting(connection, addresses),
    )
