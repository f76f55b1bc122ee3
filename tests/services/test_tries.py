"""Guesses are counted in the database: however many web servers there are, and all at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from conftest import NewUrl
from fakes import Clock
from sqlalchemy import Connection

from bot.services import logins as service
from bot.services import set_up
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import links, logins, schema
from storage.database import HOUR, Database

AT_ONCE = 8
Try = Callable[[Connection], object]


@pytest.fixture
def servers(new_url: NewUrl, clock: Clock) -> Iterator[list[Database]]:
    """Two processes' ways into one database; SQLite has one process, which writes in turn."""
    url = new_url("postgresql")
    made = [Database(url, clock), Database(url, clock)]
    made[0].write_now(schema.upgrade)
    yield made
    for one in made:
        one.close()


def _let_in(servers: list[Database], tries: list[Try]) -> int:
    """How many of them were not refused; each server has half of them, many at once."""

    def one(number: int) -> bool:
        try:
            servers[number % 2].write_now(tries[number])
        except Refused as refused:
            return refused.reason is not Problem.LOCKED
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(len(tries))))


def _name(connection: Connection, at: int, number: int) -> object:
    return service.begin_try(connection, at, f"nobody-{number}", "one place")


def _same(connection: Connection, at: int, number: int) -> object:
    return service.begin_try(connection, at, "mai", f"place {number}")


def _first_run(connection: Connection, at: int, number: int) -> None:
    set_up.count_try(connection, at, "one place")


def test_one_place_has_so_many_tries_over_all_servers(
    servers: list[Database], clock: Clock
) -> None:
    tries: list[Try] = [partial(_name, at=clock(), number=n) for n in range(100)]
    assert _let_in(servers, tries) == service.MOST_TRIES
    later: list[Try] = [partial(_name, at=clock() + HOUR, number=n) for n in range(3)]
    assert _let_in(servers, later) == 3


def test_one_login_is_locked_over_all_servers(servers: list[Database], clock: Clock) -> None:
    vault = Vault("a word")
    servers[0].write_now(
        lambda one: logins.invite(one, 7, "mai", vault.seal("x"), "digest", clock() + HOUR, clock())
    )
    tries: list[Try] = [partial(_same, at=clock(), number=n) for n in range(40)]
    assert _let_in(servers, tries) == logins.MOST_FAILURES


def test_the_first_run_has_so_many_tries_over_all_servers(
    servers: list[Database], clock: Clock
) -> None:
    tries: list[Try] = [partial(_first_run, at=clock(), number=n) for n in range(30)]
    assert _let_in(servers, tries) == set_up.MOST_TRIES


def test_a_count_begins_anew_after_an_hour(database: Database, clock: Clock) -> None:
    def counted(at: int) -> int:
        return database.write_now(lambda one: links.attempted(one, "code:a", at))

    assert [counted(clock()) for _ in range(3)] == [1, 2, 3]
    assert counted(clock() + HOUR - 1) == 4
    assert counted(clock() + HOUR) == 1
    assert database.read_now(lambda one: links.attempts(one, "code:a", clock() + HOUR)) == 1
