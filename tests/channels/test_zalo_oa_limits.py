"""No send ever goes over what the stand-in allows: lengths, elements, buttons, calls a minute."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fakes import Clock
from hypothesis import given, settings
from hypothesis import strategies as st
from zalo import CONSOLE, PERSON, Zalo, zalo_oa

from bot.channels.base import Failure, Outgoing, PictureFile, Sent
from bot.channels.notes import Fact, Notes
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.parse import group_chat
from bot.channels.zalo_oa.render import RICH, Words, parts
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Choice
from bot.standins.zalo.content import content
from bot.standins.zalo.media import Media
from bot.standins.zalo.model import Ids
from storage import claims, lanes, outbox, pace
from storage.database import MINUTE, SECOND, Database
from storage.outbox import Claimed, Ended, NewDelivery

WORDS = Words("Gõ {number}: {label}", "Mời chọn")
_TEXT = st.text(
    st.one_of(
        st.sampled_from("aằ*_#<>[]@()` \n👍🏽ệ\u0323\u0302\u200b"),
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]),
    ),
    min_size=1,
    max_size=300,
)
_LONG = st.builds(lambda text, times: text * times, _TEXT, st.integers(1, 60))
_CHOICES = st.lists(
    st.builds(Choice, st.sampled_from(["xong", "a" * 60]), _TEXT.map("Nút {}".format)),
    max_size=40,
)
_UPLOADED = PictureFile(Path("a.png"), "Màn hình " * 300, "d", "id-1")


def _media() -> Media:
    made = Media(Ids(), lambda: 0.0)
    name = made.add("image", "a.png", b"\x89PNG\r\n\x1a\n")["attachment_id"]
    made.uploads["id-1"] = made.uploads[name]
    return made


@settings(max_examples=400, deadline=None)
@given(
    _LONG,
    _CHOICES,
    st.sampled_from([PERSON, group_chat("f4")]),
    st.sampled_from([RICH, frozenset(), frozenset({"buttons"}), frozenset({"list"})]),
    st.booleans(),
)
def test_every_part_is_one_the_stand_in_accepts(
    text: str, choices: list[Choice], chat: str, usable: frozenset[str], pictured: bool
) -> None:
    address = Address("zalo_oa", CONSOLE.app_id, chat)
    message = Message(text, tuple(choices), 12)
    outgoing = Outgoing(1, address, message, picture=_UPLOADED if pictured else None)
    media = _media()
    for part in parts(outgoing, usable, WORDS):
        content(part.body, media, rich=True)


@dataclass
class Minute:
    """As Zalo counts: never more than so many calls in any 60 seconds."""

    most: int
    calls: deque[int] = field(default_factory=deque)

    def call(self, now: int) -> None:
        while self.calls and self.calls[0] <= now - MINUTE:
            self.calls.popleft()
        self.calls.append(now)
        assert len(self.calls) <= self.most


@pytest.mark.parametrize("rate", ["100", "2000"])
def test_no_minute_has_too_many_calls(database: Database, clock: Clock, rate: str) -> None:
    """Three minutes of more than can leave, after a pause; some messages take several calls."""
    account, channel = ("zalo_oa", CONSOLE.app_id), zalo_oa("http://x", notes=_told(rate))
    limits = channel.limits
    terms = claims.Terms(
        pace.Rate(pace.BOTH, limits.reply_interval, limits.burst),
        pace.Rate(pace.BOTH, limits.other_interval, limits.burst),
        lambda _: 0,
    )
    minute, sent, step = Minute(int(rate)), 0, SECOND // 2 if rate == "100" else 3 * SECOND
    chats = [f"zalo_oa:{CONSOLE.app_id}:{number}" for number in range(int(rate) * 4)]
    for part in range(0, len(chats), 500):
        new = [
            NewDelivery("x:1", chat, "{}", lanes.REPLY if place % 3 else lanes.BULK)
            for place, chat in enumerate(chats[part : part + 500])
        ]
        database.write_now(lambda one, new=new: outbox.enqueue(one, new, clock()))
    end = clock() + 3 * MINUTE
    while clock() < end:
        claimed = database.write_now(
            lambda one: claims.claim(one, account, "a", clock(), claims.Room(1000, 1000), terms)
        )
        ended = [_ended(one, more=place % 5 == 0) for place, one in enumerate(claimed)]
        for _ in claimed:
            minute.call(clock())
        sent += len(claimed)
        database.write_now(lambda one, ended=ended: outbox.end(one, ended, "a", clock()))
        clock.advance(step / SECOND)
    assert sent >= 2 * int(rate), "and not much fewer than may leave"


def _ended(claimed: Claimed, *, more: bool) -> Ended:
    """Accepted, or one call of two."""
    if more and not claimed.part:
        return Ended(claimed, "queued", "more", part=1)
    return Ended(claimed, "accepted")


def _told(rate: str) -> Notes:
    return Notes({"rate": Fact(rate)})


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    made.people.say(PERSON, "chào")
    yield made
    made.stop()


def test_over_real_http_too(zalo: Zalo) -> None:
    """Long texts, many choices and a refused kind, to the end of every message."""

    async def work() -> None:
        channel = zalo_oa(zalo.url, zalo.oa.oauth.pair()["access_token"])
        for rich in (True, False):
            zalo.oa.rich = rich
            for length, choices in ((10, 0), (1999, 5), (2001, 5), (7000, 9), (300, 9), (10, 30)):
                offered = tuple(Choice(f"c{n}", "Nút " * 40) for n in range(choices))
                message = Message("ấ " * (length // 2), offered, 3)
                await _to_the_end(channel, message)
        await channel.close()

    asyncio.run(work())
    refused = [one for one in zalo.people.messages(PERSON) if len(one.text) > 2000]
    assert refused == []


async def _to_the_end(channel: ZaloOA, message: Message) -> None:
    address, part, before = Address("zalo_oa", CONSOLE.app_id, PERSON), 0, ""
    for _ in range(20):
        result = await channel.send(Outgoing(1, address, message, None, None, part, before))
        if isinstance(result, Sent):
            return
        assert result.failure is Failure.AGAIN, result
        part, before = max(part, result.part), result.code
    raise AssertionError(message)
