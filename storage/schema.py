"""Bringing a database to the newest schema, and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from storage.tables import metadata

_ONE_AT_A_TIME = 4_663_872


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


class UnknownRevisionError(ValueError):
    """Of a version of this program that is not this one."""


def upgrade(connection: Connection, revision: str = "head") -> None:
    """To the newest revision or an older one, in the caller's transaction; machines wait for
    each other. Raises UnknownRevisionError."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    try:
        command.upgrade(config(connection), revision)
    except CommandError as error:
        raise UnknownRevisionError(revision) from error


def is_current(connection: Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() == head()


def head() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def differences(connection: Connection) -> list[object]:
    """How the database differs from the models; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))
