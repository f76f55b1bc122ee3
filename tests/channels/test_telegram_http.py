"""The Telegram channel against its cloud's stand-in over real HTTP: every kind of answer."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from phone import SECRET, TOKEN, Telegram
from service import free_port

from bot.channels.base import (
    MOST_FETCHED,
    Failure,
    NotSent,
    Outgoing,
    PictureFile,
    Press,
    Sent,
    UnfetchedError,
    VoiceFile,
)
from bot.channels.telegram.channel import Telegram as Channel
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Choice

LAN = 42
QUESTION = Message("Bước 1/2: Bác mở máy ạ.", (Choice("xong", "✅ Xong"),), 3)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


@pytest.fixture
async def channel(cloud: Telegram) -> AsyncIterator[Channel]:
    cloud.people.say(LAN, "chào")
    made = Channel(TOKEN, SECRET, cloud.url, [("dung", "Dừng nhận tin")])
    yield made
    await made.close()


def _to(chat: int, message: Message = QUESTION, **more: object) -> Outgoing:
    return Outgoing(1, Address("telegram", "123456", str(chat)), message, **more)  # type: ignore[arg-type]


async def test_text_with_buttons(cloud: Telegram, channel: Channel) -> None:
    sent = await channel.send(_to(LAN))
    shown = cloud.from_bot(LAN)[-1]
    assert sent == Sent(str(shown.id))
    assert shown.text == QUESTION.text
    assert shown.buttons == [[{"text": "✅ Xong", "callback_data": "1|3|xong"}]]


async def test_a_picture_is_uploaded_once(
    cloud: Telegram, channel: Channel, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"picture")
    first = await channel.send(_to(LAN, picture=PictureFile(path, "alt", "d1")))
    assert isinstance(first, Sent)
    assert cloud.cloud.files[first.picture] == b"picture"
    path.unlink()
    again = await channel.send(_to(LAN, picture=PictureFile(path, "alt", "d1", first.picture)))
    assert isinstance(again, Sent)
    assert [one.photo for one in cloud.from_bot(LAN)[-2:]] == [first.picture] * 2


async def test_a_recording_is_heard_where_there_is_no_picture_and_uploaded_once(
    cloud: Telegram, channel: Channel, tmp_path: Path
) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3")
    first = await channel.send(_to(LAN, voice=VoiceFile(path, "d1")))
    assert isinstance(first, Sent)
    assert cloud.cloud.files[first.picture] == b"ID3"
    path.unlink()
    again = await channel.send(_to(LAN, voice=VoiceFile(path, "d1", first.picture)))
    assert isinstance(again, Sent)
    shown = cloud.from_bot(LAN)[-2:]
    assert [(one.voice, one.text) for one in shown] == [(first.picture, QUESTION.text)] * 2
    assert shown[-1].buttons


async def test_a_press_stops_the_spinner_and_takes_the_buttons(
    cloud: Telegram, channel: Channel
) -> None:
    sent = await channel.send(_to(LAN))
    assert isinstance(sent, Sent)
    query = cloud.people.press(LAN, int(sent.reference), "1|3|xong")
    press = Press(query, sent.reference)
    shown = await channel.send(_to(LAN, Message(""), press=press))
    assert shown == Sent(sent.reference)
    assert query in cloud.cloud.answered
    assert cloud.from_bot(LAN)[-1].buttons == []
    assert isinstance(await channel.send(_to(LAN, press=press)), Sent), "too old is no failure"
    assert isinstance(await channel.send(_to(LAN, press=Press("gone", ""))), Sent)


async def test_chats_that_cannot_be_written_to(cloud: Telegram, channel: Channel) -> None:
    assert await channel.send(_to(999)) == NotSent(Failure.GONE, "chat-not-found")
    cloud.people.say(43, "chào")
    cloud.people.block(43)
    assert await channel.send(_to(43)) == NotSent(Failure.GONE, "forbidden")
    cloud.people.found_group(-5, "Khu phố")
    cloud.people.upgrade(-5, -1005000000000)
    moved = await channel.send(_to(-5))
    assert moved == NotSent(Failure.MOVED, "migrated", moved_to="-1005000000000")
    cloud.people.remove_bot(-1005000000000)
    assert await channel.send(_to(-1005000000000)) == NotSent(Failure.GONE, "forbidden")


async def test_what_was_sent_is_changed_where_it_stands(
    cloud: Telegram, channel: Channel, tmp_path: Path
) -> None:
    """Also under a picture, and when it says so already; what is gone is said to be gone."""
    sent = await channel.send(_to(LAN, Message("Họp 7 giờ")))
    path = tmp_path / "a.png"
    path.write_bytes(b"png")
    file = PictureFile(path, "", "digest")
    shown = await channel.send(_to(LAN, Message("Họp 7 giờ"), picture=file))
    for one in (sent, shown, sent):
        assert isinstance(one, Sent)
        change = _to(LAN, Message("Đã thu hồi", replaces=one.reference))
        assert await channel.send(change) == Sent(one.reference)
    assert [one.text for one in cloud.from_bot(LAN)[-2:]] == ["Đã thu hồi"] * 2
    gone = await channel.send(_to(LAN, Message("Đã thu hồi", replaces="999")))
    assert gone == NotSent(Failure.PERMANENT, "not-editable")


async def test_refusals_of_the_moment(cloud: Telegram, channel: Channel) -> None:
    cloud.cloud.faults.throttle = [7]
    assert await channel.send(_to(LAN)) == NotSent(Failure.THROTTLED, "too-many-requests", 7)
    cloud.cloud.faults.errors_500 = 1
    assert await channel.send(_to(LAN)) == NotSent(Failure.TEMPORARY, "server-error")
    cloud.cloud.faults.lost_answers = 1
    lost = await channel.send(_to(LAN))
    assert isinstance(lost, NotSent)
    assert lost.failure is Failure.DOUBT
    long = await channel.send(_to(LAN, Message("x" * 5000)))
    assert long == NotSent(Failure.PERMANENT, "too-long")


async def test_a_wrong_token_and_a_cloud_that_is_not_there(cloud: Telegram) -> None:
    wrong = Channel("123456:other", SECRET, cloud.url)
    assert await wrong.send(_to(LAN)) == NotSent(Failure.REJECTED, "token")
    await wrong.close()
    nowhere = Channel(TOKEN, SECRET, f"http://127.0.0.1:{free_port()}")
    unreached = await nowhere.send(_to(LAN))
    assert isinstance(unreached, NotSent)
    assert unreached.failure is Failure.UNREACHABLE
    await nowhere.close()


async def test_it_tells_the_cloud_where_to_call(cloud: Telegram, channel: Channel) -> None:
    await channel.prepare("https://example.vn/hooks/telegram")
    assert cloud.cloud.webhook["url"] == "https://example.vn/hooks/telegram"
    assert cloud.cloud.webhook["secret"] == SECRET
    assert "my_chat_member" in cloud.cloud.webhook["allowed_updates"]
    assert cloud.cloud.commands == [{"command": "dung", "description": "Dừng nhận tin"}]
    bare = Channel(TOKEN, SECRET, cloud.url)
    await bare.prepare("https://example.vn/hooks/telegram")
    await bare.close()


async def test_it_knows_its_name_when_the_token_works(cloud: Telegram, channel: Channel) -> None:
    assert await channel.who() == "gocua_thu_bot"
    wrong = Channel("1:wrong", SECRET, cloud.url)
    refused = await wrong.who()
    await wrong.close()
    assert isinstance(refused, NotSent)
    assert refused.failure is Failure.REJECTED


def test_groups_are_written_to_more_slowly() -> None:
    channel = Channel(TOKEN, SECRET, "http://127.0.0.1:9")
    assert channel.chat_interval("-100") >= 3_000_000
    assert channel.chat_interval("42") >= 1_000_000


@pytest.mark.parametrize("paid", [True, False])
async def test_a_thousand_a_second_are_asked_for_only_when_paid_for(
    cloud: Telegram, tmp_path: Path, paid: bool
) -> None:
    made = Channel(TOKEN, SECRET, cloud.url, paid=paid)
    path = tmp_path / "a.png"
    path.write_bytes(b"file")
    with cloud.cloud.lock:
        before = len(cloud.cloud.calls)
    for files in (
        {},
        {"picture": PictureFile(path, "alt", f"d{paid}")},
        {"voice": VoiceFile(path, f"d{paid}")},
    ):
        assert isinstance(await made.send(_to(LAN, **files)), Sent)
    await made.close()
    with cloud.cloud.lock:
        asked = ["allow_paid_broadcast" in one.params for one in cloud.cloud.calls[before:]]
    assert asked == [paid] * 3
    assert made.limits.per_second == (1000 if paid else 30)
    assert made.limits.at_once == (256 if paid else 96)
    assert Channel.limits.per_second == 30


async def test_a_picture_somebody_sent_is_fetched(cloud: Telegram, channel: Channel) -> None:
    cloud.cloud.files["theirs"] = b"a picture"
    assert await channel.fetch("theirs") == b"a picture"
    cloud.cloud.files["large"] = bytes(MOST_FETCHED + 1)
    for name, why in (("large", "too-large"), ("unknown", "away")):
        with pytest.raises(UnfetchedError, match=why):
            await channel.fetch(name)
