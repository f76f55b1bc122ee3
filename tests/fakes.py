"""The few stand-ins of the test suite: one clock and one channel."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from bot.channels.base import (
    Intake,
    Limits,
    MalformedError,
    NotSent,
    Outgoing,
    Press,
    Received,
    Sent,
    UnfetchedError,
    decoded,
)
from bot.core.address import Address
from bot.core.events import ChoiceMade, Event, GuideStarted, MediaReceived, TextReceived
from bot.core.secrets import Secret
from storage.database import SECOND


@dataclass
class Clock:
    """Microseconds; moves only when told to."""

    now: int = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@dataclass
class FakeChannel:
    """Remembers what was sent and can be told how to fail."""

    name: str = "fake"
    account: str = "one"
    limits: Limits = field(default_factory=lambda: Limits(4000, 1000, 100, 60, 1000, 1000))
    unverified: int = 403
    interval: int = 0
    sent: list[Outgoing] = field(default_factory=list)
    answers: list[Sent | NotSent] = field(default_factory=list)
    pictures: dict[str, bytes | Exception] = field(default_factory=dict)
    poison: str = "poison"
    prepared: list[str] = field(default_factory=list)
    on_send: Callable[[Outgoing], None] | None = None
    _held: str = ""
    _let_go: asyncio.Event | None = None

    def hold(self, chat: str = "") -> asyncio.Event:
        """No message is answered, or none of this chat, until the event is set."""
        self._held, self._let_go = chat, asyncio.Event()
        return self._let_go

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        return headers.get("x-fake") == "right" and bool(body)

    def intake(self, body: bytes) -> Intake:
        plain = decoded(body)
        if "id" not in plain:
            raise MalformedError("no-id")
        address = Address(self.name, self.account, str(plain["chat"]))
        return Intake(str(plain["id"]), address, body.decode())

    def parse(self, stored: str, secrets: frozenset[Secret]) -> Received:
        plain = orjson.loads(stored)
        address = Address(self.name, self.account, str(plain["chat"]))
        press = Press(plain["press"], "1") if "press" in plain else None
        if plain.get("text") == self.poison:
            raise RuntimeError("poison")
        at, near = plain.get("at", 0), address.id if "at" in plain else ""
        event, origin = _event(plain, secrets), str(plain.get("origin", ""))
        return Received(address, event, press, at, near, origin=origin)

    def chat_interval(self, chat: str) -> int:
        return self.interval

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        if self._let_go and self._held in ("", outgoing.address.id):
            await self._let_go.wait()
        if self.on_send:
            self.on_send(outgoing)
        answer = self.answers.pop(0) if self.answers else Sent(f"m{outgoing.id}")
        if isinstance(answer, Sent):
            self.sent.append(outgoing)
        return answer

    async def fetch(self, reference: str) -> bytes:
        found = self.pictures.get(reference, UnfetchedError("away"))
        if isinstance(found, Exception):
            raise found
        return found

    async def prepare(self, hook: str) -> None:
        self.prepared.append(hook)

    async def close(self) -> None:
        return

    def texts(self, chat: str) -> list[str]:
        return [one.message.text for one in self.sent if one.address.id == chat]


def _event(plain: Mapping[str, object], secrets: frozenset[Secret]) -> Event:
    if "forwarded" in plain:
        said = TextReceived(str(plain["forwarded"]), secrets, forwarded=True)
        return said if plain["kind"] == "text" else MediaReceived(str(plain["kind"]), said)
    if "choice" in plain:
        return ChoiceMade(str(plain["choice"]), int(str(plain["turn"])))
    if "media" in plain:
        caption = TextReceived(str(plain["text"]), secrets) if plain.get("text") else None
        return MediaReceived(str(plain["media"]), caption, str(plain.get("reference", "")))
    if "start" in plain:
        return GuideStarted(str(plain["start"]))
    return TextReceived(str(plain["text"]), secrets)
