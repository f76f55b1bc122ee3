"""The way in: turns, order, poison, and one transaction for everything a turn does."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from fakes import Clock, FakeChannel
from house_of import House
from sqlalchemy import Connection, select, text, update

from bot.core.guide import Phrase
from bot.library import Library, guide_folders
from storage import calls, conversations, inbox, outbox
from storage.database import Database
from storage.rows import table
from storage.tables import Consent, ConversationState, GuideVersion, HelpRequest, Progress


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def house(database: Database, channel: FakeChannel, library: Library) -> House:
    return House(database, channel, library)


def _rows(house: House, model: type) -> Sequence[Any]:
    return house.database.read_now(lambda one: one.execute(select(table(model))).all())


async def test_a_turn_answers_and_writes_everything_it_wants(
    house: House, channel: FakeChannel
) -> None:
    for said in ("chào", "đồng ý", "không", "1", "bắt đầu", "gặp người", "gặp người"):
        house.hear("a", text=said)
        await house.all()
    texts = channel.texts("a")
    assert len(texts) == 8
    assert len(_rows(house, Consent)) == 2
    assert len(_rows(house, Progress)) == 1
    asked = [row.asked for row in _rows(house, HelpRequest)]
    assert asked == [2]
    assert house.database.read_now(calls.open_count) == 1
    assert house.database.read_now(outbox.totals) == {"accepted": 8}


async def test_many_chats_in_one_batch_each_in_order(house: House, channel: FakeChannel) -> None:
    for said in ("chào", "đồng ý", "không", "2"):
        for chat in "abc":
            house.hear(chat, text=said)
    await house.all()
    assert channel.texts("a") == channel.texts("b") == channel.texts("c")
    assert len(channel.texts("a")) == 5


async def test_the_same_update_twice_has_one_effect(house: House, channel: FakeChannel) -> None:
    for _ in range(2):
        house.hear("a", event="same", text="chào")
        await house.all()
    house.hear("a", event="same", text="chào")
    await house.all()
    assert len(channel.texts("a")) == 2


async def test_a_button_carries_its_press_to_the_channel(
    house: House, channel: FakeChannel
) -> None:
    house.hear("a", text="chào")
    await house.all()
    house.hear("a", choice="dong-y", turn=1, press="p1")
    house.hear("a", choice="dong-y", turn=1, press="p2")
    house.hear("a", choice="dong-y", turn=1)
    await house.all()
    pressed = [(one.press and one.press.ack, bool(one.message.text)) for one in channel.sent]
    assert pressed == [(None, True), (None, True), ("p1", True), ("p2", False)]


async def test_poison_is_parked_told_and_blocks_nobody(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    house.hear("bad", text="poison")
    house.hear("bad", text="chào")
    house.hear("good", text="chào")
    await house.all()
    assert len(channel.texts("good")) == 2
    assert channel.texts("bad") == []
    for _ in range(4):
        clock.advance(60)
        await house.all()
    assert house.database.read_now(inbox.counts) == {"waiting": 0, "parked": 1}
    assert channel.texts("bad")[0] == house.shelf.guides.phrases[Phrase.FAILED]
    assert len(channel.texts("bad")) == 3


async def test_a_row_the_database_refuses_is_blamed_alone(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    house.hear("bad", text="chào")
    house.database.write_now(
        lambda one: conversations.save(one, {("fake:one:bad", 0): '{"waiting_for": "nonsense"}'}, 0)
    )
    house.hear("good", text="chào")
    await house.all()
    assert len(channel.texts("good")) == 2
    for _ in range(5):
        clock.advance(60)
        await house.turn()
    assert house.database.read_now(inbox.counts) == {"waiting": 0, "parked": 1}


async def test_what_cannot_be_parsed_is_parked_at_once(house: House, database: Database) -> None:
    arrival = inbox.Arrival("gone", "one", "1", "gone:one:a", "{}")
    database.write_now(lambda one: inbox.add(one, [arrival], 0))
    house.hear("a", nothing=1)
    await house.turn()
    counts = database.read_now(inbox.counts)
    assert counts["waiting"] == 2


async def test_a_guide_whose_review_is_overdue_says_so(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    notice = house.shelf.guides.phrases[Phrase.EXPIRED]
    for said in ("chào", "đồng ý", "không", "1"):
        house.hear("a", text=said)
    await house.all()
    assert not [text for text in channel.texts("a") if notice in text]
    clock.advance(90 * 86_400)
    house.hear("a", text="bài khác")
    house.hear("a", text="3")
    await house.all()
    assert [text for text in channel.texts("a") if notice in text]


async def test_a_run_ends_on_its_version_after_a_deploy(
    house: House, channel: FakeChannel, library: Library
) -> None:
    house.database.write_now(lambda one: house.shelf.keep(one, 0))
    stored = len(_rows(house, GuideVersion))
    house.database.write_now(lambda one: house.shelf.keep(one, 0))
    assert len(_rows(house, GuideVersion)) == stored == len(guide_folders())
    for said in ("chào", "đồng ý", "không", "1", "bắt đầu"):
        house.hear("a", text=said)
    await house.all()
    _rename_revision(house, "older")
    new = House(house.database, channel, library)
    new.hear("a", event="after", text="xem lại")
    await new.all()
    assert channel.texts("a")[-1] == channel.texts("a")[-2]
    _rename_revision(house, "lost")
    house.database.write_now(lambda one: one.execute(text("DELETE FROM guide_version")))
    last = House(house.database, channel, library)
    last.hear("a", event="later", text="xem lại")
    await last.all()
    assert library.messages.phrases[Phrase.UPDATED] in "\n".join(channel.texts("a")[-2:])


def _rename_revision(house: House, revision: str) -> None:
    """As if the run had begun on an earlier version that the files no longer hold."""

    def work(connection: Connection) -> None:
        states, versions = table(ConversationState), table(GuideVersion)
        plain = orjson.loads(connection.execute(select(states.c.state)).scalar_one())
        guide = plain["run"]["guide"]
        plain["run"]["revision"] = revision
        connection.execute(update(states).values(state=orjson.dumps(plain).decode()))
        found = connection.execute(select(versions).where(versions.c.guide == guide))
        row = found.mappings().all()[0]
        content = orjson.dumps({**orjson.loads(row["content"]), "revision": revision}).decode()
        connection.execute(
            versions.insert().values({**row, "revision": revision, "content": content})
        )

    house.database.write_now(work)
