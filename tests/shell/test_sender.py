"""The way out: what each result means for the row, the chat and the account."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import Clock, FakeChannel
from house_of import House, until

from bot.channels.base import Failure, NotSent, Sent, packed
from bot.core.effects import Message
from bot.core.guide import Picture
from bot.library import Library
from bot.sender import FOR_REPLIES
from storage import claims, lanes, media, outbox, pace, people
from storage.database import Database

ACCOUNT = ("fake", "one")


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def house(database: Database, channel: FakeChannel, library: Library) -> House:
    return House(database, channel, library)


def _send(house: House, chat: str, text: str = "t", **more: object) -> None:
    content = packed(Message(text))
    new = outbox.NewDelivery("test", f"fake:one:{chat}", content, lanes.REPLY, **more)  # type: ignore[arg-type]
    house.database.write_now(lambda one: outbox.enqueue(one, [new], house.database.now(one)))


def _totals(house: House) -> dict[str, int]:
    return house.database.read_now(outbox.totals)


async def test_sent_rows_are_accepted_with_their_reference(
    house: House, channel: FakeChannel
) -> None:
    for n in range(3):
        _send(house, "a", f"{n}")
    await house.deliver()
    assert channel.texts("a") == ["0", "1", "2"]
    assert _totals(house) == {"accepted": 3}


@pytest.mark.parametrize(
    ("result", "totals"),
    [
        (NotSent(Failure.PERMANENT, "bad-request"), {"failed": 1}),
        (NotSent(Failure.GONE, "forbidden"), {"failed": 1}),
        (NotSent(Failure.TEMPORARY, "server-error"), {"queued": 1}),
        (NotSent(Failure.THROTTLED, "429", retry_after=7), {"queued": 1}),
        (NotSent(Failure.UNREACHABLE, "connect"), {"queued": 1}),
        (NotSent(Failure.REJECTED, "token"), {"queued": 1}),
        (NotSent(Failure.DOUBT, "timeout"), {"queued": 1}),
    ],
)
async def test_each_failure_has_its_state(
    house: House, channel: FakeChannel, result: NotSent, totals: dict[str, int]
) -> None:
    channel.answers = [result]
    _send(house, "a")
    house.database.write_now(lambda one: people.see(one, {"fake:one:a": "fake"}, 0))
    await _once(house)
    assert _totals(house) == totals
    chat = house.database.read_now(lambda one: people.chat(one, "fake:one:a"))
    assert chat is not None
    assert chat["reachable"] == (result.failure is not Failure.GONE)


async def _once(house: House) -> None:
    """One round and its results, however often it would be tried again."""
    await house.sender._round()
    await asyncio.gather(*house.sender._running)


async def test_a_429_is_no_failed_attempt_and_waits_as_told(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    channel.answers = [NotSent(Failure.THROTTLED, "429", retry_after=7)] * 9
    _send(house, "a")
    for _ in range(9):
        await _once(house)
        clock.advance(6.9)
        await _once(house)
        clock.advance(0.2)
    await house.deliver()
    assert _totals(house) == {"accepted": 1}


async def test_a_429_pauses_bulk_but_not_replies(house: House, channel: FakeChannel) -> None:
    channel.answers = [NotSent(Failure.THROTTLED, "429", retry_after=7)]
    _send(house, "a")
    _send(house, "b")
    new = outbox.NewDelivery("test", "fake:one:c", packed(Message("bulk")), lanes.BULK)
    await _once(house)
    house.database.write_now(lambda one: outbox.enqueue(one, [new], house.database.now(one)))
    await _once(house)
    assert channel.texts("b") == ["t"]
    assert channel.texts("c") == []


async def test_bulk_never_takes_every_place(house: House, channel: FakeChannel) -> None:
    """However slow the platform is, a reply still leaves at once."""
    slow, most = channel.hold(), channel.limits.at_once
    bulk = [
        outbox.NewDelivery("test", f"fake:one:b{n}", packed(Message("bulk")), lanes.BULK)
        for n in range(most + 10)
    ]
    house.database.write_now(lambda one: outbox.enqueue(one, bulk, house.database.now(one)))
    for _ in range(4):
        await house.sender._round()
    assert len(house.sender._running) == most < most + FOR_REPLIES
    _send(house, "a")
    await house.sender._round()
    assert len(house.sender._running) == most + 1
    slow.set()
    await asyncio.gather(*house.sender._running)
    assert channel.texts("a") == ["t"]


async def test_temporary_faults_end_after_five_tries(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    channel.answers = [NotSent(Failure.TEMPORARY, "500")] * 9
    _send(house, "a")
    for _ in range(9):
        await _once(house)
        clock.advance(100)
    assert _totals(house) == {"failed": 1}
    assert len(channel.answers) == 4


async def test_an_unreachable_platform_costs_no_message(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    channel.answers = [NotSent(Failure.UNREACHABLE, "connect")] * 30
    for chat in "abc":
        _send(house, chat)
    for _ in range(60):
        await _once(house)
        clock.advance(61)
    assert house.database.read_now(lambda one: pace.failures(one, ACCOUNT)) == 0
    assert _totals(house) == {"accepted": 3}
    assert channel.answers == []


async def test_while_unreachable_it_tries_ever_less(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    channel.answers = [NotSent(Failure.UNREACHABLE, "connect")] * 1000
    _send(house, "a")
    for _ in range(3600):
        await _once(house)
        clock.advance(1)
    tries = 1000 - len(channel.answers)
    assert 50 <= tries <= 90


async def test_doubt_is_resent_or_held_by_class(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    channel.answers = [NotSent(Failure.DOUBT, "timeout")] * 2
    _send(house, "a")
    _send(house, "b", on_doubt="hold")
    await _once(house)
    clock.advance(10)
    await house.deliver()
    assert _totals(house) == {"accepted": 1, "uncertain": 1}
    assert channel.texts("a") == ["t"]


async def test_doubt_that_never_ends_is_uncertain(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    channel.answers = [NotSent(Failure.DOUBT, "timeout")] * 9
    _send(house, "a")
    for _ in range(9):
        await _once(house)
        clock.advance(100)
    assert _totals(house) == {"uncertain": 1}


async def test_a_moved_chat_gets_the_message_once_at_its_new_id(
    house: House, channel: FakeChannel, clock: Clock
) -> None:
    house.hear("-1", text="chào")
    await house.turn()
    channel.answers = [NotSent(Failure.MOVED, "migrated", moved_to="-100")]
    await _once(house)
    clock.advance(5)
    await house.deliver()
    assert channel.texts("-1") == []
    assert len(channel.texts("-100")) == 2
    old = house.database.read_now(lambda one: people.chat(one, "fake:one:-1"))
    assert old is not None
    assert old["moved_to"] == "fake:one:-100"
    channel.answers = [NotSent(Failure.MOVED, "migrated", moved_to="-2")] * 2
    _send(house, "-1")
    for _ in range(4):
        await _once(house)
        clock.advance(5)
    assert _totals(house) == {"accepted": 2, "failed": 1}


async def test_a_fault_of_ours_fails_its_row_only(house: House, channel: FakeChannel) -> None:
    def break_first(outgoing: object) -> None:
        if outgoing.message.text == "bad":  # type: ignore[attr-defined]
            raise RuntimeError("ours")

    channel.on_send = break_first
    _send(house, "a", "bad")
    _send(house, "b", "good")
    await house.deliver()
    assert _totals(house) == {"failed": 1, "accepted": 1}


async def test_a_slow_chat_does_not_hold_up_others(house: House, channel: FakeChannel) -> None:
    waiting = channel.hold("slow")
    for chat in ("slow", "a", "b"):
        _send(house, chat)
    await house.sender._round()
    await until(lambda: asyncio.sleep(0, len(channel.sent) == 2))
    assert sorted(one.address.id for one in channel.sent) == ["a", "b"]
    waiting.set()
    await asyncio.gather(*house.sender._running)
    assert _totals(house) == {"accepted": 3}


async def test_a_picture_is_uploaded_once(
    house: House, channel: FakeChannel, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")

    async def find(path: str) -> Path | None:
        return tmp_path / "a.png" if path == "small/a.png" else None

    house.sender._find_file = find
    channel.answers = [Sent("m1", picture="file-1"), Sent("m2", picture="file-2")]
    for name in ("small/a.png", "small/a.png", "small/missing.png"):
        content = packed(Message("t", picture=Picture(name, "alt")))
        new = outbox.NewDelivery("test", "fake:one:a", content, lanes.REPLY)
        house.database.write_now(
            lambda one, new=new: outbox.enqueue(one, [new], house.database.now(one))
        )
    await house.deliver()
    assert [one.picture and one.picture.reference for one in channel.sent] == ["", "file-1", None]
    digest = channel.sent[0].picture.digest if channel.sent[0].picture else ""
    assert house.database.read_now(lambda one: media.find(one, *ACCOUNT, digest)) == "file-1"


async def test_a_recording_is_uploaded_once_and_makes_way_for_a_picture(
    house: House, channel: FakeChannel, tmp_path: Path
) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3")

    async def find(path: str) -> Path | None:
        return tmp_path / "a.mp3" if path == "small/a.mp3" else None

    house.sender._find_file = find
    channel.limits = replace(channel.limits, voice=True)
    channel.answers = [Sent("m1", picture="file-1")]
    for picture in ("", "", "small/a.mp3", "small/missing.png"):
        shown = Picture(picture, "alt") if picture else None
        content = packed(Message("t", picture=shown, voice="small/a.mp3"))
        new = outbox.NewDelivery("test", "fake:one:a", content, lanes.REPLY)
        house.database.write_now(
            lambda one, new=new: outbox.enqueue(one, [new], house.database.now(one))
        )
    await house.deliver()
    heard = [one.voice and one.voice.reference for one in channel.sent]
    assert heard == ["", "file-1", None, "file-1"]
    assert set(channel.texts("a")) == {"t"}


async def test_a_document_goes_along_or_its_address_does(
    house: House, channel: FakeChannel, tmp_path: Path
) -> None:
    for name in ("a.pdf", "a.png"):
        (tmp_path / name).write_bytes(name.encode())

    async def find(path: str) -> Path | None:
        return tmp_path / path

    async def say(picture: Picture | None = None) -> None:
        content = packed(Message("t", picture=picture, document="a.pdf"))
        new = outbox.NewDelivery("test", "fake:one:a", content, lanes.REPLY)
        house.database.write_now(lambda one: outbox.enqueue(one, [new], house.database.now(one)))
        await house.deliver()

    house.sender._find_file = find
    await say()
    channel.limits = replace(channel.limits, documents=True)
    channel.answers = [Sent("m1", picture="file-1")]
    await say()
    await say()
    await say(Picture("a.png", "alt"))
    sent = [one.document and one.document.reference for one in channel.sent]
    assert sent == [None, "", "file-1", None]
    linked = "t\nhttps://x.vn/hinh/a.pdf"
    assert channel.texts("a") == [linked, "t", "t", linked]


async def test_where_a_recording_cannot_be_sent_its_address_is_written(
    house: House, channel: FakeChannel, tmp_path: Path
) -> None:
    channel.limits = replace(channel.limits, voice=False)
    (tmp_path / "a.mp3").write_bytes(b"ID3")

    async def find(path: str) -> Path | None:
        return tmp_path / "a.mp3" if path == "small/a.mp3" else None

    house.sender._find_file = find
    for voice in ("small/a.mp3", "small/missing.mp3"):
        new = outbox.NewDelivery(
            "test", "fake:one:a", packed(Message("t", voice=voice)), lanes.REPLY
        )
        house.database.write_now(
            lambda one, new=new: outbox.enqueue(one, [new], house.database.now(one))
        )
    await house.deliver()
    assert channel.texts("a") == ["t\nhttps://x.vn/hinh/small/a.mp3", "t"]


async def test_a_database_that_is_away_is_waited_for(
    house: House, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    _send(house, "a")
    claim: Callable[..., object] = claims.claim
    calls: list[int] = []

    def away(*given: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("", {}, Exception())
        return claim(*given)

    monkeypatch.setattr(claims, "claim", away)
    await house.deliver()
    assert _totals(house) == {"accepted": 1}
