"""What the service itself begins in somebody's chat: a row of the inbox like any other, so it
keeps its place among what the person says and happens once. No words here.
"""

from collections.abc import Collection
from dataclasses import dataclass

import orjson

from bot.core.address import Address
from bot.core.effects import Purpose
from bot.core.events import Event, GuideStarted
from storage.inbox import OWN, Arrival


@dataclass(frozen=True, slots=True)
class Errand:
    """For which of the people of the chat; 0 for whoever holds it."""

    event: Event
    person: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What somebody took back in another chat of theirs, or by word of mouth."""

    purposes: tuple[Purpose, ...]
    person: int


def start_guide(address: Address, person: int, guide: str, key: str, lead: str = "") -> Arrival:
    """Give to inbox.add. The same key again changes nothing. `lead` says from whom it is."""
    body = orjson.dumps({"guide": guide, "person": person, "lead": lead}).decode()
    return Arrival(address.channel, OWN, key, str(address), body)


def take_back(address: Address, person: int, purposes: Collection[Purpose], now: int) -> Arrival:
    """What was withdrawn elsewhere just now, for the conversation of this chat."""
    taken = sorted(purposes)
    body = orjson.dumps({"withdrawn": taken, "person": person}).decode()
    key = f"taken-back:{address}:{person}:{'+'.join(taken)}:{now}"
    return Arrival(address.channel, OWN, key, str(address), body)


def read(body: str) -> Errand | Withdrawn:
    told = orjson.loads(body)
    if purposes := told.get("withdrawn"):
        return Withdrawn(tuple(map(Purpose, purposes)), told["person"])
    event = GuideStarted(told["guide"], lead=told.get("lead", ""))
    return Errand(event, told["person"])
