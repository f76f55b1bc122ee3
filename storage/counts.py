"""What was counted of each place in each week, kept for pages. Table place_week.

The row of place "" says when the week was counted last, and holds what belongs to no place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage import areas
from storage.rows import table, upsert
from storage.tables import PlaceWeek

_table = table(PlaceWeek)
_row = _table.c
NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Content:
    """JSON: what was counted, and how people went through guides."""

    counts: str
    steps: str


def counted_at(connection: Connection, weeks: Collection[str]) -> dict[str, int]:
    """Week -> when it was counted last; weeks that never were are left out."""
    found = connection.execute(
        select(_row.week, _row.counted_at).where(_row.week.in_(weeks), _row.area == NOWHERE)
    )
    return {week: int(at) for week, at in found}


def counts(
    connection: Connection, scopes: Collection[str], weeks: Collection[str]
) -> list[tuple[str, str, str]]:
    """Week, place and what was counted, of the places and every one below."""
    found = connection.execute(
        select(_row.week, _row.area, _row.counts)
        .where(_row.week.in_(weeks), _row.area != NOWHERE, areas.inside(_row.area, scopes))
        .order_by(_row.week, _row.area)
    )
    return [(row[0], row[1], row[2]) for row in found]


def steps(connection: Connection, area: str, week: str) -> list[str]:
    """Of every place below one; everywhere includes what belongs to no place."""
    found = connection.execute(
        select(_row.steps).where(
            _row.week == week, areas.inside(_row.area, [area]), _row.steps != ""
        )
    )
    return list(found.scalars())


def keep(connection: Connection, week: str, now: int, found: Mapping[str, Content]) -> int:
    """Replaces what is kept of a week; only what changed is written. How many places did."""
    kept = {
        row.area: Content(row.counts, row.steps)
        for row in connection.execute(select(_table).where(_row.week == week))
    }
    changed = {area: one for area, one in found.items() if kept.get(area) != one}
    if gone := set(kept) - set(found):
        connection.execute(_table.delete().where(_row.week == week, _row.area.in_(gone)))
    written = {**changed, NOWHERE: found[NOWHERE]}
    rows = [
        {"week": week, "area": area, "counts": one.counts, "steps": one.steps, "counted_at": now}
        for area, one in written.items()
    ]
    upsert(connection, PlaceWeek, rows, ["week", "area"])
    return len(changed.keys() | gone)


def drop_steps(connection: Connection, week: str) -> None:
    """Only the newest week says where people stand."""
    older = (_row.week < week, _row.steps != "")
    connection.execute(update(_table).where(*older).values(steps=""))
