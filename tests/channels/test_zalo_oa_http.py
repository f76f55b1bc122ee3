"""The Zalo OA channel against its stand-in over HTTP: what leaves, and what a refusal does."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from service import PATIENCE, free_port
from zalo import PERSON, ZONE, Token, Zalo, zalo_oa

from bot.channels.base import Failure, NotSent, Outgoing, PictureFile, Sent, VoiceFile
from bot.channels.zalo_oa.channel import ZaloOA, until_morning
from bot.channels.zalo_oa.oauth import NoPair, OAuth, Pair, challenge
from bot.channels.zalo_oa.parse import group_chat
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Choice
from bot.standins.zalo.oauth import BAD_REFRESH

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
CHOICES = (Choice("xong", "✅ Xong"), Choice("chua-duoc", "🆘 Chưa được"))


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    made.people.say(PERSON, "chào")
    yield made
    made.stop()


@pytest.fixture
async def channel(zalo: Zalo) -> AsyncIterator[ZaloOA]:
    made = zalo_oa(zalo.url, zalo.oa.oauth.pair()["access_token"])
    yield made
    await made.close()


def _to(
    channel: ZaloOA,
    text: str = "Bước 1",
    chat: str = PERSON,
    *,
    choices: tuple[Choice, ...] = (),
    picture: PictureFile | None = None,
    part: int = 0,
    before: str = "",
) -> Outgoing:
    address = Address("zalo_oa", channel.account, chat)
    return Outgoing(1, address, Message(text, choices, 3), None, picture, part, before)


def _token(channel: ZaloOA) -> Token:
    held = channel._tokens
    assert isinstance(held, Token)
    return held


async def test_a_message_with_buttons(zalo: Zalo, channel: ZaloOA) -> None:
    sent = await channel.send(_to(channel, choices=CHOICES))
    (shown,) = zalo.from_oa(PERSON)
    assert sent == Sent(shown.id)
    assert [one["payload"] for one in shown.buttons] == ["#1|3|xong", "#1|3|chua-duoc"]
    assert channel.notes.get("rate") == "100"


async def test_nothing_to_say_is_no_call(zalo: Zalo, channel: ZaloOA) -> None:
    assert await channel.send(_to(channel, "")) == Sent("")
    assert zalo.oa.calls == []


async def test_unsupported_buttons_are_remembered_and_become_numbers(
    zalo: Zalo, channel: ZaloOA
) -> None:
    zalo.oa.rich = False
    first = await channel.send(_to(channel, choices=CHOICES))
    assert first == NotSent(Failure.AGAIN, "zalo-233")
    assert channel.notes.get("buttons") == "refused"
    assert isinstance(await channel.send(_to(channel, choices=CHOICES)), Sent)
    assert zalo.from_oa(PERSON)[0].text.startswith("Bước 1\n\nGõ 1: ✅ Xong\nGõ 2: 🆘")


async def test_a_bad_parameter_may_have_been_the_buttons(zalo: Zalo, channel: ZaloOA) -> None:
    zalo.oa.faults.refusals = [-201]
    first = await channel.send(_to(channel, choices=CHOICES))
    assert first == NotSent(Failure.AGAIN, "zalo-201")
    assert channel.notes.get("buttons") == ""
    zalo.oa.faults.refusals = [-201]
    second = await channel.send(_to(channel, choices=CHOICES, before="zalo-201"))
    assert second == NotSent(Failure.PERMANENT, "zalo-201")
    assert channel.notes.get("buttons") == "", "it was something else"
    third = await channel.send(_to(channel, choices=CHOICES, before="zalo-201"))
    assert isinstance(third, Sent)
    assert channel.notes.get("buttons") == "refused"
    assert isinstance(await channel.send(_to(channel, before="zalo-201")), Sent)


async def test_a_long_message_goes_on_where_it_stopped(zalo: Zalo, channel: ZaloOA) -> None:
    text = "\n".join(["a" * 900] * 3)
    first = await channel.send(_to(channel, text))
    assert first == NotSent(Failure.AGAIN, "more", part=1)
    assert isinstance(await channel.send(_to(channel, text, part=1)), Sent)
    assert [len(one.text) for one in zalo.from_oa(PERSON)] == [1801, 900]


async def test_a_picture_is_uploaded_and_then_named(
    zalo: Zalo, channel: ZaloOA, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    picture = PictureFile(tmp_path / "a.png", "Màn hình", "d1")
    uploaded = await channel.send(_to(channel, picture=picture))
    assert isinstance(uploaded, NotSent)
    assert uploaded.failure is Failure.AGAIN
    assert uploaded.picture
    known = PictureFile(picture.path, picture.alt, "d1", uploaded.picture)
    assert isinstance(await channel.send(_to(channel, picture=known)), Sent)
    assert zalo.from_oa(PERSON)[0].photo == uploaded.picture
    zalo.ahead = 8 * 24 * 3600
    zalo.people.say(PERSON, "chào")
    channel = zalo_oa(zalo.url, zalo.oa.oauth.pair()["access_token"])
    dead = await channel.send(_to(channel, picture=known))
    assert dead == NotSent(Failure.AGAIN, "zalo-100", picture="")
    await channel.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.webp", PNG), ("a.png", PNG * 12_000), ("a.png", b"no picture"), ("a.jpg", b"")],
)
async def test_a_picture_that_cannot_go_is_left_out(
    zalo: Zalo, channel: ZaloOA, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    picture = PictureFile(tmp_path / name, "Màn hình", "d1")
    first = await channel.send(_to(channel, picture=picture))
    assert first == NotSent(Failure.AGAIN, "no-picture")
    again = _to(channel, picture=picture, before="no-picture")
    assert isinstance(await channel.send(again), Sent)
    both = await channel.send(_to(channel, picture=picture, choices=CHOICES))
    assert both == NotSent(Failure.AGAIN, "no-picture", part=1)
    rest = _to(channel, picture=picture, choices=CHOICES, part=1, before="no-picture")
    assert isinstance(await channel.send(rest), Sent)
    assert [one.text for one in zalo.from_oa(PERSON)] == ["Bước 1", "Bước 1"]


@pytest.mark.parametrize("to_group", [False, True])
async def test_a_document_goes_before_what_is_said_of_it(
    zalo: Zalo, channel: ZaloOA, tmp_path: Path, to_group: bool
) -> None:
    group = zalo.people.found_group("Ấp 1", PERSON)
    chat = group_chat(group.id) if to_group else PERSON
    (tmp_path / "cong-van.pdf").write_bytes(b"%PDF-1.7")
    document = VoiceFile(tmp_path / "cong-van.pdf", "d1")
    uploaded = await channel.send(replace(_to(channel, chat=chat), document=document))
    assert isinstance(uploaded, NotSent)
    assert uploaded.failure is Failure.AGAIN
    known = replace(document, reference=str(uploaded.picture))
    message = replace(_to(channel, chat=chat, choices=CHOICES), document=known)
    assert await channel.send(message) == NotSent(Failure.AGAIN, "more", part=1)
    assert isinstance(await channel.send(replace(message, part=1)), Sent)
    shown = list(group.messages.values()) if to_group else zalo.from_oa(PERSON)
    assert [one.kind for one in shown] == ["file", "text"]
    assert bool(shown[1].buttons) is not to_group


@pytest.mark.parametrize(("name", "size"), [("a.exe", 1), ("a.pdf", 6), ("b.docx", 0)])
async def test_a_document_that_cannot_go_is_left_out(
    zalo: Zalo, channel: ZaloOA, tmp_path: Path, name: str, size: int
) -> None:
    (tmp_path / name).write_bytes(b"%PDF-" * (size * 1024 * 1024 // 5))
    message = replace(_to(channel), document=VoiceFile(tmp_path / name, "d1"))
    assert await channel.send(message) == NotSent(Failure.AGAIN, "no-picture", part=1)
    rest = replace(message, part=1, before="no-picture")
    assert isinstance(await channel.send(rest), Sent)
    assert [one.text for one in zalo.from_oa(PERSON)] == ["Bước 1"]


async def test_uploads_meet_the_same_refusals(zalo: Zalo, channel: ZaloOA, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    message = _to(channel, picture=PictureFile(tmp_path / "a.png", "Màn hình", "d1"))
    zalo.oa.faults.throttle = 1
    throttled = await channel.send(message)
    assert isinstance(throttled, NotSent)
    assert throttled.failure is Failure.THROTTLED
    zalo.oa.oauth.expire()
    assert await channel.send(message) == NotSent(Failure.AGAIN, "token-renewed")
    zalo.oa.faults.errors_500 = 1
    assert (await _failed(channel, message)).failure is Failure.TEMPORARY
    zalo.stop()
    assert (await _failed(channel, message)).failure is Failure.UNREACHABLE


async def test_a_lost_upload_is_no_doubtful_message(
    zalo: Zalo, channel: ZaloOA, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    message = _to(channel, picture=PictureFile(tmp_path / "a.png", "Màn hình", "d1"))
    zalo.oa.faults.lost_answers = 1
    assert (await _failed(channel, message)).failure is Failure.TEMPORARY


async def _failed(channel: ZaloOA, message: Outgoing) -> NotSent:
    found = await channel.send(message)
    assert isinstance(found, NotSent)
    return found


async def test_refusals_come_with_http_200(zalo: Zalo, channel: ZaloOA) -> None:
    for code, failure in ((-200, Failure.TEMPORARY), (-248, Failure.PERMANENT)):
        zalo.oa.faults.refusals = [code]
        assert await _failed(channel, _to(channel)) == NotSent(failure, f"zalo{code}")
    zalo.oa.faults.throttle = 1
    throttled = await _failed(channel, _to(channel))
    assert throttled.failure is Failure.THROTTLED
    assert 0 < throttled.retry_after <= 64
    zalo.oa.faults.refusals = [-234]
    night = await _failed(channel, _to(channel))
    assert night.failure is Failure.HELD
    assert 0 < night.retry_after <= 24 * 3600
    assert channel.notes.drain()[1]["error:-234"] == 1


async def test_a_fault_of_theirs_and_an_answer_without_a_rate(zalo: Zalo, channel: ZaloOA) -> None:
    zalo.oa.faults.errors_500 = 1
    assert (await _failed(channel, _to(channel))).failure is Failure.TEMPORARY
    zalo.oa.faults.no_rate = True
    assert isinstance(await channel.send(_to(channel)), Sent)
    assert channel.notes.get("rate") == ""


@pytest.mark.parametrize(("hour", "hours"), [(2, 4), (6, 24), (23, 7)])
def test_the_night_ends_at_six(hour: int, hours: int) -> None:
    assert until_morning(datetime(2027, 1, 15, hour, tzinfo=ZONE)) == hours * 3600


async def test_a_silent_person_is_outside_the_window(zalo: Zalo, channel: ZaloOA) -> None:
    zalo.people.user(PERSON).last_interaction -= 8 * 24 * 3600
    assert await channel.send(_to(channel)) == NotSent(Failure.HELD, "zalo-230")


async def test_quota_and_billing_are_noted(zalo: Zalo, channel: ZaloOA) -> None:
    zalo.people.user(PERSON).last_interaction -= 3 * 24 * 3600
    await channel.send(_to(channel))
    assert channel.notes.get("quota") == "499/500"
    zalo.oa.sub_quota = 0
    await channel.send(_to(channel))
    assert channel.notes.drain()[1]["billed"] == 1


async def test_a_group_gets_text_and_pictures_but_no_buttons(zalo: Zalo, channel: ZaloOA) -> None:
    group = zalo.people.found_group("Ấp 1", PERSON)
    chat = group_chat(group.id)
    assert isinstance(await channel.send(_to(channel, chat=chat, choices=CHOICES)), Sent)
    assert [one.text for one in group.messages.values()] == ["Bước 1"]
    zalo.people.disable_group(group.id)
    assert await channel.send(_to(channel, chat=chat)) == NotSent(Failure.GONE, "zalo-237")
    unknown = _to(channel, chat=group_chat("f4"))
    assert await channel.send(unknown) == NotSent(Failure.GONE, "zalo-403")
    assert "billed" not in channel.notes.drain()[1]


async def test_a_refused_token_is_renewed_once(zalo: Zalo, channel: ZaloOA) -> None:
    zalo.oa.oauth.expire()
    assert await channel.send(_to(channel)) == NotSent(Failure.AGAIN, "token-renewed")
    assert _token(channel).refused == [_token(channel).given]


async def test_without_a_token_no_call_is_made(zalo: Zalo) -> None:
    channel = zalo_oa(zalo.url, NotSent(Failure.REJECTED, "token-lost"))
    assert await channel.send(_to(channel)) == NotSent(Failure.REJECTED, "token-lost")
    assert zalo.oa.calls == []
    await channel.close()


async def test_a_lost_answer_is_doubt(zalo: Zalo, channel: ZaloOA) -> None:
    zalo.oa.faults.lost_answers = 1
    assert (await _failed(channel, _to(channel))).failure is Failure.DOUBT
    zalo.stop()
    assert (await _failed(channel, _to(channel))).failure is Failure.UNREACHABLE


async def test_pairs_of_tokens(zalo: Zalo) -> None:
    console = zalo.oa.console
    oauth = OAuth(zalo.url, console.app_id, console.app_secret, timeout=PATIENCE)
    verifier = "v" * 43
    code = zalo.oa.oauth.allow("", challenge(verifier))
    pair = await oauth.exchange(code, verifier)
    assert isinstance(pair, Pair)
    assert pair.lasts == 90_000
    newer = await oauth.refresh(pair.refresh)
    assert isinstance(newer, Pair)
    assert await oauth.refresh(pair.refresh) == NoPair(f"zalo{BAD_REFRESH}", refused=True)
    zalo.oa.oauth.faults.errors_plain = 1
    assert await oauth.refresh(newer.refresh) == NoPair("no-tokens", refused=True)
    zalo.oa.oauth.faults.lost_answers = 1
    lost = await oauth.refresh(newer.refresh)
    assert isinstance(lost, NoPair)
    assert not lost.refused
    assert challenge(verifier) in oauth.consent_link("https://x", verifier)
    await oauth.close()


async def test_a_token_address_that_is_not_there() -> None:
    oauth = OAuth(f"http://127.0.0.1:{free_port()}", "1", "2")
    assert await oauth.refresh("x") == NoPair("ClientConnectorError")
    await oauth.close()
