"""Shared ways of writing many rows at once on both databases. Knows no table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import SQLModel

Row = Mapping[str, Any]
Model = type[SQLModel]
BATCH = 1000
_FEW = 64
_T = TypeVar("_T")


def batches(rows: Sequence[_T], size: int = BATCH) -> Iterator[Sequence[_T]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def table(model: Model) -> Any:
    return model.__table__  # type: ignore[attr-defined]


def inserting(connection: Connection, model: Model) -> Any:
    """An insert in the words of this database, which knows what to do on a conflict."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table(model))


class _Many(TypeDecorator[Any]):
    """Any number of values as one parameter, so that a statement is written once."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return orjson.dumps(list(value)).decode() if dialect.name == "sqlite" else list(value)


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        """As it is: "(…) = 1" would keep SQLite from its index."""
        return self


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    one, many = (compiler.process(part, **more) for part in element.clauses)
    return f"{one} IN (SELECT value FROM json_each({many}))"  # noqa: S608  # no words of others


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    one, many = (compiler.process(part, **more) for part in element.clauses)
    kind = compiler.dialect.type_compiler_instance.process(next(iter(element.clauses)).type)
    return f"{one} = ANY (CAST({many} AS {kind}[]))"


def among(one: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is among the values of parameter `name`, a collection."""
    return _Among(one, bindparam(name, type_=_Many()))


def given(dialect: str, model: Model, names: Sequence[str]) -> Any:
    """Rows handed over as one JSON parameter `rows`, as a table to select from.

    One statement for any number of rows: no round trip for each, and on SQLite the
    interpreter's lock is left once, not at every row.
    """
    columns = table(model).c
    if dialect == "sqlite":
        each = func.json_each(bindparam("rows")).table_valued("value", name="each")
        fields = [func.json_extract(each.c.value, f"$[{n}]") for n in range(len(names))]
        found = select(*[one.label(name) for one, name in zip(fields, names, strict=True)])
        return found.select_from(each).where(text("true")).subquery("given")
    rows = cast(bindparam("rows", type_=Text), JSON)
    typed = [column(name, columns[name].type) for name in names]
    recordset = func.json_to_recordset(rows).table_valued(*typed, name="given")
    return recordset.render_derived(with_types=True)


def packed(dialect: str, rows: Sequence[Row], names: Sequence[str]) -> dict[str, str]:
    """The parameter `given` reads."""
    plain: list[Any] = [[row[name] for name in names] for row in rows]
    if dialect != "sqlite":
        plain = [dict(zip(names, row, strict=True)) for row in plain]
    return {"rows": orjson.dumps(plain).decode()}


@lru_cache(maxsize=256)
def _inserting(dialect: str, model: Model, names: tuple[str, ...], *, new: bool) -> Any:
    source = given(dialect, model, names)
    chosen = select(*[source.c[name] for name in names]).where(text("true"))
    made = (sqlite if dialect == "sqlite" else postgresql).insert(table(model))
    filled = made.from_select(list(names), chosen)
    return filled.on_conflict_do_nothing() if new else filled


@lru_cache(maxsize=1024)
def _few(model: Model, names: tuple[str, ...], many: int, *, new: bool) -> str:
    """SQLite's own words: at a few rows their JSON and a compiled statement cost more than all
    else."""
    quoted = sqlite.dialect().identifier_preparer.quote
    columns = ", ".join(map(quoted, names))
    values = ", ".join([f"({', '.join('?' * len(names))})"] * many)
    end = " ON CONFLICT DO NOTHING" if new else ""
    return f"INSERT INTO {table(model).name} ({columns}) VALUES {values}{end}"  # noqa: S608  # our own names


def _put(connection: Connection, model: Model, rows: Sequence[Row], *, new: bool) -> None:
    if not rows:
        return
    dialect, names = connection.dialect.name, tuple(rows[0])
    if dialect == "sqlite" and len(rows) <= _FEW:
        values = tuple([row[name] for row in rows for name in names])
        connection.exec_driver_sql(_few(model, names, len(rows), new=new), values)
        return
    statement = _inserting(dialect, model, names, new=new)
    connection.execute(statement, packed(dialect, rows, names))


def insert(connection: Connection, model: Model, rows: Sequence[Row]) -> None:
    _put(connection, model, rows, new=False)


def insert_new(connection: Connection, model: Model, rows: Sequence[Row]) -> None:
    """Rows that would break a unique key are left out."""
    _put(connection, model, rows, new=True)


def upsert(
    connection: Connection,
    model: Model,
    rows: Sequence[Row],
    key: Sequence[str],
    added: Collection[str] = (),
) -> CursorResult[Any] | None:
    """Inserts, or replaces the other columns given in the first row; `added` are added up."""
    if not rows:
        return None
    statement = inserting(connection, model)
    columns = table(model).c
    changed = {
        name: columns[name] + statement.excluded[name]
        if name in added
        else statement.excluded[name]
        for name in rows[0]
        if name not in key
    }
    return connection.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_=changed), rows
    )
