"""A cancellation that comes together with what was waited for must not get lost."""

import asyncio

import pytest

from bot.ending import end
from storage.database import Database
from storage.signals import Signals


async def test_a_task_that_missed_it_is_asked_again() -> None:
    missed = 0

    async def deaf() -> None:
        nonlocal missed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                missed += 1
                if missed == 2:
                    raise

    async def fails() -> None:
        raise ValueError

    tasks = [asyncio.create_task(deaf()), asyncio.create_task(fails())]
    await asyncio.sleep(0)
    await end(tasks)
    assert missed == 2
    assert all(one.done() for one in tasks)


async def test_nothing_to_end() -> None:
    await end([])


async def test_woken_and_cancelled_at_once_is_cancelled(database: Database) -> None:
    signals = Signals(database)
    event = signals.subscribe("topic")
    waiting = asyncio.create_task(signals.wait(event, 60))
    await asyncio.sleep(0.01)
    signals.wake("topic")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_wait_ends_by_being_woken_or_by_itself(database: Database) -> None:
    signals = Signals(database)
    event = signals.subscribe("topic")
    await signals.wait(event, 0.01)
    signals.wake("topic")
    await signals.wait(event, 60)
    assert not event.is_set()
