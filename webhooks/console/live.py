"""One drawing for everybody who watches the same thing: read once, sent to all when it changed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import ServerSentEvent

Draw = Callable[[str], Awaitable[str]]
EVERY_SECONDS = 0.4
_STREAM_SECONDS = 300.0
_WAIT_SECONDS = 20.0


class _Topic:
    def __init__(self) -> None:
        self.html, self.version, self.watchers = "", 0, 0
        self.changed = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def show(self, html: str) -> None:
        if html != self.html:
            self.html, self.version = html, self.version + 1
            changed, self.changed = self.changed, asyncio.Event()
            changed.set()


class Live:
    """`draw` makes the HTML of a key; it is asked again and again while anybody watches."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._topics: dict[str, _Topic] = {}

    async def stream(self, key: str) -> AsyncGenerator[ServerSentEvent]:
        """What is there now, then every change, for five minutes; then the page returns."""
        topic = self._topics.setdefault(key, _Topic())
        topic.watchers += 1
        topic.task = topic.task or asyncio.create_task(self._watch(key, topic))
        loop = asyncio.get_running_loop()
        ends, seen = loop.time() + _STREAM_SECONDS, 0
        try:
            while loop.time() < ends:
                changed = topic.changed
                if topic.version != seen:
                    seen = topic.version
                    yield ServerSentEvent(topic.html, id=str(seen))
                with suppress(TimeoutError):
                    async with asyncio.timeout(_WAIT_SECONDS):
                        await changed.wait()
        finally:
            topic.watchers -= 1
            if not topic.watchers and topic.task:
                topic.task.cancel()
                del self._topics[key]

    async def _watch(self, key: str, topic: _Topic) -> None:
        while True:
            with suppress(SQLAlchemyError):
                topic.show(await self._draw(key))
            await asyncio.sleep(EVERY_SECONDS)
