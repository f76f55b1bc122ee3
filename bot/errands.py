"""What the service itself begins in somebody's chat: a row of the inbox like any other, so it
keeps its place among what the person says and happens once. No words here.
"""

from dataclasses import dataclass

import orjson

from bot.core.address import Address
from bot.core.events import Event, GuideStarted
from storage.inbox import OWN, Arrival


@dataclass(frozen=True, slots=True)
class Errand:
    """For which of the people of the chat; 0 for whoever holds it."""

    event: Event
    person: int


def start_guide(address: Address, person: int, guide: str, key: str, lead: str = "") -> Arrival:
    """Give to inbox.add. The same key again changes nothing. `lead` says from whom it is."""
    body = orjson.dumps({"guide": guide, "person": person, "lead": lead}).decode()
    return Arrival(address.channel, OWN, key, str(address), body)


def read(body: str) -> Errand:
    told = orjson.loads(body)
    event = GuideStarted(told["guide"], lead=told.get("lead", ""))
    return Errand(event, told["person"])
