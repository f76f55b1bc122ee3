"""Connections that died, the log that is emptied, and many rows by one statement."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from conftest import ENGINES, NewUrl
from counting import statements
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from storage import inbox, schema
from storage.database import Database
from storage.rows import table
from storage.tables import InboxUpdate

MANY = 700
ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - i FROM n) SELECT count(*) FROM n"
)


def test_a_server_that_dropped_us_is_not_noticed(new_url: NewUrl) -> None:
    database = Database(new_url("postgresql"))
    for work in (database.read_now, database.write_now):
        mine = work(lambda one: one.execute(text("SELECT pg_backend_pid()")).scalar_one())
        other = Database(str(database.engine.url.render_as_string(hide_password=False)))
        kill = text("SELECT pg_terminate_backend(:pid, 5000)")
        assert other.write_now(
            lambda one, pid=mine, kill=kill: one.execute(kill, {"pid": pid})
        ).scalar_one()
        other.close()
        assert work(lambda one: one.execute(text("SELECT 1")).scalar_one()) == 1
    database.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_still_read_at_the_end_is_cut_off(new_url: NewUrl, engine: str) -> None:
    """Two statements without an end, one after the other: only who cuts them off comes back."""
    database, begun = Database(new_url(engine)), Event()

    def work(connection: Connection) -> None:
        begun.set()
        with suppress(OperationalError), connection.begin_nested():
            connection.execute(ENDLESS)
        connection.execute(ENDLESS)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(database.read_now, work)
        begun.wait()
        database.close()
        with pytest.raises(OperationalError):
            reading.result()


async def test_the_log_is_emptied_beside_the_writes(new_url: NewUrl) -> None:
    url = new_url("sqlite")
    database = Database(url)
    database.write_now(schema.upgrade)
    file = Path(url.removeprefix("sqlite:///"))
    before = _size(file)
    await database.tidy()
    assert _size(file) > before
    database.close()


def _size(file: Path) -> int:
    return file.stat().st_size


def _arrival(number: int) -> inbox.Arrival:
    address = f"fake:one:{number}"
    body = f'{{"text":"bác \\u0000 \\" {number}"}}'
    return inbox.Arrival("fake", "one", f"{number // 2}", address, body)


def test_many_arrivals_are_one_statement_in_order(database: Database) -> None:
    arrivals = [_arrival(number) for number in range(MANY)]
    with statements(database.engine) as counted:
        database.write_now(lambda one: inbox.add(one, arrivals, 5))
    with statements(database.engine) as of_one:
        database.write_now(lambda one: inbox.add(one, arrivals[:1], 5))
    assert counted.number == of_one.number
    columns = table(InboxUpdate).c
    query = select(columns.address, columns.body, columns.received_at).order_by(columns.id)
    found = database.read_now(lambda one: one.execute(query).all())
    kept = arrivals[::2]
    assert [tuple(row) for row in found] == [(one.address, one.body, 5) for one in kept]
