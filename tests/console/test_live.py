"""Streams: one drawing for all who watch, ended when nobody does."""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy.exc import OperationalError
from sse_starlette import ServerSentEvent

from webhooks.console import live
from webhooks.console.live import Live


async def _next(stream: AsyncIterator[ServerSentEvent]) -> str:
    return str((await asyncio.wait_for(anext(stream), 10)).data)


async def test_all_who_watch_share_one_drawing() -> None:
    drawn: list[str] = []
    shown = ["first"]

    async def draw(key: str) -> str:
        drawn.append(key)
        if shown[-1] == "broken":
            raise OperationalError("", {}, Exception())
        return shown[-1]

    watched = Live(draw)
    streams = [watched.stream("7") for _ in range(50)]
    assert {await _next(one) for one in streams} == {"first"}
    assert len(drawn) < 50
    waiting = [asyncio.create_task(_next(one)) for one in streams]
    await asyncio.sleep(0)
    shown.append("broken")
    await asyncio.sleep(2 * live.EVERY_SECONDS)
    shown.append("second")
    assert set(await asyncio.gather(*waiting)) == {"second"}
    for one in streams:
        await one.aclose()
    await asyncio.sleep(2 * live.EVERY_SECONDS)
    number = len(drawn)
    await asyncio.sleep(2 * live.EVERY_SECONDS)
    assert len(drawn) == number, "nobody watches, nothing is read"
