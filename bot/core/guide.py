"""What a guide is once read: immutable values. Reading files belongs to bot/library.py."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Choice:
    """One button. `words` are further ways of typing it; `go` jumps to a later step."""

    id: str
    label: str
    go: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """`path` is relative to guides/; `alt` says in words what the picture shows."""

    path: str
    alt: str


@dataclass(frozen=True, slots=True)
class Screen:
    """A phone screen in words: what it is called, what stands on it, what to press.

    A picture is drawn from it; `alt` says the same in one sentence.
    """

    title: str
    items: tuple[str, ...]
    press: str
    alt: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A usual difficulty at a step, with the answer that helps and other ways of saying it."""

    id: str
    label: str
    answer: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideStep:
    """Without choices of its own a step is left by "done"; with them, by taking one.

    `go` is where "done" leads, empty for the next step. `voice` is the path of a recording
    of the text, relative to guides/, or empty.
    """

    id: str
    text: str
    choices: tuple[Choice, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    picture: Picture | None = None
    safety: bool = False
    screen: Screen | None = None
    voice: str = ""
    go: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Tests the skill at the end. `right` is the id of the right answer."""

    id: str
    text: str
    answers: tuple[Choice, ...]
    right: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Guide:
    """One immutable version. `revision` is a digest of everything a resident reads.

    `follow_up` asks, a month later, whether it was used again; `needs` is what to have at
    hand; `requires` names guides to be done before; `called` is what people call it.
    """

    id: str
    revision: str
    title: str
    button: str
    intro: str
    steps: tuple[GuideStep, ...]
    questions: tuple[Question, ...]
    closing: str
    follow_up: str = ""
    audience: str = ""
    minutes: int = 0
    needs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    called: tuple[str, ...] = ()

    def step(self, item: str) -> GuideStep | None:
        return next((step for step in self.steps if step.id == item), None)

    def question(self, item: str) -> Question | None:
        return next((question for question in self.questions if question.id == item), None)

    def after(self, item: str) -> str:
        """The id that follows a step or question; empty after the last one."""
        ids = [*(step.id for step in self.steps), *(question.id for question in self.questions)]
        return [*ids, ""][ids.index(item) + 1] if item in ids else ids[0]

    def next(self, step: GuideStep) -> frozenset[str]:
        """Where a step may lead, whichever way it is left."""
        onwards = step.go or self.after(step.id)
        return frozenset(one.go or onwards for one in step.choices) or frozenset({onwards})

    def ahead(self, item: str) -> int:
        """How many steps may still follow, on the longest way."""
        longest: dict[str, int] = {}
        for step in reversed(self.steps):
            longest[step.id] = max(
                (1 + longest[one] for one in self.next(step) if one in longest), default=0
            )
        return longest[item]


class Phrase(StrEnum):
    """Every sentence the core itself may say; guides/messages.yaml holds the words."""

    WELCOME = "welcome"
    CONSENT = "consent"
    CONSENT_NEWS = "consent_news"
    DECLINED = "declined"
    MENU = "menu"
    INTRO = "intro"
    FIRST = "first"
    STEP = "step"
    STUCK = "stuck"
    STUCK_NO_LIST = "stuck_no_list"
    TEAM_CALLED = "team_called"
    TEAM_STUCK = "team_stuck"
    QUESTION = "question"
    RIGHT = "right"
    WRONG = "wrong"
    HINT = "hint"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    STILL_STOPPED = "still_stopped"
    NOT_UNDERSTOOD = "not_understood"
    OLD_BUTTON = "old_button"
    AT_FIRST = "at_first"
    HERE_AGAIN = "here_again"
    NOTHING_TO_RESUME = "nothing_to_resume"
    MEDIA = "media"
    SECRET = "secret"  # noqa: S105  # the name of a sentence
    UPDATED = "updated"
    EXPIRED = "expired"
    MANNER = "manner"
    MANNERS = "manners"
    GROUP = "group"
    NO_VOICE = "no_voice"
    FAILED = "failed"
    RESTS = "rests"
    UNSURE = "unsure"
    WANTED = "wanted"
    SMALL_TALK = "small_talk"
    STUCK_WHERE = "stuck_where"
    FORGET = "forget"
    CONTACT = "contact"
    SCAM = "scam"
    SCAM_THEN = "scam_then"
    SCAM_ASK = "scam_ask"
    SCAM_UNKNOWN = "scam_unknown"
    OFFICIAL = "official"
    LOSS = "loss"
    LOSS_FIRST = "loss_first"
    LOSS_THEN = "loss_then"


class Word(StrEnum):
    """What a resident may say at any time, by button or typed."""

    DONE = "xong"
    STUCK = "chua-duoc"
    PERSON = "gap-nguoi"
    STOP = "dung"
    BACK = "quay-lai"
    REPEAT = "xem-lai"
    LATER = "de-sau"
    RESUME = "lam-tiep"
    MENU = "bai-khac"
    START = "bat-dau"
    AGREE = "dong-y"
    REFUSE = "khong"
    OTHER = "viec-khac"
    MANNER = "xung-ho"
    LISTEN = "nghe"
    CHECK = "kiem-tra-lua-dao"
    FORGET = "xoa-du-lieu"
