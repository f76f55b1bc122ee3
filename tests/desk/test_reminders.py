"""What the service says by itself, over days of a frozen clock: at most two reminders for a step,
none in the night, on a day off, while somebody helps, or once it is done.
"""

from datetime import datetime
from typing import Any

import pytest
from fakes import Clock
from office import ZONE
from sqlalchemy import Connection, text
from talk import Talk
from village import find

from bot.care.strangers import StrangerWatcher
from bot.desks import News
from bot.library import Library
from storage import chat_nudges, households, links, people, reminders, runs
from storage.chat_nudges import Standing
from storage.database import DAY, HOUR, Database

FIRST = "Cháu hỏi thăm: hôm trước bác đang học dở bài này."
LAST = "Cháu nhắc lần này nữa thôi ạ."


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(dung="Anh Dũng", bay="Ông Bảy")
    return made


async def _begun(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")


def _heard(talk: Talk, part: str) -> int:
    return sum(part in one for one in talk.channel.texts("bay"))


def _history(talk: Talk) -> list[tuple[str, int, str, str]]:
    return talk.database.read_now(lambda one: reminders.history(one, 1))


async def test_two_reminders_and_no_more(talk: Talk) -> None:
    await _begun(talk)  # Friday, 9 in the morning
    await talk.later(hours=21)
    assert (_heard(talk, FIRST), _heard(talk, LAST)) == (0, 0)
    await talk.later(hours=2)
    assert (_heard(talk, FIRST), _heard(talk, LAST)) == (1, 0)
    assert "Bác đang học bài An toàn trên mạng." in "\n".join(talk.channel.texts("bay")[-2:])
    await talk.later(days=4, step=4)
    assert (_heard(talk, FIRST), _heard(talk, LAST)) == (1, 1)
    said = len(talk.channel.texts("bay"))
    await talk.later(days=20, step=12)
    assert len(talk.channel.texts("bay")) == said
    assert [(number, state) for kind, number, state, _ in _history(talk) if kind == "nudge"][
        -2:
    ] == [
        (1, "sent"),
        (2, "sent"),
    ]


async def test_moving_on_starts_the_count_anew_and_finishing_ends_it(talk: Talk) -> None:
    await _begun(talk)
    await talk.later(hours=24, step=8)
    assert _heard(talk, FIRST) == 1
    await talk.says("bay", "1")
    await talk.later(hours=24, step=8)
    assert _heard(talk, FIRST) == 2
    await talk.finishes("bay", "an-toan")
    await talk.later(days=10, step=12)
    assert (_heard(talk, FIRST), _heard(talk, LAST)) == (2, 0)


async def test_nobody_is_reminded_at_tet_or_in_the_night(talk: Talk) -> None:
    talk.clock.now = int(datetime(2027, 2, 4, 15, tzinfo=ZONE).timestamp()) * 1_000_000
    await _begun(talk)
    await talk.later(days=6, hours=15, step=3)
    assert _heard(talk, FIRST) == 0
    await talk.later(hours=6)
    assert _heard(talk, FIRST) == 1
    assert talk.calendar.day(talk.clock()) == "2027-02-11"


async def test_while_somebody_helps_nobody_is_reminded_and_then_it_begins_anew(talk: Talk) -> None:
    await _begun(talk)
    await talk.says("bay", "gặp người")
    await talk.later(days=6, step=6)
    assert (_heard(talk, FIRST), _heard(talk, LAST)) == (0, 0)
    ended = text("UPDATE help_request SET state = 'closed'")
    talk.database.write_now(lambda one: one.execute(ended))
    await talk.later(hours=12, step=6)
    assert _heard(talk, FIRST) == 0
    await talk.later(days=1, step=6)
    assert _heard(talk, FIRST) == 1


async def test_nobody_is_interrupted(talk: Talk) -> None:
    await _begun(talk)
    await talk.later(hours=21, step=3)
    talk.clock.now += 50 * 60 * 1_000_000
    await talk.says("bay", "xem lại")
    await talk.later(minutes=20)
    assert _heard(talk, FIRST) == 0
    await talk.later(hours=2)
    assert _heard(talk, FIRST) == 1


@pytest.mark.parametrize(
    ("column", "value", "reason"), [("muted_until", "1", "muted"), ("state", "moved", "moved")]
)
async def test_who_is_muted_or_gone_is_not_reminded(
    talk: Talk, column: str, value: str, reason: str
) -> None:
    await _begun(talk)
    change: dict[str, Any] = {column: talk.clock() + 90 * DAY if value == "1" else value}
    talk.database.write_now(lambda one: households.change(one, "H002", talk.clock(), **change))
    await talk.later(days=2, step=6)
    assert _heard(talk, FIRST) == 0
    assert _history(talk)[-1] == ("nudge", 1, "cleared", reason)


async def test_one_chat_gets_no_more_than_two_a_day(talk: Talk) -> None:
    """Four people on one phone, all of whom stood still."""

    def share(connection: Connection) -> None:
        now = talk.clock()
        names = ("Chị Hoa", "Bà Năm", "Anh Tư")
        people = [find(connection, one) for one in names]
        for person in people:
            links.link(connection, "fake:one:bay", person, now)
        row = {"sequence": 0, "place": 0, "guide": "vneid", "revision": "", "way": "chat"}
        rows = [{**row, "person": one, "started_by": 0, "state": "started"} for one in people]
        runs.add(connection, rows, now)
        due = [
            {"run": run.id, "kind": "nudge", "person": run.person, "item": "", "number": 1}
            for run in runs.live(connection, people)
        ]
        reminders.schedule(connection, [{**one, "due_at": now + HOUR} for one in due], now)

    talk.database.write_now(share)
    await talk.later(hours=8)
    assert len([one for one in talk.channel.texts("bay") if FIRST in one]) == 2
    await talk.later(days=1, step=3)
    assert len([one for one in talk.channel.texts("bay") if FIRST in one]) == 3


async def test_who_nobody_knows_is_reminded_twice_and_no_more(talk: Talk) -> None:
    """By the chat alone; moving on begins anew."""
    await talk.says("ai", "chào", "đồng ý", "không", "1", "bắt đầu", "2")

    def heard() -> tuple[int, int]:
        texts = talk.channel.texts("ai")
        return sum(FIRST in one for one in texts), sum(LAST in one for one in texts)

    await talk.later(hours=21, step=7)
    assert heard() == (0, 0)
    await talk.later(hours=3, step=3)
    assert heard() == (1, 0)
    said = "\n".join(talk.channel.texts("ai")[-2:])
    assert "nhắn DỪNG" in said
    assert "Bước" in said
    await talk.says("ai", "xong")
    await talk.later(days=1, step=6)
    assert heard() == (2, 0)
    await talk.later(days=24, step=24)
    assert heard() == (2, 1)
    assert _standing(talk) == []


@pytest.mark.parametrize("said", ["dừng", "gặp người", "tied", "blocked", "done"])
async def test_a_stranger_is_left_alone(talk: Talk, said: str) -> None:
    """Who stops, finishes, is known by now or cannot be written to; while somebody is to help."""
    await talk.says("ai", "chào", "đồng ý", "không", "1", "bắt đầu", "2")
    assert len(_standing(talk)) == 1
    chat = "fake:one:ai"
    match said:
        case "tied":
            tied = lambda one: links.link(one, chat, find(one, "Bà Năm"), talk.clock())  # noqa: E731
            talk.database.write_now(tied)
        case "blocked":
            gone = lambda one: people.set_reachable(one, chat, 1, reachable=False)  # noqa: E731
            talk.database.write_now(gone)
        case "done":
            await talk.finishes("ai", "vneid")
        case _:
            await talk.says("ai", said)
    await talk.later(days=5, step=12)
    assert not [one for one in talk.channel.texts("ai") if FIRST in one or LAST in one]
    assert len(_standing(talk)) == (1 if said == "gặp người" else 0)


async def test_a_chat_without_a_sound_is_not_reminded(talk: Talk) -> None:
    watcher = StrangerWatcher(talk.calendar, {"fake"})
    row = {"address": "fake:one:ai", "person": 0, "guide": "vneid", "outcome": "done"}
    talk.database.write_now(lambda one: watcher.after(one, News([row], [], [], talk.clock())))
    assert _standing(talk) == []


def _standing(talk: Talk) -> list[Standing]:
    return talk.database.read_now(lambda one: chat_nudges.due(one, talk.clock() + 99 * DAY, 9))
