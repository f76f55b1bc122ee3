"""What stands beside the conversation: desks, asked first about what was heard, and watchers,
told what a batch of turns wrote. Shapes only; no words and no SQL.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from bot.channels.base import Press, Received
from bot.core.effects import Message, Purpose
from bot.seats import Question
from storage.calls import Talk
from storage.outbox import NewDelivery
from storage.rows import Row


@dataclass(frozen=True, slots=True)
class Heard:
    """`person` is whose turn it is in the chat, `owner` whose chat it is; 0 while unknown.
    `question` is what a desk asked here last, while it stands; `talks` are the calls for help
    that are being answered, of all chats heard together."""

    received: Received
    person: int
    owner: int
    now: int
    question: Question | None = None
    talks: Sequence[Talk] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`messages` answer in the chat, the first with the press; `others` go anywhere.

    `settles`: who uses the chat or what was asked there changed, so whatever else waits there
    is heard in a batch of its own. `known` becomes who did what was done here unknown.
    `withdrawn` is what whoever has the chat now agrees to no longer.
    """

    messages: Sequence[Message] = ()
    press: Press | None = None
    others: Sequence[NewDelivery] = ()
    settles: bool = False
    known: int = 0
    withdrawn: Purpose | None = None


class Desk(Protocol):
    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        """None when it is not for this desk: the next one is asked, at last the conversation.

        Runs inside the turn's transaction; a failure undoes the whole batch."""
        ...


@dataclass(frozen=True, slots=True)
class News:
    """Rows the batch wrote, as storage takes them; each has an address and a person. `stopped`
    are those who want nothing more: chat and person."""

    progress: Sequence[Row]
    consents: Sequence[Row]
    calls: Sequence[Row]
    now: int
    stopped: Collection[tuple[str, int]] = ()


class Watcher(Protocol):
    def after(self, connection: Connection, news: News) -> Sequence[NewDelivery]:
        """What is to be sent because of it. Runs in the same transaction, once a batch."""
        ...
