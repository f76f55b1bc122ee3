"""A card as a picture. Its size in pixels is fixed, so pages can keep its place free."""

from bot.core.card import Card
from bot.paper import typesetting
from bot.paper.typesetting import printable

WIDTH, HEIGHT = 720, 960
_TEMPLATE = "card"


def version() -> str:
    """Changes whenever cards may look different."""
    return typesetting.version(_TEMPLATE)


def shown(card: Card) -> dict[str, object]:
    """What the template is given."""
    screen = card.screen
    return {
        "guide": printable(card.guide),
        "title": printable(screen.title),
        "items": list(map(printable, screen.items)),
        "press": printable(screen.press),
    }


def draw(card: Card) -> bytes:
    """PNG. Raises RuntimeError when it cannot be drawn."""
    return typesetting.picture(_TEMPLATE, shown(card))
