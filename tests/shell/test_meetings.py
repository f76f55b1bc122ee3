"""Events of a platform that keeps no order: what is late, and what is said to a person of ours."""

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from sqlalchemy import select

from bot.channels.base import Received
from bot.core.address import Address
from bot.core.events import (
    ChoiceMade,
    GroupChanged,
    GuideStarted,
    Ignored,
    MediaReceived,
    PersonAnswered,
    ReachabilityChanged,
    TextReceived,
)
from bot.library import Library
from bot.meetings import HUMAN_STAYS, Meetings, judged
from storage.contacts import Contact
from storage.database import SECOND, Database
from storage.rows import table
from storage.tables import Contact as Table

CHAT = Address("fake", "one", "a")
NOW = 1_000 * SECOND


def _received(event: object, at: int = NOW, near: str = "") -> Received:
    return Received(CHAT, event, at=at, near=near)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "late", "to_a_person"),
    [
        (TextReceived("x"), TextReceived("x", aside=True), TextReceived("x", aside=True)),
        (ChoiceMade("x", 1), ChoiceMade("x", 1), ChoiceMade("x", 1)),
        (GuideStarted(""), Ignored("late"), GuideStarted("")),
        (MediaReceived("image"), Ignored("late"), Ignored("to-a-person")),
        (ReachabilityChanged(False), Ignored("late"), ReachabilityChanged(False)),
        (GroupChanged("", True, True), Ignored("late"), GroupChanged("", True, True)),
        (Ignored("x"), Ignored("x"), Ignored("x")),
    ],
)
def test_what_counts(event: object, late: object, to_a_person: object) -> None:
    assert judged(_received(event), Contact(), NOW) == event
    assert judged(_received(event), Contact(last_at=NOW + 1), NOW) == late
    assert judged(_received(event), Contact(human_until=NOW + 1), NOW) == to_a_person
    in_order = judged(_received(event, at=0), Contact(last_at=NOW + 1), NOW)
    assert in_order == event


def test_a_platform_in_order_is_left_alone() -> None:
    meetings = Meetings(NOW, {})
    assert meetings.met(_received(TextReceived("x"), at=0)) == TextReceived("x")
    assert not meetings.changed


def test_what_is_remembered() -> None:
    meetings = Meetings(NOW, {})
    meetings.met(_received(TextReceived("x"), at=NOW + 5, near="a"))
    assert meetings.known[str(CHAT)] == Contact(near_at=NOW, last_at=NOW + 5)
    meetings.met(_received(PersonAnswered()))
    assert meetings.known[str(CHAT)].human_until == NOW + HUMAN_STAYS
    meetings.met(_received(ChoiceMade("x", 1)))
    assert meetings.known[str(CHAT)].human_until == 0
    meetings.met(_received(Ignored("group-message"), near="b"))
    assert meetings.elsewhere == {"fake:one:b": NOW}


@pytest.fixture
def channel(clock: Clock) -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def house(database: Database, channel: FakeChannel, library: Library) -> House:
    return House(database, channel, library)


async def test_what_waits_together_is_put_in_order(house: House, channel: FakeChannel) -> None:
    for at, said in ((3, "không"), (1, "chào"), (4, "1"), (2, "đồng ý")):
        house.hear("a", at=at, text=said)
    for said in ("chào", "đồng ý", "không", "1"):
        house.hear("b", text=said)
    await house.all()
    assert channel.texts("a") == channel.texts("b")


async def test_late_words_only_stop_or_call(house: House, channel: FakeChannel) -> None:
    for at, said in ((10, "chào"), (20, "đồng ý"), (30, "không"), (40, "1")):
        house.hear("a", at=at, text=said)
        await house.all()
    said_so_far = len(channel.texts("a"))
    house.hear("a", at=35, text="bắt đầu")
    house.hear("a", at=36, start="an-toan")
    await house.all()
    assert len(channel.texts("a")) == said_so_far
    house.hear("a", at=37, text="dừng")
    await house.all()
    assert len(channel.texts("a")) == said_so_far + 1
    row = house.database.read_now(lambda one: one.execute(select(table(Table))).one())
    assert (row.last_at, row.near_at) == (40, 40)
