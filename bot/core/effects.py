"""What a turn wants done. The runner turns each into rows of one transaction."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.guide import Choice, Picture


@dataclass(frozen=True, slots=True)
class Message:
    """Channel-free: plain text, buttons in order, at most one picture, recording and document.

    Where both do not go into one message the picture goes first; who asks to listen is
    given the recording alone. `replaces` is what the platform calls an earlier message whose
    place this one takes. `document` is the path of a PDF or Word file; beside a picture or
    recording only its address is written.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    turn: int = 0
    picture: Picture | None = None
    voice: str = ""
    replaces: str = ""
    document: str = ""


class Purpose(StrEnum):
    """What a resident may agree to, each on its own."""

    GUIDES = "guides"
    NEWS = "news"


class Outcome(StrEnum):
    STARTED = "started"
    DONE = "done"
    STUCK = "stuck"
    TROUBLE = "trouble"
    RIGHT = "right"
    WRONG = "wrong"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Say:
    message: Message


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The press was heard but needs no new message (a button pressed twice)."""


@dataclass(frozen=True, slots=True)
class RecordProgress:
    """`item` is a step, trouble or question id; empty for the guide as a whole."""

    guide: str
    revision: str
    item: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """`version` is a digest of the exact words that were agreed to or refused."""

    purpose: Purpose
    granted: bool
    version: str


@dataclass(frozen=True, slots=True)
class CallTeam:
    """A person is wanted; guide and item say where, empty outside a guide."""

    guide: str
    item: str


class Danger(StrEnum):
    SCAM = "scam"  # somebody else's message looked like one
    LOSS = "loss"  # they were cheated already


@dataclass(frozen=True, slots=True)
class RecordWarning:
    """A resident was warned; nothing of what they wrote is kept."""

    danger: Danger


Recorded = RecordProgress | RecordConsent | RecordWarning | CallTeam
Effect = Say | Acknowledge | Recorded
