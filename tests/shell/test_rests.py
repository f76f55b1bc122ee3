"""Who writes faster than can be answered is told so once, and then left in peace for a while."""

from collections.abc import Sequence
from typing import Any

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from sqlalchemy import select

from bot.core.guide import Phrase
from bot.library import Library
from storage import inbox, outbox
from storage.database import Database
from storage.outbox import MOST_WAITING_PER_CHAT as MOST
from storage.rows import table
from storage.tables import Contact, HelpRequest


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def house(database: Database, channel: FakeChannel, library: Library) -> House:
    return House(database, channel, library)


@pytest.fixture
def told(house: House) -> str:
    return house.shelf.guides.phrases[Phrase.RESTS]


def _rows(house: House, model: type) -> Sequence[Any]:
    return house.database.read_now(lambda one: one.execute(select(table(model))).all())


async def _flooded(house: House, channel: FakeChannel) -> int:
    """Until the chat rests; how much it was written by then."""
    for _ in range(40):
        house.hear("a", text="chào")
    await house.all()
    return len(channel.texts("a"))


async def test_a_flood_is_answered_up_to_a_point_and_told_so_once(
    house: House, channel: FakeChannel, told: str
) -> None:
    for number in range(150):
        house.hear("a", text=f"câu hỏi số {number}")
        house.hear("b", text="chào") if number == 75 else None
    await house.all()
    texts = channel.texts("a")
    assert len(texts) <= MOST + 2  # the last one answered may have been given several
    assert texts.count(told) == 1
    assert texts[-1] == told
    assert told not in channel.texts("b")
    assert house.database.read_now(inbox.counts) == {"waiting": 0, "parked": 0}


async def test_answers_that_wait_count_as_well(
    house: House, channel: FakeChannel, told: str
) -> None:
    """However slowly it comes in: no answer leaves meanwhile."""
    for number in range(60):
        house.hear("a", text=f"câu hỏi số {number}")
        await house.turn()
    await house.deliver()
    assert channel.texts("a").count(told) == 1
    assert channel.texts("a")[-1] == told
    assert len(channel.texts("a")) == MOST + 1
    reasons = house.database.read_now(outbox.totals)
    assert reasons.get("skipped", 0) <= 2


async def test_after_a_minute_it_is_heard_again(
    house: House, channel: FakeChannel, clock: Clock, told: str
) -> None:
    before = await _flooded(house, channel)
    house.hear("a", text="vneid là gì")
    house.hear("a", media="image")
    house.hear("a", start="vneid")
    house.hear("a", choice="dong-y", turn=1)
    await house.all()
    assert len(channel.texts("a")) == before
    clock.advance(60)
    house.hear("a", text="vneid là gì")
    await house.all()
    assert len(channel.texts("a")) > before
    assert channel.texts("a").count(told) == 1


async def test_who_goes_on_is_not_written_to(
    house: House, channel: FakeChannel, clock: Clock, told: str
) -> None:
    before = await _flooded(house, channel)
    for _ in range(20):
        for _ in range(10):
            house.hear("a", text="chào")
        await house.all()
        clock.advance(15)
    assert len(channel.texts("a")) == before
    clock.advance(60)
    house.hear("a", text="chào")
    await house.all()
    assert len(channel.texts("a")) > before
    assert channel.texts("a").count(told) == 1


async def test_stop_and_a_call_for_a_person_count_all_the_same(
    house: House, channel: FakeChannel
) -> None:
    for said in ("chào", "đồng ý", "không", "1", "bắt đầu"):
        house.hear("a", text=said)
        await house.all()
    for _ in range(200):
        house.hear("a", text="xong")
    await house.all()
    (contact,) = _rows(house, Contact)
    assert contact.rests_until > house.database.read_now(house.database.now)
    before = len(channel.texts("a"))
    house.hear("a", text="gặp người")
    await house.all()
    assert len(_rows(house, HelpRequest)) == 1
    assert len(channel.texts("a")) > before
    house.hear("a", choice="dung", turn=1)
    await house.all()
    stopped = house.shelf.guides.phrases[Phrase.STOPPED]
    assert channel.texts("a")[-1].startswith(stopped)
