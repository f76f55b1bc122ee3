"""Places as a tree: what lies below what, and what it was called. Tables area, area_name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select, true

from bot.core.rights import EVERYWHERE
from bot.core.text import searchable
from storage.rows import Row, insert_new, table, upsert
from storage.tables import Area, AreaName

_area = table(Area)
_columns = _area.c
_name = table(AreaName).c


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    parent: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a place."""

    code: str
    parent: str
    kind: str
    name: str
    aliases: str
    valid_from: str
    valid_to: str
    successor: str


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Adds places or replaces what is known of them."""
    full = [
        {**row, "search": searchable(f"{row['name']} {row['aliases']} {row['code']}")}
        for row in rows
    ]
    upsert(connection, Area, full, ["code"])


def put_names(connection: Connection, rows: Sequence[Row]) -> None:
    """What places were called before. Names once recorded stay as they are."""
    insert_new(connection, AreaName, rows)


def places(connection: Connection, codes: Collection[str] | None = None) -> dict[str, Place]:
    """By code; all of them unless `codes` says which."""
    wanted = true() if codes is None else _columns.code.in_(codes)
    found = connection.execute(
        select(_columns.code, _columns.parent, _columns.kind, _columns.name).where(wanted)
    )
    return {row.code: Place(*row) for row in found}


def called(connection: Connection, code: str, date: str) -> str:
    """The name a place had on a date (ISO), today's unless another is recorded."""
    then = connection.execute(
        select(_name.name).where(
            _name.area == code, _name.valid_from <= date, _name.valid_to > date
        )
    ).scalar()
    now = connection.execute(select(_columns.name).where(_columns.code == code)).scalar()
    return then or now or ""


def find(connection: Connection, text: str, limit: int = 10) -> list[Place]:
    """By code or any name, old or new, with or without accents."""
    exact = connection.execute(
        select(_columns.code, _columns.parent, _columns.kind, _columns.name)
        .where(*(_columns.search.contains(word) for word in _words(text)))
        .order_by(_columns.valid_to, _columns.code)
        .limit(limit)
    )
    return [Place(*row) for row in exact]


def _words(text: str) -> Iterable[str]:
    return (f" {word}" for word in searchable(text).split())


def line(connection: Connection, code: str) -> tuple[str, ...]:
    """A place and everything around it, outermost last; empty for an unknown place."""
    if code == EVERYWHERE:
        return (EVERYWHERE,)
    up = select(_columns.code, _columns.parent).where(_columns.code == code).cte(recursive=True)
    above = _area.alias()
    up = up.union(select(above.c.code, above.c.parent).where(above.c.code == up.c.parent))
    parents = {row.code: row.parent for row in connection.execute(select(up))}
    return _up(code, parents) if parents else ()


def lines(connection: Connection, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Of several places by one statement; an unknown place lies in none but everywhere."""
    parents = {place.code: place.parent for place in places(connection).values()}
    return {code: _up(code, parents) for code in codes}


def _up(code: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    while code in parents and code not in found:
        found.append(code)
        code = parents[code]
    return (*found, EVERYWHERE)


def inside(column: ColumnElement[str], scopes: Collection[str]) -> ColumnElement[bool]:
    """A condition: the column's place is one of the scopes or lies below one."""
    if EVERYWHERE in scopes:
        return true()
    down = select(_columns.code).where(_columns.code.in_(scopes)).cte(recursive=True)
    below = _area.alias()
    down = down.union(select(below.c.code).where(below.c.parent == down.c.code))
    return column.in_(select(down.c.code))


def below(connection: Connection, scopes: Collection[str]) -> set[str]:
    """The scopes and every place below one."""
    found = connection.execute(select(_columns.code).where(inside(_columns.code, scopes)))
    return set(found.scalars())


def successors(connection: Connection) -> dict[str, str]:
    """Places that ended -> the place that took each over."""
    found = connection.execute(
        select(_columns.code, _columns.successor).where(_columns.successor != "")
    )
    return {row.code: row.successor for row in found}


def known(connection: Connection) -> dict[str, Known]:
    """Every place by code."""
    names = Known.__slots__
    found = connection.execute(select(*(_columns[name] for name in names)))
    return {row.code: Known(*row) for row in found}


def former(connection: Connection) -> dict[tuple[str, str], str]:
    """Place and first day -> what it was called from then."""
    found = connection.execute(select(_name.area, _name.valid_from, _name.name))
    return {(row.area, row.valid_from): row.name for row in found}
