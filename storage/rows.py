"""Shared ways of writing many rows at once on both databases. Knows no table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

Row = Mapping[str, Any]
Model = type[SQLModel]
BATCH = 1000
_T = TypeVar("_T")


def batches(rows: Sequence[_T], size: int = BATCH) -> Iterator[Sequence[_T]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def table(model: Model) -> Any:
    return model.__table__  # type: ignore[attr-defined]


def _insert(connection: Connection, model: Model) -> Any:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table(model))


def insert(connection: Connection, model: Model, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(table(model).insert(), rows)


def insert_new(connection: Connection, model: Model, rows: Sequence[Row]) -> None:
    """Rows that would break a unique key are left out."""
    if rows:
        connection.execute(_insert(connection, model).on_conflict_do_nothing(), rows)


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
    statement = _insert(connection, model)
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
