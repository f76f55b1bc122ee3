"""Which picture a step with a described screen has. Drawing it is bot/paper's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from bot.core.guide import Guide, Picture, Screen

FOLDER = "the/"


@dataclass(frozen=True, slots=True)
class Card:
    """All that is seen on a drawn picture; the same card has the same path for good."""

    guide: str
    step: int
    total: int
    screen: Screen

    @property
    def path(self) -> str:
        screen = self.screen
        seen = (self.guide, str(self.step), str(self.total), screen.press, screen.title)
        digest = sha256("\n".join((*seen, *screen.items)).encode()).hexdigest()
        return f"{FOLDER}{digest[:16]}.png"


def cards(guide: Guide) -> Iterator[Card]:
    """One for each step that describes a screen, in order."""
    for place, step in enumerate(guide.steps, 1):
        if step.screen:
            yield Card(guide.button, place, len(guide.steps), step.screen)


def with_cards(guide: Guide) -> Guide:
    """A step without a picture of its own gets its card."""
    drawn = {card.step: Picture(card.path, card.screen.alt) for card in cards(guide)}
    steps = (
        replace(step, picture=step.picture or drawn.get(place))
        for place, step in enumerate(guide.steps, 1)
    )
    return replace(guide, steps=tuple(steps))
