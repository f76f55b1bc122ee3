"""Streams: one look for all who watch, drawn when it changed, ended when nobody does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from console_people import somebody
from counting import statements
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from village import COMMUNE, FAR, NEAR

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import calls
from webhooks.console import helping
from webhooks.console.frame import Console
from webhooks.console.live import Live


async def _next(stream: AsyncIterator[bytes]) -> str:
    return (await asyncio.wait_for(anext(stream), 120)).decode()


class _Watched:
    """What is drawn of each key, and when it was looked at."""

    def __init__(self) -> None:
        self.shown, self.marked = "first", 0
        self.looked_at = asyncio.Event()
        self.drawn: list[str] = []
        self.fault: Exception | None = None

    async def draw(self, keys: Sequence[str]) -> dict[str, str]:
        self.drawn += keys
        return dict.fromkeys(keys, self.shown)

    async def mark(self, keys: Sequence[str]) -> dict[str, object]:
        self.looked_at.set()
        if self.fault:
            raise self.fault
        return dict.fromkeys(keys, self.marked)

    async def looked(self, more: int = 2) -> None:
        """Until it was looked at some times more."""
        for _ in range(more):
            self.looked_at.clear()
            await asyncio.wait_for(self.looked_at.wait(), 120)

    def change(self, shown: str) -> None:
        self.shown, self.marked = shown, self.marked + 1


async def test_all_who_watch_share_one_look_and_one_drawing() -> None:
    watched = _Watched()
    shared = Live(watched.draw, watched.mark)
    streams = [shared.stream("7") for _ in range(50)]
    firsts = [await _next(one) for one in streams]
    assert len(set(firsts)) == 1
    assert "data: first" in firsts[0]
    await watched.looked()
    assert watched.drawn == ["7"], "nothing changed, nothing is drawn"
    waiting = [asyncio.create_task(_next(one)) for one in streams]
    await watched.looked(1)
    watched.change("second")
    assert {one.split("data: ")[1].strip() for one in await asyncio.gather(*waiting)} == {"second"}
    assert watched.drawn == ["7", "7"]
    for one in streams:
        await one.aclose()
    assert shared._task is None, "nobody watches, nothing is looked at"


async def test_a_fault_ends_no_stream() -> None:
    watched = _Watched()
    shared = Live(watched.draw, watched.mark)
    stream = shared.stream("7")
    await _next(stream)
    for fault in (OperationalError("", {}, Exception()), KeyError("7")):
        watched.fault = fault
        waiting = asyncio.create_task(_next(stream))
        await watched.looked()
        watched.fault = None
        watched.change(f"after {type(fault).__name__}")
        assert f"after {type(fault).__name__}" in await waiting
    await stream.aclose()


async def test_who_comes_later_sees_what_is_there() -> None:
    watched = _Watched()
    shared = Live(watched.draw)
    first, second = shared.stream("1"), shared.stream("2")
    assert "first" in await _next(first)
    assert "first" in await _next(second)
    watched.shown = "second"
    assert "second" in await _next(first)
    late = shared.stream("1")
    assert "second" in await _next(late)
    for one in (first, second, late):
        await one.aclose()


def _asked(connection: Connection, number: int, area: str) -> None:
    row = {"address": f"webchat:web:n{number}", "person": 0, "guide": "vneid", "item": "cai-dat"}
    calls.call(connection, [row], number)
    calls.change(connection, number, calls.OPEN, area=area)


async def test_statements_do_not_grow_with_those_who_watch(wiring: Wiring) -> None:
    """Nor with the calls: forty persons over three places cost what one does."""
    pages = helping._Pages(Console(wiring))
    database = wiring.database

    def plant(connection: Connection) -> list[str]:
        for number in range(2, 22):
            _asked(connection, number, NEAR if number % 2 else FAR)
        places = (COMMUNE, NEAR, FAR, "")
        return [
            str(somebody(connection, Role.OPERATOR, places[one % 4], 1, f"Mai {one}"))
            for one in range(40)
        ]

    people = database.write_now(plant)

    def cost(work: Callable[[Connection], object]) -> int:
        with statements(database._reading) as counted:
            database.read_now(work)
        return counted.number

    one = cost(lambda connection: pages._drawn(connection, people[:1]))
    assert cost(lambda connection: pages._drawn(connection, people)) == one <= 7
    least = cost(calls.stamp)
    assert least <= 2, "one, besides the beginning of the transaction"
    assert cost(lambda connection: calls.newest(connection, range(1, 22))) == least
    drawn, looks = database.read_now(lambda connection: pages._drawn(connection, people))
    assert len(set(drawn.values())) == 3, "by what may be seen: everything, one place, the other"
    assert {viewer for viewer, _ in looks} <= {int(one) for one in people}
    before = database.read_now(calls.stamp)
    database.write_now(lambda connection: _asked(connection, 22, NEAR))
    assert database.read_now(calls.stamp) != before
