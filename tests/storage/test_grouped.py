"""Many small writes share a transaction; whoever waits too long is told so."""

import asyncio
from collections.abc import Sequence

import pytest

from storage.grouped import Grouped


class _Disk:
    """Commits a group when it is let."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.groups: list[list[int]] = []

    async def commit(self, items: Sequence[int]) -> Sequence[int]:
        await self.open.wait()
        self.groups.append([*items])
        return [one * 10 for one in items]


async def test_what_gathers_meanwhile_is_committed_together() -> None:
    disk = _Disk()
    grouped: Grouped[int, int] = Grouped(disk.commit)
    adding = [asyncio.create_task(grouped.add(one)) for one in (1, 2, 3)]
    disk.open.set()
    assert await asyncio.gather(*adding) == [10, 20, 30]
    assert [one for group in disk.groups for one in group] == [1, 2, 3]
    assert len(disk.groups) < 3


async def test_who_waited_too_long_is_told_and_all_is_committed_yet() -> None:
    """Also those who came while others waited; one who left is told nothing."""
    disk = _Disk()
    grouped: Grouped[int, int] = Grouped(disk.commit)
    grouped.patience = 0.05
    adding = [asyncio.create_task(grouped.add(one)) for one in (1, 2, 3)]
    await asyncio.sleep(0)
    adding[1].cancel()
    found = await asyncio.gather(*adding, return_exceptions=True)
    assert [type(one) for one in found] == [TimeoutError, asyncio.CancelledError, TimeoutError]
    late = asyncio.create_task(grouped.add(4))
    with pytest.raises(TimeoutError):
        await late
    disk.open.set()
    grouped.patience = None
    assert await grouped.add(5) == 50
    assert [one for group in disk.groups for one in group] == [1, 2, 3, 4, 5]
