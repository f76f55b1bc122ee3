"""What every channel is: the one protocol, its values and its closed set of failures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import orjson

from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import Event, Notice
from bot.core.guide import Choice, Picture
from bot.core.secrets import Secret, mask

MOST_FETCHED = 10 * 2**20  # bytes of a picture somebody sends
_DEEPEST = 32
_NUMBERS = (int, float, bool, type(None))


class MalformedError(ValueError):
    """A body that is not what its platform sends. Carries a code, never content."""


@dataclass(frozen=True, slots=True)
class Limits:
    """In characters, buttons per message, and microseconds between two messages.

    `reply_interval` and `other_interval` hold for the whole account; with `shared` both
    draw on one budget; `per_second` is what the platform counts at most in any second, 0
    where it does not. `burst` microseconds' worth may leave at once after a pause.
    `window`: how long a person may be written to after being near, 0 for always.
    `receipts`: the platform tells when a message was delivered or seen. `voice`: it takes
    recordings, `documents`: files; where it does not, their public address is written.
    `rings`: a message makes itself heard; where it does not, it only waits until the person
    looks. `edits`: it changes messages that stand in a chat already. `at_once`: how many calls may
    be under way, besides those kept for replies; after a crash each of them is a doubt.
    """

    text: int
    caption: int
    choices: int
    label: int
    reply_interval: int
    other_interval: int
    shared: bool = False
    per_second: int = 0
    burst: int = 100_000
    window: int = 0
    receipts: bool = False
    voice: bool = False
    rings: bool = True
    documents: bool = False
    edits: bool = False
    at_once: int = 96


@dataclass(frozen=True, slots=True)
class Intake:
    """One event as it is stored before anyone is told "received". `body` is masked; `at` is
    the platform's own time of it in microseconds, 0 when events come in order."""

    event_id: str
    address: Address
    body: str
    secrets: frozenset[Secret] = frozenset()
    at: int = 0


@dataclass(frozen=True, slots=True)
class Press:
    """What a channel needs to show a button as pressed: its own ids."""

    ack: str
    message: str


@dataclass(frozen=True, slots=True)
class Received:
    """`at` as in Intake. `near` is the chat of the person who came near the account by it,
    where the platform counts that; `author` the platform's id of who did it in a group;
    `origin` a keyed digest of the place of the internet a code came from, where that is known."""

    address: Address
    event: Event | Notice
    press: Press | None = None
    at: int = 0
    near: str = ""
    author: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """`reference` is what the platform calls it once uploaded, else empty."""

    path: Path
    alt: str
    digest: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """A recording or document; `reference` as a picture's."""

    path: Path
    digest: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One ledger row about to be sent. A message without text only shows the press.

    `part` says how many calls of this row were accepted already, `before` what became of
    the attempt before this one.
    """

    id: int
    address: Address
    message: Message
    press: Press | None = None
    picture: PictureFile | None = None
    part: int = 0
    before: str = ""
    voice: VoiceFile | None = None
    document: VoiceFile | None = None


class Failure(StrEnum):
    """Every way a send can fail, by what it means for the ledger."""

    UNREACHABLE = "unreachable"  # the platform was not reached: certainly not sent
    AGAIN = "again"  # one call of several is done: go on at once
    THROTTLED = "throttled"  # refused for now, with a time to wait
    TEMPORARY = "temporary"  # refused by a fault on their side
    PERMANENT = "permanent"  # this message will never be accepted
    HELD = "held"  # not now: kept until the person writes, or until a time
    GONE = "gone"  # this chat cannot be written to any more
    MOVED = "moved"  # this chat has a new id
    DOUBT = "doubt"  # the answer was lost: nobody can know
    REJECTED = "rejected"  # our token or account is refused


@dataclass(frozen=True, slots=True)
class Sent:
    """`reference` is the platform's message id; `picture` what it calls the upload, which may
    be a recording as well."""

    reference: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """`code` is a short slug without content; `retry_after` is in seconds.

    `picture` is what the platform now calls the upload, "" that it forgot it; `part` how
    many calls of the row are accepted so far.
    """

    failure: Failure
    code: str
    retry_after: float = 0
    moved_to: str = ""
    picture: str | None = None
    part: int = 0


class UnfetchedError(Exception):
    """A picture that cannot be had. Carries "too-large" or "away"."""


class Channel(Protocol):
    """A platform account. All but `send`, `fetch` and `prepare` are pure, but for counting."""

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def limits(self) -> Limits: ...

    @property
    def unverified(self) -> int:
        """The HTTP status for a body that `verify` refuses."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the platform itself sent this; constant time."""
        ...

    def intake(self, body: bytes) -> Intake:
        """Cheap: ids and masking only. Raises MalformedError."""
        ...

    def parse(self, stored: str, secrets: frozenset[Secret]) -> Received:
        """A stored body as an event. Raises MalformedError."""
        ...

    def chat_interval(self, chat: str) -> int:
        """Microseconds between two messages to one chat."""
        ...

    async def send(self, outgoing: Outgoing) -> Sent | NotSent: ...

    async def fetch(self, reference: str) -> bytes:
        """A picture that was sent to the account. Raises UnfetchedError."""
        ...

    async def prepare(self, hook: str) -> None:
        """Tells the platform where to call; may raise anything, is tried again."""
        ...

    async def close(self) -> None: ...


def masked(
    value: object, kept: frozenset[str], blank: frozenset[str]
) -> tuple[object, set[Secret]]:
    """A decoded body with every secret masked in every text.

    Values under `kept` keys are ids and stay; texts under `blank` keys are emptied.
    """
    found: set[Secret] = set()

    def clean(part: object, depth: int) -> object:
        if depth > _DEEPEST:
            raise MalformedError("too-deep")
        if isinstance(part, str):
            text, kinds = mask(part)
            found.update(kinds)
            return text
        if isinstance(part, dict):
            return {
                key: one if type(one) in _NUMBERS else clean_field(key, one, depth + 1)
                for key, one in part.items()
            }
        return [clean(one, depth + 1) for one in part] if isinstance(part, list) else part

    def clean_field(key: str, part: object, depth: int) -> object:
        if key in blank and isinstance(part, str):
            return ""
        return part if key in kept and _plain(part) else clean(part, depth)

    return clean(value, 0), found


def _plain(part: object) -> bool:
    """An id or a list of ids."""
    return isinstance(part, str) or (
        isinstance(part, list) and all(isinstance(one, str) for one in part)
    )


def decoded(body: bytes) -> dict[str, object]:
    """A JSON object, or MalformedError for anything else."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedError("not-json") from error
    if not isinstance(value, dict):
        raise MalformedError("not-an-object")
    return value


def packed(message: Message, press: Press | None = None) -> str:
    """A message as the ledger keeps it, pinned for good."""
    plain = {
        "text": message.text,
        "choices": [{"id": choice.id, "label": choice.label} for choice in message.choices],
        "turn": message.turn,
        "picture": message.picture,
        "voice": message.voice,
        "replaces": message.replaces,
        "document": message.document,
        "press": press,
    }
    return orjson.dumps(plain).decode()


def unpacked(content: str) -> tuple[Message, Press | None]:
    plain = orjson.loads(content)
    picture, press = plain["picture"], plain["press"]
    message = Message(
        plain["text"],
        tuple(Choice(**choice) for choice in plain["choices"]),
        plain["turn"],
        Picture(**picture) if picture else None,
        plain.get("voice", ""),
        plain.get("replaces", ""),
        plain.get("document", ""),
    )
    return message, Press(**press) if press else None
