"""Counts that pages show before anything is sent or changed: nothing here writes.

Tables announcement and those of storage/audience.py.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.core.announcement import Content, State
from storage.audience import audience
from storage.rows import table
from storage.tables import Announcement

_columns = table(Announcement).c


@dataclass(frozen=True, slots=True)
class Tally:
    """How many an announcement would go to by one way; with a `reason`, would not."""

    way: str
    group: bool
    reason: str
    number: int


def tally(connection: Connection, content: Content, now: int) -> list[Tally]:
    """The audience as it would be frozen now, counted by ways and reasons."""
    found = []
    for chosen in audience(0, content, now):
        rows = chosen.subquery()
        group = rows.c.target.like("group:%")
        query = select(rows.c.way, group, rows.c.reason, func.count()).group_by(
            rows.c.way, group, rows.c.reason
        )
        found += [
            Tally(way, bool(is_group), *rest) for way, is_group, *rest in connection.execute(query)
        ]
    return sorted(found, key=lambda one: (not one.group, one.way, one.reason))


def next_number(connection: Connection) -> int:
    """Of the announcement that is approved next."""
    return int(connection.execute(select(func.max(_columns.number))).scalar() or 0) + 1


def in_states(connection: Connection, states: Collection[State]) -> dict[str, int]:
    found = connection.execute(
        select(_columns.state, func.count())
        .where(_columns.state.in_(sorted(states)))
        .group_by(_columns.state)
    )
    return {state: int(number) for state, number in found}
