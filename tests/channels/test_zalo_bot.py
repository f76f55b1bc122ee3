"""Zalo Bot: updates as seen in, calls out, and what each refusal means."""

import unicodedata
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Failure, Intake, MalformedError, NotSent
from bot.channels.typed import numbered, split
from bot.channels.zalo_bot.parse import account_of, intake, parse
from bot.channels.zalo_bot.render import Call, calls, failure
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import (
    Event,
    GroupAsked,
    GroupClaimed,
    Ignored,
    MediaReceived,
    Notice,
    TextReceived,
)
from bot.core.guide import Choice, Word
from bot.core.listen import hear_text
from bot.core.secrets import Secret
from bot.core.state import Guides
from bot.core.turn import LONGEST_MESSAGE
from bot.library import Library
from bot.standins.zalo.bot import BotCloud
from bot.standins.zalo.model import BotChat

FIXTURES = Path(__file__).parent.parent / "fixtures" / "zalo_bot"
ACCOUNT, LAN, GROUP = "1000000000000000042", "6ede9afa66b88fe60001", "zgr-d0a1a6afd9c0309e0001"
CLOUD = BotCloud("1000000000000000042:test")
CLOUD.chats[LAN] = BotChat(LAN, "Lan", met=True)
CLOUD.most_messages = 10**9
LINE = "Gõ {number}: {label}"
QUESTION = Message(
    "Bác làm được chưa ạ?", (Choice("xong", "✅ Xong"), Choice("b", "🆘 Chưa được")), 3
)
ASKED = "Bác làm được chưa ạ?\n\nGõ 1: ✅ Xong\nGõ 2: 🆘 Chưa được"

SHOWN = "https://example.zdn.vn/p.jpg"
EXPECTED: dict[str, tuple[str, Event | Notice]] = {
    "text_private_enveloped": (LAN, TextReceived("Xin chào")),
    "text_private_flat": (LAN, TextReceived("Xin chào")),
    "image_photo": (LAN, MediaReceived("photo", TextReceived("ảnh lỗi"), SHOWN)),
    "image_photo_url": (LAN, MediaReceived("photo", TextReceived("ảnh lỗi"), SHOWN)),
    "sticker": (LAN, MediaReceived("sticker")),
    "voice": (LAN, MediaReceived("voice")),
    "unsupported": (LAN, MediaReceived("unsupported")),
    "group_mention": (GROUP, GroupAsked()),
    "group_claim": (GROUP, GroupClaimed("AB2CD3", "")),
    "secret": (LAN, TextReceived("mã OTP là •••", frozenset({Secret.CODE}))),
    "from_bot": (LAN, Ignored("not-a-person")),
    "unknown_kind": (LAN, Ignored("event-kind")),
    "unknown_shape": ("0", Ignored("event-kind")),
}


def _taken(name: str) -> Intake:
    return intake((FIXTURES / f"{name}.json").read_bytes(), ACCOUNT)


def test_every_update_has_its_expectation() -> None:
    assert {path.stem for path in FIXTURES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_update(name: str) -> None:
    taken = _taken(name)
    received = parse(taken.body, ACCOUNT, taken.secrets)
    chat, event = EXPECTED[name]
    assert received.address == taken.address == Address("zalo_bot", ACCOUNT, chat)
    assert received.event == event
    assert received.author in ("", LAN)


def test_the_envelope_makes_no_other_message_of_it() -> None:
    ids = {_taken(name).event_id for name in ("text_private_enveloped", "text_private_flat")}
    assert ids == {f"{LAN}:2d758cb5e22217700001"}
    assert _taken("group_mention").event_id not in ids


@pytest.mark.parametrize(
    ("date", "at"), [(1795478400602, 1795478400602000), ("soon", 0), (-1, 0), (10**16, 0)]
)
def test_its_own_time(date: object, at: int) -> None:
    assert intake(orjson.dumps({"message": {"date": date}}), ACCOUNT).at == at


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_personal_is_stored(name: str) -> None:
    """But for the link to a picture in a chat of one person, which goes once it is handled."""
    link = () if name.startswith("image") else ("zdn.vn",)
    for personal in ("Nguyễn", "482913", *link):
        assert personal not in _taken(name).body


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"message_id": "1"},
        {"chat": {"id": "6ede", "chat_type": "PRIVATE"}},
        {"message_id": "1", "chat": {"id": "6ede", "chat_type": "PRIVATE"}},
        {"message_id": "1", "chat": {"id": "6ede", "chat_type": "PRIVATE"}, "text": 5},
        {"message_id": 1, "chat": {"id": 2}, "text": "xong"},
    ],
)
def test_what_only_looks_like_an_update_is_malformed(message: object) -> None:
    body = orjson.dumps({"event_name": "message.text.received", "message": message})
    taken = intake(body, ACCOUNT)
    with pytest.raises(MalformedError):
        parse(taken.body, ACCOUNT, frozenset())


def test_the_account_is_never_the_token() -> None:
    assert account_of("1000000000000000042:secret") == ACCOUNT
    assert account_of("secret-without-colon") == "bot"


def test_choices_are_numbered_lines() -> None:
    assert numbered(QUESTION, LINE) == ASKED
    assert numbered(Message("Dạ."), LINE) == "Dạ."
    apart = Message(unicodedata.normalize("NFD", QUESTION.text), QUESTION.choices)
    assert numbered(apart, LINE) == ASKED


def test_a_picture_carries_the_text() -> None:
    address = "https://gocua.example.vn/hinh/a.png"
    photo = {"chat_id": LAN, "photo": address}
    assert calls(LAN, QUESTION, address, LINE) == [Call("sendPhoto", {**photo, "caption": ASKED})]
    assert calls(LAN, QUESTION, "", LINE) == [Call("sendMessage", {"chat_id": LAN, "text": ASKED})]
    long = calls(LAN, Message("x" * 2500), address, LINE)
    assert [one.method for one in long] == ["sendPhoto", "sendMessage", "sendMessage"]
    assert long[0].params == photo


def test_long_texts_part_at_line_ends_then_words() -> None:
    assert split("một\nhai ba\nbốn", 10) == ["một\nhai ba", "bốn"]
    assert split("một hai ba", 8) == ["một hai", "ba"]
    assert split("x" * 12, 5) == ["xxxxx", "xxxxx", "xx"]
    assert split("abc   ", 3) == ["abc"]


@given(st.text(max_size=9000), st.lists(st.text(max_size=80), max_size=12))
def test_the_platform_takes_every_call(text: str, labels: list[str]) -> None:
    """The stand-in raises for whatever is over a limit, or empty."""
    message = Message(f"a{text}", tuple(Choice(str(at), label) for at, label in enumerate(labels)))
    for picture in ("", "https://gocua.example.vn/hinh/a.png"):
        for call in calls(LAN, message, picture, LINE):
            CLOUD.call(CLOUD.token, call.method, dict(call.params))
            assert call.params.get("text", "x").strip()


def test_what_residents_read_stays_short(library: Library) -> None:
    """The numbered lines come on top of the core's 280 characters, and nothing else."""
    line = library.messages.numbered
    message = Message("x" * LONGEST_MESSAGE, QUESTION.choices)
    added = numbered(message, line).removeprefix(message.text)
    assert added.count("\n") == len(message.choices) + 1
    assert len(added) < 80
    assert line.format(number=1, label="a").startswith("Gõ 1")


def test_the_numbers_shown_are_the_numbers_heard(guides: Guides) -> None:
    offered = QUESTION.choices
    for typed in ("2", "Gõ 2", "go so 2", "số hai", "chua duoc"):
        assert hear_text(typed, offered, guides).choice in ("b", Word.STUCK), typed


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        (400, NotSent(Failure.PERMANENT, "bad-request")),
        (401, NotSent(Failure.REJECTED, "token")),
        (403, NotSent(Failure.TEMPORARY, "server-error")),
        (404, NotSent(Failure.REJECTED, "not-found")),
        (408, NotSent(Failure.TEMPORARY, "timed-out")),
        (429, NotSent(Failure.THROTTLED, "quota", 3600)),
        (502, NotSent(Failure.TEMPORARY, "server-error")),
        (-5, NotSent(Failure.PERMANENT, "error--5")),
        ("x", NotSent(Failure.PERMANENT, "error-0")),
        (None, NotSent(Failure.PERMANENT, "error-0")),
    ],
)
def test_what_a_refusal_means(code: object, meant: NotSent) -> None:
    assert failure(code) == meant


def test_no_link_to_a_picture_in_a_group_is_kept() -> None:
    body = orjson.loads((FIXTURES / "image_photo.json").read_bytes())
    body["message"]["chat"]["chat_type"] = "GROUP"
    assert "zdn.vn" not in intake(orjson.dumps(body), ACCOUNT).body
