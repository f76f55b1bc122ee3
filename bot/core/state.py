"""The state of one chat and the content it is about: plain values, no behaviour."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.core.guide import Guide, Phrase, Word
from bot.core.intents import Understanding
from bot.core.manner import Manners
from bot.core.scam import Scams


class Waiting(StrEnum):
    """What the resident was asked last."""

    NOTHING = "nothing"
    CONSENT = "consent"
    NEWS = "news"
    DECLINED = "declined"
    MENU = "menu"
    INTRO = "intro"
    STEP = "step"
    TROUBLE = "trouble"
    QUESTION = "question"
    OFFER = "offer"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Run:
    """One walk through one pinned version of a guide. `at` is empty at the introduction."""

    guide: str
    revision: str
    at: str = ""
    trail: tuple[str, ...] = ()
    stuck: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole state of one chat. `answered` is the choice that ended the turn before;
    `manner` is how the resident wants to be spoken to, empty for as written; `offered` is
    what a text may have been about, asked back in Waiting.OFFER."""

    waiting_for: Waiting = Waiting.NOTHING
    run: Run | None = None
    paused: tuple[Run, ...] = ()
    wanted: str = ""
    consents: tuple[str, ...] = ()
    turn: int = 0
    answered: str = ""
    manner: str = ""
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """How a word is shown on a button and in which ways it is typed."""

    label: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guides:
    """All content the core may use. `versions` holds every revision still in use; `expired`
    names guides whose review is overdue; `team` are those offered to members only."""

    current: Mapping[str, Guide]
    versions: Mapping[tuple[str, str], Guide]
    phrases: Mapping[Phrase, str]
    spoken: Mapping[Word, Spoken]
    particles: frozenset[str]
    prefixes: frozenset[str]
    numbers: tuple[tuple[str, ...], ...]
    manners: Manners
    understanding: Understanding
    scams: Scams
    expired: frozenset[str] = frozenset()
    team: Mapping[str, Guide] = field(default_factory=dict)

    def find(self, guide: str) -> Guide | None:
        """As it is now, for residents or for members."""
        return self.current.get(guide) or self.team.get(guide)

    def pinned(self, run: Run) -> Guide | None:
        return self.versions.get((run.guide, run.revision))


def to_plain(conversation: Conversation) -> dict[str, object]:
    """JSON-ready. `from_plain` reads it back, also from versions with fewer fields."""
    return asdict(conversation)


def from_plain(plain: Mapping[str, Any]) -> Conversation:
    """Raises TypeError or ValueError when the value was never a conversation."""
    run = plain.get("run")
    return Conversation(
        waiting_for=Waiting(plain.get("waiting_for", Waiting.NOTHING)),
        run=_run(run) if run else None,
        paused=tuple(map(_run, plain.get("paused", ()))),
        wanted=str(plain.get("wanted", "")),
        consents=tuple(plain.get("consents", ())),
        turn=int(plain.get("turn", 0)),
        answered=str(plain.get("answered", "")),
        manner=str(plain.get("manner", "")),
        offered=tuple(plain.get("offered", ())),
    )


def _run(plain: Mapping[str, Any]) -> Run:
    return Run(**{**plain, "trail": tuple(plain.get("trail", ()))})
