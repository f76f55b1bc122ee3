"""One look for everybody who watches: what changed is drawn once and sent to all who see it."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import ServerSentEvent

# The HTML of each key; and, where there is one, a sign for each key that changes with its HTML.
Draw = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]
Mark = Callable[[Sequence[str]], Awaitable[Mapping[str, object]]]
EVERY_SECONDS = 0.05
# Times as long as drawing took, where everything is drawn anew, as a broadcast's progress is.
_REST = 4
_STREAM_SECONDS = 300.0
_WAIT_SECONDS = 20.0
_log = logging.getLogger(__name__)


class _Topic:
    def __init__(self) -> None:
        self.html, self.event, self.version, self.watchers = "", b"", 0, 0
        self.mark: object = None
        self.changed = asyncio.Event()

    def show(self, html: str) -> None:
        """Written once for all who watch."""
        if html != self.html or not self.version:
            self.html, self.version = html, self.version + 1
            self.event = ServerSentEvent(html, id=str(self.version)).encode()
            changed, self.changed = self.changed, asyncio.Event()
            changed.set()


class Live:
    """Without `mark` everything is drawn at every look."""

    def __init__(self, draw: Draw, mark: Mark | None = None) -> None:
        self._draw, self._mark = draw, mark
        self._topics: dict[str, _Topic] = {}
        self._task: asyncio.Task[None] | None = None

    async def stream(self, key: str) -> AsyncGenerator[bytes]:
        """What is there now, then every change, for five minutes; then the page returns."""
        topic = self._topics.setdefault(key, _Topic())
        topic.watchers += 1
        self._task = self._task or asyncio.create_task(self._watch())
        loop = asyncio.get_running_loop()
        ends, seen = loop.time() + _STREAM_SECONDS, 0
        try:
            while loop.time() < ends:
                changed = topic.changed
                if topic.version != seen:
                    seen = topic.version
                    yield topic.event
                with suppress(TimeoutError):
                    async with asyncio.timeout(_WAIT_SECONDS):
                        await changed.wait()
        finally:
            self._leave(key, topic)

    def _leave(self, key: str, topic: _Topic) -> None:
        topic.watchers -= 1
        if not topic.watchers:
            del self._topics[key]
        if not self._topics and self._task:
            self._task.cancel()
            self._task = None

    async def _watch(self) -> None:
        while True:
            drawing = 0.0
            try:
                drawing = await self._look()
            except SQLAlchemyError:
                pass  # the database is away: what is shown stays
            except Exception:  # noqa: BLE001  # one page that cannot be drawn ends nobody's stream
                _log.exception("live part not drawn")
            await asyncio.sleep(max(EVERY_SECONDS, drawing if self._mark else _REST * drawing))

    async def _look(self) -> float:
        """How long it took to draw; looking itself waits for streams that are written to."""
        keys = list(self._topics)
        marks = await self._mark(keys) if self._mark else {}
        wanted = [one for one in keys if self._is_due(one, marks)]
        if not wanted:
            return 0
        begun = time.monotonic()
        drawn = await self._draw(wanted)
        for key, html in drawn.items():
            if topic := self._topics.get(key):
                topic.mark = marks.get(key)
                topic.show(html)
        return time.monotonic() - begun

    def _is_due(self, key: str, marks: Mapping[str, object]) -> bool:
        topic = self._topics.get(key)
        if topic is None:
            return False
        return not (self._mark and topic.version) or marks.get(key) != topic.mark
