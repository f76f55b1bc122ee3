"""What nobody waits for by hand: held rows go on, or to another chat of their person."""

import asyncio

import pytest
from house_of import until
from sqlalchemy import Connection, update
from village import NOW

from bot.sweeper import Sweeper
from storage import held, lanes, links, outbox, people
from storage.database import Database
from storage.outbox import NewDelivery
from storage.rows import table
from storage.signals import Signals
from storage.tables import Lane

FROM, TO = "zalo_oa:17:a", "telegram:5:a"


def _hold(connection: Connection) -> None:
    people.see(connection, {FROM: "zalo_oa", TO: "telegram"}, NOW)
    for chat in (FROM, TO):
        links.link(connection, chat, 7, NOW)
    outbox.enqueue(connection, [NewDelivery("x:1", FROM, "{}", lanes.PERSONAL)], NOW)
    held.hold(connection, [FROM], held.WINDOW)


async def test_it_reroutes_by_itself(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sweeper._SECONDS", 0.01)
    database.write_now(_hold)
    sweeper = Sweeper(database, Signals(database), lambda: {("telegram", "5"): 0})
    running = asyncio.create_task(sweeper.run())
    await until(lambda: asyncio.sleep(0, database.read_now(outbox.counts)["queued"] == 1))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert database.read_now(lambda one: lanes.earliest(one, ("telegram", "5")))


async def test_it_finds_chats_that_were_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The net below: no way is known to come to such a state."""
    monkeypatch.setattr("bot.sweeper._SECONDS", 0.01)
    new = NewDelivery("x:1", TO, "{}", lanes.PERSONAL)
    database.write_now(lambda one: outbox.enqueue(one, [new], NOW))
    database.write_now(lambda one: one.execute(update(table(Lane)).values(due_at=None)))
    sweeper = Sweeper(database, Signals(database), dict)
    running = asyncio.create_task(sweeper.run())
    await until(
        lambda: asyncio.sleep(
            0, database.read_now(lambda one: lanes.earliest(one, ("telegram", "5"))) is not None
        )
    )
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert "1 chats had been forgotten" in caplog.text
