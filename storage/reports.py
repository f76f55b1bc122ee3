"""Goals by place, and reports kept as they were first made. Tables goal, report_snapshot."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.rows import Row, insert_new, table
from storage.tables import GoalSet, ReportSnapshot

_goal = table(GoalSet)
_kept = table(ReportSnapshot)


@dataclass(frozen=True, slots=True)
class Aim:
    """What officials set for a place and guide; 0 and empty for what they did not."""

    area: str
    guide: str
    number: int
    due: str
    base: int
    base_source: str
    base_day: str


def aim(connection: Connection, row: Row) -> None:
    connection.execute(_goal.insert().values(row))


def aims(connection: Connection, areas: Collection[str], before: int) -> list[Aim]:
    """What held for some places at a time."""
    last = (
        select(func.max(_goal.c.id))
        .where(_goal.c.area.in_(areas), _goal.c.set_at < before)
        .group_by(_goal.c.area, _goal.c.guide)
    )
    names = Aim.__slots__
    found = connection.execute(
        select(*(_goal.c[name] for name in names))
        .where(_goal.c.id.in_(last))
        .order_by(_goal.c.area, _goal.c.guide)
    )
    return [Aim(*row) for row in found]


def kept(connection: Connection, area: str, week: str, version: int = 0) -> str:
    """One version as JSON, the newest without a number; empty when there is none."""
    query = select(_kept.c.content).where(_kept.c.area == area, _kept.c.week == week)
    if version:
        query = query.where(_kept.c.version == version)
    newest = query.order_by(_kept.c.version.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def weeks(connection: Connection, area: str) -> list[tuple[str, int]]:
    """Which weeks of a place are kept, newest first, and in how many versions."""
    found = connection.execute(
        select(_kept.c.week, func.max(_kept.c.version))
        .where(_kept.c.area == area)
        .group_by(_kept.c.week)
        .order_by(_kept.c.week.desc())
    )
    return [(row[0], int(row[1])) for row in found]


def keep(
    connection: Connection,
    area: str,
    week: str,
    content: str,
    person: int,
    now: int,
    *,
    anew: bool = False,
) -> None:
    """The first one stays; anew it is a further version. Of two made at once the first stays."""
    version = 1
    if anew:
        newest = select(func.max(_kept.c.version)).where(_kept.c.area == area, _kept.c.week == week)
        version += connection.execute(newest).scalar() or 0
    row = {"area": area, "week": week, "version": version, "content": content}
    insert_new(connection, ReportSnapshot, [{**row, "made_by": person, "made_at": now}])
