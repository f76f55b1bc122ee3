"""When people of a batch were near, for platforms that tell the time of what they send.

Such platforms do not keep events in order. What waits together is put in order by the inbox;
here it is judged what an event may still do that comes after a newer one was handled.
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
from storage import contacts, held
from storage.contacts import Contact
from storage.database import MINUTE

HUMAN_STAYS = 30 * MINUTE
_IN_ORDER = (
    TextReceived,
    ChoiceMade,
    GuideStarted,
    MediaReceived,
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

    @classmethod
    def of(cls, connection: Connection, addresses: Collection[str], now: int) -> Self:
        return cls(now, contacts.load(connection, addresses))

    def met(self, received: Received) -> Event | Notice:
        """The event as it counts now, and remembers when its person was near."""
        if not received.at:
            return received.event
        address = str(received.address)
        before = self.known.get(address, Contact())
        event = judged(received, before, self.now)
        after = _after(before, received, self.now)
        if after != before:
            self.known[address] = after
            self.changed.add(address)
        if received.near not in ("", received.address.id):
            person = str(replace(received.address, id=received.near))
            self.elsewhere[person] = max(received.at, self.elsewhere.get(person, 0))
        return event

    def save(self, connection: Connection) -> None:
        """And lets go what was held for them until they would be near."""
        contacts.save(connection, {one: self.known[one] for one in self.changed})
        contacts.seen_near(connection, self.elsewhere.items())
        near = {one for one in self.changed if self.known[one].near_at}
        held.release(connection, near, self.now)
        held.free(connection, self.elsewhere, self.now)


def judged(received: Received, known: Contact, now: int) -> Event | Notice:
    """Late words, and words said to a person of ours, only count when they ask to stop or for
    a person. A late button is judged by its turn; other late things change nothing."""
    late, human = received.at < known.last_at, now < known.human_until
    match received.event:
        case TextReceived() as said if late or human:
            return replace(said, aside=True)
        case MediaReceived() if human:
            return Ignored("to-a-person")
        case GuideStarted() | MediaReceived() | ReachabilityChanged() | GroupChanged() if late:
            return Ignored("late")
    return received.event


def _after(before: Contact, received: Received, now: int) -> Contact:
    after = before
    if isinstance(received.event, _IN_ORDER):
        after = replace(after, last_at=max(after.last_at, received.at))
    if received.near == received.address.id:
        after = replace(after, near_at=max(after.near_at, min(received.at, now)))
    if isinstance(received.event, PersonAnswered):
        until = min(received.at, now) + HUMAN_STAYS
        return replace(after, human_until=max(after.human_until, until))
    if isinstance(received.event, ChoiceMade):
        return replace(after, human_until=0)
    return after
