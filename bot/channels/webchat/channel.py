"""The web chat channel. Its platform is our own transcript, reached through `show`."""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256

import orjson

from bot.channels.base import (
    Intake,
    Limits,
    MalformedError,
    NotSent,
    Outgoing,
    Received,
    Sent,
    UnfetchedError,
    decoded,
    masked,
    packed,
)
from bot.core.address import Address
from bot.core.events import ChoiceMade, Event, GuideStarted, TextReceived
from bot.core.secrets import Secret

NAME = "webchat"
ACCOUNT = "web"
_IDS = frozenset({"id", "choice", "chat", "kind", "code", "origin"})
_LONGEST = 2000
Show = Callable[[int, Address, str], Awaitable[None]]


def chat_of(token: str) -> str:
    """The chat a browser's token opens. Only this digest is stored, so that reading the
    database opens nobody's chat."""
    return sha256(token.encode()).hexdigest()[:32]


class WebChat:
    """`show(delivery id, address, content as JSON)` puts a message into the transcript.

    A body is {"id": "…", "chat": "…", "kind": "text" | "choice" | "start", …}: the page
    makes it in this process, so `verify` refuses whatever comes from outside.
    """

    name = NAME
    account = ACCOUNT
    unverified = 403
    limits = Limits(
        text=4000,
        caption=4000,
        choices=100,
        label=80,
        reply_interval=100,
        other_interval=100,
        voice=True,
        rings=False,
    )

    def __init__(self, show: Show) -> None:
        self._show = show

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002
        return False

    def intake(self, body: bytes) -> Intake:
        """{"id": "a1", "chat": "0f…", "kind": "text", "text": "xong"}"""
        plain = decoded(body)
        event_id, chat = plain.get("id"), plain.get("chat")
        if not (isinstance(event_id, str) and isinstance(chat, str) and event_id and chat):
            raise MalformedError("no-id")
        if len(str(plain.get("text", ""))) > _LONGEST:
            raise MalformedError("too-long")
        clean, secrets = masked(plain, _IDS, frozenset())
        stored = orjson.dumps(clean).decode()
        return Intake(event_id, Address(NAME, ACCOUNT, chat), stored, frozenset(secrets))

    def parse(self, stored: str, secrets: frozenset[Secret]) -> Received:
        plain = decoded(stored.encode())
        address = Address(NAME, ACCOUNT, str(plain.get("chat")))
        origin = str(plain.get("origin", ""))
        return Received(address, _event(plain, secrets), origin=origin)

    def chat_interval(self, chat: str) -> int:  # noqa: ARG002
        return 0

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        if outgoing.message.text:
            await self._show(outgoing.id, outgoing.address, packed(outgoing.message))
        return Sent(str(outgoing.id))

    async def fetch(self, reference: str) -> bytes:  # noqa: ARG002
        raise UnfetchedError("away")  # the page takes no pictures

    async def prepare(self, hook: str) -> None:
        """Nobody has to be told."""

    async def close(self) -> None:
        """Nothing is held."""


def _event(plain: Mapping[str, object], secrets: frozenset[Secret]) -> Event:
    text = plain.get("text", "")
    match plain.get("kind"), plain.get("turn", -1):
        case "text", _ if isinstance(text, str):
            return TextReceived(text, secrets)
        case "choice", int(turn):
            return ChoiceMade(str(plain.get("choice", "")), turn)
        case "start", _ if isinstance(text, str):
            return GuideStarted(text, str(plain.get("code", "")))
    raise MalformedError("kind")
