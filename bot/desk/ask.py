"""One order on its way through the desk, and what is answered. Shapes only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.core.address import Address
from bot.core.guide import Choice
from bot.core.rights import Actor
from bot.core.state import Guides
from bot.desk.grammar import Order
from bot.desk.words import DeskWords

PRESS = "to-"  # a button's id is this and the order it stands for
MORE = "to-+"  # likewise, added to the order in the making
USED, YES, NO = "dl-", "co", "chua"  # used again? this, the run, and yes or no


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants what. `draft` is the order as words, should more be needed."""

    connection: Connection
    actor: Actor
    address: Address
    now: int
    order: Order
    draft: str
    words: DeskWords
    guides: Guides

    def say(self, key: str, **values: object) -> str:
        return self.words.say(key, **values)

    def but(self, order: Order) -> "Ask":
        return replace(self, order=order)


@dataclass(frozen=True, slots=True)
class Reply:
    """`draft` is the order that waits for more, empty when it is done with."""

    text: str
    choices: Sequence[Choice] = ()
    draft: str = ""


Handler = Callable[[Ask], Reply | None]


def button(order: str, label: str) -> Choice:
    """Stands for the order as if it were typed."""
    return Choice(f"{PRESS}{order}", label)


def more(words: str, label: str) -> Choice:
    """Adds words to the order in the making."""
    return Choice(f"{MORE}{words}", label)
