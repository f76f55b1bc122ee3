"""Bringing a database to the newest schema, and telling whether it is there."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table, text

from storage.tables import metadata

if TYPE_CHECKING:  # a service whose database is current needs no Alembic, which weighs 11 MiB
    from alembic.config import Config

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_kept = table("alembic_version", column("version_num"))
_ONE_AT_A_TIME = 4_663_872


def config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_VERSIONS.parent))
    made.attributes["connection"] = connection
    return made


class UnknownRevisionError(ValueError):
    """Of a version of this program that is not this one."""


def upgrade(connection: Connection, revision: str = "head") -> None:
    """To the newest revision or an older one, in the caller's transaction; machines wait for
    each other. Raises UnknownRevisionError."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    if revision == "head" and is_current(connection):
        return
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(config(connection), revision)
    except CommandError as error:
        raise UnknownRevisionError(revision) from error


def is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table(_kept.name):
        return False
    return connection.execute(select(_kept.c.version_num)).scalar() == head()


@cache
def head() -> str:
    """Migrations are files numbered in one line."""
    return max(path.name for path in _VERSIONS.glob("[0-9]*.py")).partition("_")[0]


def differences(connection: Connection) -> list[object]:
    """How the database differs from the models; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    return list(compare_metadata(MigrationContext.configure(connection), metadata))
