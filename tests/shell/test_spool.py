"""Updates kept in files: in order, whole, taken over after a death, told once, never too many."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError

from bot.arrivals import Arrivals
from bot.spool import Arrival, Spool, counts
from bot.vault import Vault
from storage import inbox, web
from storage.database import Database, Work, is_away
from storage.grouped import OverloadedError
from storage.rows import table
from storage.signals import Signals
from storage.tables import InboxUpdate, WebMessage

_T = TypeVar("_T")
VAULT = Vault("a word")


def _arrival(number: int, chat: str = "a", body: str = "{}") -> Arrival:
    one = inbox.Arrival("webchat", "web", str(number), f"webchat:web:{chat}", body, "", number)
    return one, web.NewShown(one.address, "person", "x", event=one.event_id)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", VAULT)
    yield made
    made.close()


async def _read(spool: Spool) -> list[Arrival]:
    files = await spool.oldest()
    return [one for arrivals in files.values() for one in arrivals]


async def test_what_is_kept_comes_back_in_order(spool: Spool, tmp_path: Path) -> None:
    first = [_arrival(n, chat="ab"[n % 2]) for n in range(5)]
    for one in first:
        await spool.add(one)
    together = [_arrival(n) for n in range(5, 30)]
    await asyncio.gather(*map(spool.add, together))
    assert await _read(spool) == first + together
    assert counts(tmp_path / "spool") == (30, 0)
    assert spool.waiting == 30
    assert spool.holds("webchat:web:b")
    files = await spool.oldest()
    assert len(files) < 30
    await spool.drop(files)
    assert not spool.holds("webchat:web:b")
    assert counts(tmp_path / "spool") == (0, 0)


async def test_after_a_death_the_next_process_goes_on(spool: Spool, tmp_path: Path) -> None:
    await spool.add(_arrival(1))
    (tmp_path / "spool" / "77.part").write_bytes(b"cut off in the mid")
    after = Spool(tmp_path / "spool", VAULT)
    assert after.holds("webchat:web:a")
    await after.add(_arrival(2))
    assert await _read(after) == [_arrival(1), _arrival(2)]
    assert not list((tmp_path / "spool").glob("*.part"))
    await after.drop(await after.oldest())
    assert await _read(spool) == []
    after.close()


async def test_what_cannot_be_opened_is_set_aside(spool: Spool, tmp_path: Path) -> None:
    await spool.add(_arrival(1))
    await spool.add(_arrival(2))
    kept = sorted((tmp_path / "spool").iterdir())
    kept[0].write_bytes(kept[0].read_bytes()[:-9])
    after = Spool(tmp_path / "spool", VAULT)
    assert await _read(after) == [_arrival(2)]
    assert counts(tmp_path / "spool") == (1, 1)
    after.close()


async def test_no_more_than_there_is_room_for(tmp_path: Path) -> None:
    small = Spool(tmp_path / "spool", VAULT, most=4000)
    await small.add(_arrival(1))
    with pytest.raises(OverloadedError):
        await small.add(_arrival(2, chat="b", body="x" * 4000))
    assert not small.holds("webchat:web:b")
    await small.drop(await small.oldest())
    await small.add(_arrival(3, body="x" * 1000))
    small.close()


async def test_a_folder_that_cannot_be_written_says_so(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool").rmdir()
    with pytest.raises(FileNotFoundError):
        await spool.add(_arrival(1))
    assert spool.waiting == 0


class _Moody(Database):
    """Away when told to be."""

    away = False

    def write_now(self, work: Work[_T]) -> _T:
        if self.away:
            raise OperationalError("", {}, Exception())
        return super().write_now(work)


@pytest.fixture
def moody(database: Database) -> Iterator[_Moody]:
    made = _Moody(database.engine.url.render_as_string(hide_password=False))
    yield made
    made.close()


def _stored(connection: Connection) -> list[str]:
    columns = table(InboxUpdate).c
    return list(connection.execute(select(columns.event_id).order_by(columns.id)).scalars())


def _shown(connection: Connection) -> int:
    return len(connection.execute(select(table(WebMessage).c.id)).all())


async def test_the_database_is_told_when_it_is_back(moody: _Moody, spool: Spool) -> None:
    arrivals = Arrivals(moody, Signals(moody), spool)
    await arrivals.add(_arrival(1))
    assert not await arrivals.once()
    moody.away = True
    await asyncio.gather(*(arrivals.add(_arrival(n)) for n in range(2, 40)))
    with pytest.raises(OperationalError):
        await arrivals.once()
    moody.away = False
    await arrivals.add(_arrival(40))
    assert arrivals.waiting == 39
    while await arrivals.once():
        pass
    await arrivals.add(_arrival(41))
    assert arrivals.waiting == 0
    assert moody.read_now(_stored) == [str(n) for n in range(1, 42)]
    assert moody.read_now(_shown) == 41


async def test_told_twice_is_stored_once(moody: _Moody, spool: Spool, tmp_path: Path) -> None:
    """As after a kill between telling the database and taking the file away."""
    await spool.add(_arrival(1))
    other = Spool(tmp_path / "spool", VAULT)
    for one in (spool, other):
        assert await Arrivals(moody, Signals(moody), one).once()
    assert moody.read_now(_stored) == ["1"]
    other.close()


class _Refusing(Arrivals):
    """A database that refuses one event for what it is."""

    def _store(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[None]:
        if any(one.event_id == "2" for one, _ in arrivals):
            raise DataError("", {}, Exception())
        return super()._store(connection, arrivals)


async def test_what_the_database_refuses_holds_up_nobody(
    moody: _Moody, spool: Spool, tmp_path: Path
) -> None:
    await asyncio.gather(*(spool.add(_arrival(n)) for n in range(5)))
    arrivals = _Refusing(moody, Signals(moody), spool)
    assert await arrivals.once()
    assert not await arrivals.once()
    assert moody.read_now(_stored) == ["0", "1", "3", "4"]
    assert counts(tmp_path / "spool") == (0, 1)
    with pytest.raises(DataError):
        await arrivals.add(_arrival(2))
    assert counts(tmp_path / "spool") == (0, 1)


@pytest.mark.parametrize(
    ("error", "away"),
    [(OperationalError("", {}, Exception()), True), (DataError("", {}, Exception()), False)],
)
def test_away_or_refusing(error: SQLAlchemyError, away: bool) -> None:
    assert is_away(error) is away
