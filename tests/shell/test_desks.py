"""What stands beside the conversation, and what the service begins by itself."""

from collections.abc import Sequence

import pytest
from fakes import FakeChannel
from house_of import House
from sqlalchemy import Connection, select
from village import NOW, find, plant

from bot.channels.base import packed
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import TextReceived
from bot.desks import Answer, Heard, News
from bot.errands import start_guide
from bot.library import Library
from bot.runner import Runner
from storage import inbox, lanes, links, outbox, people
from storage.database import Database
from storage.outbox import NewDelivery
from storage.rows import table
from storage.tables import Progress


class Echo:
    """Takes what begins with "/", tells somebody else, and counts what the batches wrote."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.news: list[News] = []

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        match heard.received.event:
            case TextReceived(text) if text.startswith("/"):
                self.heard.append(heard)
                told = NewDelivery("echo", "fake:one:b", packed(Message(text)), lanes.PERSONAL)
                return Answer([Message("1"), Message("2")], heard.received.press, [told])
        return None

    def after(self, connection: Connection, news: News) -> Sequence[NewDelivery]:
        self.news.append(news)
        return [
            NewDelivery("echo", row["address"], packed(Message("!")), lanes.PERSONAL)
            for row in news.consents
        ]


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def house(database: Database, channel: FakeChannel, library: Library, echo: Echo) -> House:
    house = House(database, channel, library)
    known = {channel.name: channel}
    house.runner = Runner(database, house.signals, known, house.shelf, [echo], [echo])
    return house


async def test_a_desk_answers_in_the_chat_and_elsewhere(
    house: House, channel: FakeChannel, echo: Echo
) -> None:
    def work(connection: Connection) -> int:
        plant(connection)
        person = find(connection, "Chị Hoa")
        links.link(connection, "fake:one:a", person, NOW)
        return person

    person = house.database.write_now(work)
    house.hear("a", text="/x")
    await house.all()
    assert (channel.texts("a"), channel.texts("b")) == (["1", "2"], ["/x"])
    assert [(one.person, one.owner) for one in echo.heard] == [(person, person)]


async def test_a_watcher_is_told_once_a_batch(
    house: House, channel: FakeChannel, echo: Echo
) -> None:
    for said in ("chào", "đồng ý"):
        house.hear("a", text=said)
    await house.all()
    assert [len(one.consents) for one in echo.news] == [1]
    assert "!" in channel.texts("a")


async def test_an_errand_begins_a_guide_once_for_one_of_the_chat(
    house: House, channel: FakeChannel
) -> None:
    def work(connection: Connection) -> int:
        plant(connection)
        owner, other = find(connection, "Anh Tư"), find(connection, "Bà Năm")
        people.see(connection, {"fake:one:a": "fake"}, NOW)
        for one in (owner, other):
            links.link(connection, "fake:one:a", one, NOW)
        address = Address("fake", "one", "a")
        for _ in range(2):
            inbox.add(connection, [start_guide(address, other, "vneid", "seq:1")], NOW)
        return other

    other = house.database.write_now(work)
    await house.all()
    assert house.database.read_now(lambda one: outbox.totals(one)) == {"accepted": 2}
    for said in ("đồng ý", "không", "bắt đầu"):
        house.hear("a", text=said)
        await house.all()
    rows = house.database.read_now(lambda one: one.execute(select(table(Progress))).all())
    assert [(row.person, row.guide) for row in rows] == [(other, "vneid")]
