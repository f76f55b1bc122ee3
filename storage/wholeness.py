"""Whether a SQLite file is whole. PostgreSQL watches over its own files."""

import sqlite3

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class BrokenError(Exception):
    """Pages of the file contradict each other."""


def is_damage(error: SQLAlchemyError) -> bool:
    """Whether the driver met a broken file."""
    code = getattr(error.orig, "sqlite_errorcode", 0) if isinstance(error, DBAPIError) else 0
    return code & 0xFF in _DAMAGE


def is_whole(connection: Connection, *, thorough: bool = False) -> bool:
    """Reads every page; `thorough` compares indexes with their tables as well."""
    if connection.dialect.name != "sqlite":
        return True
    asked = "integrity_check" if thorough else "quick_check"
    found: str = connection.exec_driver_sql(f"PRAGMA {asked}(1)").scalar_one()
    return found == "ok"


def demand(connection: Connection, *, thorough: bool = False) -> None:
    """Raises BrokenError."""
    if not is_whole(connection, thorough=thorough):
        raise BrokenError
