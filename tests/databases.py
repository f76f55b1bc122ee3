"""Databases of tests on either engine: empty ones, and copies of a migrated one."""

import shutil
import uuid
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from storage import schema
from storage.database import Database


def administer(server: str, *statements: str) -> URL:
    engine = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for one in statements:
            connection.execute(text(one))
    engine.dispose()
    return engine.url


def migrate(url: str) -> None:
    database = Database(url)
    database.write_now(schema.upgrade)
    database.close()


class Databases:
    """Those of one test."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request, self._folder = request, folder
        self._names: list[str] = []

    def empty(self, engine: str) -> str:
        return self._sqlite() if engine == "sqlite" else self._postgresql("template1")

    def migrated(self, engine: str) -> str:
        """Copied, since migrating takes many times as long."""
        if engine != "sqlite":
            return self._postgresql(self._request.getfixturevalue("postgres_model"))
        url = self._sqlite()
        shutil.copy(self._request.getfixturevalue("sqlite_model"), url.removeprefix("sqlite:///"))
        return url

    def _sqlite(self) -> str:
        return f"sqlite:///{self._folder}/{uuid.uuid4().hex}.db"

    def _postgresql(self, model: str) -> str:
        self._names.append(f"t{uuid.uuid4().hex}")
        name = self._names[-1]
        made = administer(self._server, f"CREATE DATABASE {name} TEMPLATE {model}")
        return made.set(database=name).render_as_string(hide_password=False)

    @property
    def _server(self) -> str:
        found: str = self._request.getfixturevalue("postgres")
        return found

    def drop(self) -> None:
        """Before their pages are written to the disk."""
        if self._names:
            administer(self._server, *(f"DROP DATABASE {one} WITH (FORCE)" for one in self._names))
