"""What the desk offered last in a chat and the order in the making, kept in chat.desk.

An offer is void once the conversation has spoken in between, or after half an hour.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import Connection

from bot.core.guide import Choice
from storage import conversations, desks
from storage.database import MINUTE

_LASTS = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class Memory:
    """`turn` marks the message the buttons belong to; `used` is the button pressed last."""

    at: int = 0
    turn: int = 0
    draft: str = ""
    offered: Sequence[str] = ()
    used: str = ""

    def then(self, at: int, draft: str, choices: Sequence[Choice], used: str) -> "Memory":
        return Memory(at, self.turn + 1, draft, [one.id for one in choices], used)


def recall(connection: Connection, address: str, now: int) -> Memory:
    """Without what is void."""
    if not (content := desks.load(connection, address)):
        return Memory()
    kept = Memory(**orjson.loads(content))
    if (
        kept.at < now - _LASTS
        or conversations.last(connection, [address]).get(address, 0) > kept.at
    ):
        return Memory(turn=kept.turn, used=kept.used)
    return kept


def keep(connection: Connection, address: str, memory: Memory) -> None:
    desks.save(connection, address, orjson.dumps(asdict(memory)).decode())
