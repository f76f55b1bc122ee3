"""A small guide for tests of behaviour, so that wording may change without them."""

from dataclasses import replace

from bot.core.conversation import advance
from bot.core.effects import Effect, Say
from bot.core.events import ChoiceMade, Event, TextReceived
from bot.core.guide import Choice, Guide, GuideStep, Picture, Question, Trouble
from bot.core.state import Conversation, Guides, from_plain, to_plain

_QUESTIONS = tuple(
    Question(
        f"q{number}",
        f"Which of {number}?",
        (Choice("good", "The good one"), Choice("bad", "The bad one")),
        "good",
        f"Because {number}.",
    )
    for number in (1, 2)
)
SMALL = Guide(
    "small",
    "r1",
    "A small guide",
    "Small",
    "What it is for",
    (
        GuideStep(
            "which",
            "Which phone?",
            (Choice("android", "Android"), Choice("iphone", "iPhone", "apple", ("táo",))),
        ),
        GuideStep(
            "play",
            "Open Play",
            troubles=(Trouble("lost", "Not there", "Look again"), Trouble("full", "Full", "Tidy")),
            picture=Picture("small/play.png", "Play"),
        ),
        GuideStep("apple", "Open the other one", safety=True),
    ),
    _QUESTIONS,
    "Well done",
)
OTHER = replace(SMALL, id="other", title="Another guide", button="Other")


def with_small(guides: Guides, *older: Guide) -> Guides:
    """The real words with the small guides."""
    known = {(one.id, one.revision): one for one in (*older, SMALL, OTHER)}
    return replace(guides, current={"small": SMALL, "other": OTHER}, versions=known)


class Dialogue:
    """Speaks with the core; the state is serialised and reloaded between turns."""

    def __init__(self, guides: Guides) -> None:
        self.guides = guides
        self.state = Conversation()
        self.effects: tuple[Effect, ...] = ()

    def happens(self, event: Event) -> str:
        """What was said in answer, joined."""
        self.state = from_plain(to_plain(self.state))
        self.state, self.effects = advance(self.state, event, self.guides)
        return "\n".join(one.message.text for one in self.effects if isinstance(one, Say))

    def types(self, *texts: str) -> str:
        return [self.happens(TextReceived(text)) for text in texts][-1]

    def presses(self, choice: str) -> str:
        return self.happens(ChoiceMade(choice, self.state.turn))

    def offered(self) -> list[str]:
        said = [one.message for one in self.effects if isinstance(one, Say)]
        return [choice.id for choice in said[-1].choices] if said else []

    def agree(self) -> "Dialogue":
        self.types("xin chào", "đồng ý", "không")
        return self

    def at_step(self, *, guide: str = "1") -> "Dialogue":
        self.agree().types(guide, "bắt đầu")
        return self
