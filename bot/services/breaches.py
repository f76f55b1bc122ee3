"""Whose data: who was shown whom, and what is kept of a place. For a breach and its 72 hours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.services import access
from storage import audit, sights
from storage.sights import Asked, Look

MOST = 100_000


@dataclass(frozen=True, slots=True)
class Breach:
    """`kept` counts what is stored of the places, by kind; `looks` are what was really shown."""

    kept: dict[str, int]
    looks: Sequence[Look]

    @property
    def persons(self) -> dict[int, set[str]]:
        """Whom something was shown of, and what."""
        found: dict[int, set[str]] = {}
        for one in self.looks:
            found.setdefault(one.person, set()).add(one.what)
        return found


def shown(connection: Connection, actor: Actor, now: int, asked: Asked) -> list[Look]:
    """Looking is itself written down. Raises Refused."""
    access.scopes(actor, Operation.SEE_AUDIT)
    target = f"person:{asked.person}" if asked.person else f"viewer:{asked.viewer}"
    audit.record(connection, actor, Operation.SEE_AUDIT, target, now, step="looks")
    return sights.looks(connection, asked, MOST)


def examine(connection: Connection, actor: Actor, now: int, asked: Asked, area: str) -> Breach:
    """Raises Refused."""
    access.require(connection, actor, Operation.SEE_AUDIT, area)
    whole = replace(asked, scopes=(area,))
    audit.record(connection, actor, Operation.SEE_AUDIT, f"area:{area}", now, step="breach")
    return Breach(sights.kept(connection, (area,)), sights.looks(connection, whole, MOST))
