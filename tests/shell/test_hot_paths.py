"""However many people write at once: what is heard, answered and sent takes the same number of
statements."""

import pytest
from counting import statements
from fakes import FakeChannel
from house_of import House

from bot.library import Library
from storage.database import Database


@pytest.fixture
def house(database: Database, library: Library) -> House:
    return House(database, FakeChannel(), library)


async def _cost(house: House, chats: range, said: str) -> list[int]:
    """Statements of one batch of turns, and of one look that finds nothing."""
    for chat in chats:
        house.hear(f"c{chat}", text=said)
    with statements(house.database.engine) as counted:
        assert await house.runner.once()
        turned = counted.number
        assert not await house.runner.once()
        looked = counted.number - turned
    return [turned, looked]


@pytest.mark.parametrize("words", [("chào", "đồng ý", "không", "1", "xong", "gặp người")])
async def test_turns_of_many_cost_what_turns_of_few_cost(
    house: House, words: tuple[str, ...]
) -> None:
    await _cost(house, range(900, 902), "chào")  # what is prepared once
    for said in words:
        few = await _cost(house, range(3), said)
        many = await _cost(house, range(100, 130), said)
        assert many == few, said
