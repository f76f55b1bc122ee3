"""Which picture a step with a described screen has. Drawing it is bot/paper's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from bot.core.guide import Guide, GuideStep, Picture, Screen

FOLDER = "the/"


@dataclass(frozen=True, slots=True)
class Card:
    """All that is seen on a drawn picture; the same card has the same path for good."""

    guide: str
    screen: Screen

    @property
    def path(self) -> str:
        screen = self.screen
        seen = (self.guide, screen.press, screen.title)
        digest = sha256("\n".join((*seen, *screen.items)).encode()).hexdigest()
        return f"{FOLDER}{digest[:16]}.png"


def cards(guide: Guide) -> Iterator[Card]:
    """One for each step that describes a screen, in order."""
    for step in guide.steps:
        if step.screen:
            yield Card(guide.button, step.screen)


def with_cards(guide: Guide) -> Guide:
    """A step without a picture of its own gets its card."""
    steps = tuple(
        replace(step, picture=step.picture or _drawn(guide, step)) for step in guide.steps
    )
    return replace(guide, steps=steps)


def _drawn(guide: Guide, step: GuideStep) -> Picture | None:
    screen = step.screen
    return Picture(Card(guide.button, screen).path, screen.alt) if screen else None
