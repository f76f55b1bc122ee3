"""Group commit: many small writes of one kind share a transaction. Knows no table."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy import Connection

from storage.database import Database

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_LARGEST_GROUP = 500
_MOST_WAITING = 20_000


class OverloadedError(Exception):
    """More is waiting than may be kept in memory; the caller should try again later."""


def in_database(
    database: Database, work: Callable[[Connection, Sequence[_Item]], Sequence[_Result]]
) -> Callable[[Sequence[_Item]], Awaitable[Sequence[_Result]]]:
    """The work of a group as one transaction."""
    return lambda items: database.write(lambda connection: work(connection, items))


class Grouped(Generic[_Item, _Result]):
    """`await add(item)` returns once `commit` has put the item's group on disk.

    While one group is being committed the next one gathers, so the group grows with
    the load and a lone write is not delayed. When a group fails, what gathered behind it
    fails as well: nothing overtakes. With `patience` whoever waited so many seconds is told by
    a TimeoutError; what was added is still committed if it can be.
    """

    def __init__(self, commit: Callable[[Sequence[_Item]], Awaitable[Sequence[_Result]]]) -> None:
        self._written = commit
        self.patience: float | None = None
        self._limited: deque[tuple[float, asyncio.Future[_Result]]] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._waiting: list[tuple[_Item, asyncio.Future[_Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: _Item) -> _Result:
        if len(self._waiting) >= _MOST_WAITING:
            raise OverloadedError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()
        self._waiting.append((item, future))
        if self.patience is not None:
            self._limit(loop, future, self.patience)
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return await future

    def _limit(
        self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[_Result], seconds: float
    ) -> None:
        """One timer for all who wait: one for each cost a tenth of the way in."""
        self._limited.append((loop.time() + seconds, future))
        self._alarm = self._alarm or loop.call_later(seconds, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._limited and self._limited[0][0] <= loop.time():
            future = self._limited.popleft()[1]
            if not future.done():
                future.set_exception(TimeoutError())
        self._forget()
        self._alarm = loop.call_at(self._limited[0][0], self._ring, loop) if self._limited else None

    def _forget(self) -> None:
        """Those who were told; groups end in their order."""
        while self._limited and self._limited[0][1].done():
            self._limited.popleft()

    async def _drain(self) -> None:
        try:
            while self._waiting:
                group = self._waiting[:_LARGEST_GROUP]
                del self._waiting[:_LARGEST_GROUP]
                await self._commit(group)
        finally:
            self._task = None

    async def _commit(self, group: list[tuple[_Item, asyncio.Future[_Result]]]) -> None:
        items = [item for item, _ in group]
        try:
            results = await self._written(items)
        except Exception as error:  # noqa: BLE001  # each waiting caller is told
            group = [*group, *self._waiting]
            self._waiting.clear()
            outcomes: Sequence[_Result | Exception] = [error] * len(group)
        else:
            outcomes = results
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if future.done():
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
        self._forget()
