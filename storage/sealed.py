"""Every column that holds something sealed, page by page. Nothing here can open any of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from storage.rows import table
from storage.tables import KeptSetting, Login, Person, PlatformToken

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`keys` name one row."""

    model: Any
    name: str
    keys: tuple[str, ...]


PHONES = Column(Person, "phone", ("id",))
COLUMNS = (
    PHONES,
    Column(Login, "totp", ("person",)),
    Column(PlatformToken, "access", ("channel", "account")),
    Column(PlatformToken, "refresh", ("channel", "account")),
    Column(KeptSetting, "sealed", ("name",)),
)


def page(connection: Connection, column: Column, after: Key, limit: int) -> list[tuple[Key, str]]:
    """Keys and what is sealed there, from a key on; empty values are left out."""
    columns = table(column.model).c
    keys, value = [columns[one] for one in column.keys], columns[column.name]
    query = select(*keys, value).where(value != "").order_by(*keys).limit(limit)
    if after:
        query = query.where(tuple_(*keys) > tuple_(*after))
    return [(tuple(row[:-1]), row[-1]) for row in connection.execute(query)]


def replace(
    connection: Connection,
    column: Column,
    rows: Sequence[tuple[Key, str, Mapping[str, str]]],
) -> None:
    """(key, old value, new values of the row): only where the old value still stands."""
    if not rows:
        return
    columns, names = table(column.model).c, sorted(rows[0][2])
    same = [columns[one] == bindparam(f"key_{one}") for one in column.keys]
    connection.execute(
        update(table(column.model))
        .where(*same, columns[column.name] == bindparam("old_value"))
        .values({one: bindparam(f"new_{one}") for one in names}),
        [
            {f"key_{name}": part for name, part in zip(column.keys, key, strict=True)}
            | {"old_value": old}
            | {f"new_{name}": new[name] for name in names}
            for key, old, new in rows
        ],
    )
