"""When people of a batch were near, for platforms that tell the time of what they send.

Such platforms do not keep events in order. What waits together is put in order by the inbox;
here it is judged what an event may still do that comes after a newer one was handled, or while
its chat rests because it wrote faster than it can be answered.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Self

from sqlalchemy import Connection

from bot.channels.base import Received
from bot.core.events import (
    ChoiceMade,
    DataWithdrawn,
    Event,
    GroupChanged,
    GuideStarted,
    Ignored,
    MediaReceived,
    Notice,
    PersonAnswered,
    ReachabilityChanged,
    TextReceived,
)
from bot.core.listen import ALWAYS
from storage import contacts, held
from storage.contacts import Contact
from storage.database import MINUTE
from storage.outbox import MOST_WAITING_PER_CHAT

HUMAN_STAYS = 30 * MINUTE
REST = MINUTE
_SPOKEN = (TextReceived, ChoiceMade, GuideStarted, MediaReceived)
_IN_ORDER = (
    *_SPOKEN,
    ReachabilityChanged,
    GroupChanged,
    DataWithdrawn,
)


@dataclass(slots=True)
class Meetings:
    now: int
    known: dict[str, Contact]
    changed: set[str] = field(default_factory=set)
    elsewhere: dict[str, int] = field(default_factory=dict)
    overrun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, connection: Connection, addresses: Collection[str], now: int) -> Self:
        return cls(now, contacts.load(connection, addresses))

    def met(self, received: Received) -> Event | Notice:
        """The event as it counts now, and remembers when its person was near."""
        address = str(received.address)
        before = self.known.get(address, Contact())
        if not (received.at or before.rests_until):
            return received.event
        event = judged(received, before, self.now)
        after = _after(before, received, self.now)
        if after != before:
            self.known[address] = after
            self.changed.add(address)
        if received.near not in ("", received.address.id):
            person = str(replace(received.address, id=received.near))
            self.elsewhere[person] = max(received.at, self.elsewhere.get(person, 0))
        return event

    def rest(self, address: str) -> None:
        """From now on little of what this chat writes counts, for a while; told once."""
        known = self.known.get(address, Contact())
        if known.rests_until <= self.now:
            self.known[address] = replace(known, rests_until=self.now + REST, rested=0)
            self.changed.add(address)
            self.overrun.add(address)

    def save(self, connection: Connection) -> None:
        """And lets go what was held for them until they would be near."""
        contacts.save(connection, {one: self.known[one] for one in self.changed})
        contacts.seen_near(connection, self.elsewhere.items())
        near = {one for one in self.changed if self.known[one].near_at}
        held.release(connection, near, self.now)
        held.free(connection, self.elsewhere, self.now)


def judged(received: Received, known: Contact, now: int) -> Event | Notice:
    """Late words, words said to a person of ours and those of a chat that rests only count when
    they ask to stop or for a person. A late button is judged by its turn; other late things
    change nothing, and so does whatever else comes from a chat that rests."""
    late = bool(received.at) and received.at < known.last_at
    human, rests = now < known.human_until, now < known.rests_until
    match received.event:
        case TextReceived() as said if late or human or rests:
            return replace(said, aside=True)
        case ChoiceMade(choice) if rests and choice not in ALWAYS:
            return Ignored("rests")
        case GuideStarted() | MediaReceived() if rests:
            return Ignored("rests")
        case MediaReceived() if human:
            return Ignored("to-a-person")
        case GuideStarted() | MediaReceived() | ReachabilityChanged() | GroupChanged() if late:
            return Ignored("late")
    return received.event


def _after(before: Contact, received: Received, now: int) -> Contact:
    after = before
    if now < before.rests_until and isinstance(received.event, _SPOKEN):
        after = _rested(before, now)
    if received.at and isinstance(received.event, _IN_ORDER):
        after = replace(after, last_at=max(after.last_at, received.at))
    if received.near == received.address.id:
        after = replace(after, near_at=max(after.near_at, min(received.at, now)))
    if isinstance(received.event, PersonAnswered):
        until = min(received.at, now) + HUMAN_STAYS
        return replace(after, human_until=max(after.human_until, until))
    if isinstance(received.event, ChoiceMade):
        return replace(after, human_until=0)
    return after


def _rested(known: Contact, now: int) -> Contact:
    """Who goes on as before rests on, without a word; who asks once or twice is heard in time."""
    if known.rested < MOST_WAITING_PER_CHAT:
        return replace(known, rested=known.rested + 1)
    return replace(known, rests_until=now + REST, rested=0)
