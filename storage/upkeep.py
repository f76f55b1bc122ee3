"""When regular work on the installation was last done. Table upkeep."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from storage.rows import insert, table, upsert
from storage.tables import Upkeep

_upkeep = table(Upkeep)
BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Done:
    """`at` and `due_at` in microseconds."""

    at: int
    rows: int
    due_at: int


def ran(connection: Connection, name: str, now: int, rows: int, due_at: int = 0) -> None:
    """`due_at`: when it is to be done again, 0 when nobody waits for it."""
    row = {"name": name, "due_at": due_at, "ran_at": now, "rows": rows}
    upsert(connection, Upkeep, [row], ["name"])


def first_time(connection: Connection, name: str, now: int) -> bool:
    """For what is done once: False for everybody but the first to come."""
    row = {"name": name, "due_at": 0, "ran_at": now, "rows": 0}
    try:
        with connection.begin_nested():
            insert(connection, Upkeep, [row])
    except IntegrityError:
        return False
    return True


def last(connection: Connection, name: str) -> Done | None:
    return begun_with(connection, name).get(name)


def begun_with(connection: Connection, kind: str) -> dict[str, Done]:
    """By name; of all whose name begins so."""
    found = connection.execute(
        select(_upkeep.c.name, _upkeep.c.ran_at, _upkeep.c.rows, _upkeep.c.due_at).where(
            _upkeep.c.name.startswith(kind, autoescape=True)
        )
    )
    return {name: Done(*rest) for name, *rest in found}


def forget(connection: Connection, name: str) -> None:
    connection.execute(_upkeep.delete().where(_upkeep.c.name == name))


def due(connection: Connection, name: str) -> int | None:
    """When it is to be done; None when nobody has said so yet."""
    found: int | None = connection.execute(
        select(_upkeep.c.due_at).where(_upkeep.c.name == name)
    ).scalar()
    return found
