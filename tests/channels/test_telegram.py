"""Telegram: captured payloads in, calls out, and what each refusal means."""

from datetime import timedelta
from pathlib import Path

import aiohttp
import orjson
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.base import Failure, MalformedError, NotSent, Press, Received
from bot.channels.telegram.parse import intake, parse
from bot.channels.telegram.render import failure, fits, keyboard
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.events import (
    ChatMoved,
    ChoiceMade,
    GroupChanged,
    GroupClaimed,
    GuideStarted,
    Ignored,
    MediaReceived,
    ReachabilityChanged,
    TextReceived,
)
from bot.core.guide import Choice
from bot.core.secrets import Secret

FIXTURES = Path(__file__).parent.parent / "fixtures" / "telegram"
ACCOUNT = "123456"
CODE, NUMBER = frozenset({Secret.CODE}), frozenset({Secret.NUMBER})
LARGE = "AgAC-large"

EXPECTED = {
    "text": ("42", TextReceived("xong rồi")),
    "edited_text": ("42", TextReceived("xong")),
    "start_with_guide": ("42", GuideStarted("vneid")),
    "start_with_code": ("42", GuideStarted("so-suc-khoe", "cx12ab")),
    "start": ("42", GuideStarted("")),
    "command": ("42", TextReceived("gap nguoi")),
    "command_words": ("42", TextReceived("gui H012 vneid")),
    "secret": ("42", TextReceived("mã OTP là •••", CODE)),
    "photo": ("42", MediaReceived("photo", TextReceived("căn cước •••", NUMBER), LARGE)),
    "forwarded": ("42", TextReceived("/dung ngay", forwarded=True)),
    "forwarded_photo": (
        "42",
        MediaReceived("photo", TextReceived("trúng thưởng xe", forwarded=True), LARGE),
    ),
    "picture_as_file": ("42", MediaReceived("document", None, LARGE)),
    "voice": ("42", MediaReceived("voice")),
    "sticker": ("42", MediaReceived("sticker")),
    "contact": ("42", MediaReceived("contact")),
    "pinned": ("42", Ignored("service-message")),
    "callback": ("42", ChoiceMade("xong", 3)),
    "callback_foreign": ("42", ChoiceMade("", -1)),
    "callback_without_message": ("42", ChoiceMade("", -1)),
    "callback_inaccessible": ("42", ChoiceMade("xong", 3)),
    "blocked": ("42", ReachabilityChanged(reachable=False)),
    "unblocked": ("42", ReachabilityChanged(reachable=True)),
    "group_joined": ("-100123", GroupChanged("Khu phố Cầu Xéo", member=True, can_post=True)),
    "group_left": ("-100123", GroupChanged("Khu phố Cầu Xéo", member=False, can_post=False)),
    "group_muted": ("-100123", GroupChanged("Khu phố Cầu Xéo", member=True, can_post=False)),
    "group_claim": ("-100123", GroupClaimed("AB2CD3", "Khu phố Cầu Xéo")),
    "group_text": ("-100123", Ignored("group-message")),
    "group_migrated": ("-5", ChatMoved("-100500")),
    "from_bot": ("42", Ignored("not-a-person")),
    "channel_post": ("-100900", Ignored("update-kind")),
    "unknown_kind": ("0", Ignored("update-kind")),
}


def _read(name: str) -> Received:
    taken = intake((FIXTURES / f"{name}.json").read_bytes(), ACCOUNT)
    received = parse(taken.body, ACCOUNT, taken.secrets)
    assert received.address == taken.address
    return received


def test_every_payload_has_its_expectation() -> None:
    assert {path.stem for path in FIXTURES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_payload(name: str) -> None:
    chat, event = EXPECTED[name]
    received = _read(name)
    assert (received.address, received.event) == (Address("telegram", ACCOUNT, chat), event)


def test_a_press_knows_what_to_acknowledge() -> None:
    assert _read("callback").press == Press("4382bfdwdsb323b2d9", "7")
    assert _read("callback_without_message").press == Press("6", "")


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_personal_is_stored(name: str) -> None:
    body = intake((FIXTURES / f"{name}.json").read_bytes(), ACCOUNT).body
    for personal in ("Lan", "Nguyễn", "0912345678", "482913", "079203001234"):
        assert personal not in body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"{}",
        b'{"update_id": "1"}',
        b'{"update_id": true}',
        b"\xff\xfe",
        b'{"update_id": 1, "a": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b'{"update_id": 1, "a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_malformed_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        intake(body, ACCOUNT)


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"message_id": 1}},
        {"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}, "date": 10**17}},
        {"message": 5},
        {"message": {"message_id": 1, "date": 1, "chat": "x"}},
        {"callback_query": {"id": "1", "from": {"id": 1}, "message": 3}},
        {"my_chat_member": {"chat": {"id": "no"}}},
    ],
)
def test_what_only_looks_like_an_update_is_malformed(update: dict[str, object]) -> None:
    taken = intake(orjson.dumps({"update_id": 1, **update}), ACCOUNT)
    with pytest.raises(MalformedError):
        parse(taken.body, ACCOUNT, frozenset())


def _lost(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


_OS = OSError()
_KEY = type("Key", (), {"ssl": None, "host": "h", "port": 1, "is_ssl": False})()


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (RetryAfter(7), NotSent(Failure.THROTTLED, "too-many-requests", 7)),
        (ChatMigrated(-100), NotSent(Failure.MOVED, "migrated", moved_to="-100")),
        (Forbidden("bot was blocked"), NotSent(Failure.GONE, "forbidden")),
        (InvalidToken(), NotSent(Failure.REJECTED, "token")),
        (BadRequest("Chat not found"), NotSent(Failure.GONE, "chat-not-found")),
        (BadRequest("Not enough rights to send"), NotSent(Failure.GONE, "no-right-to-write")),
        (BadRequest("Message is too long"), NotSent(Failure.PERMANENT, "too-long")),
        (BadRequest("something else"), NotSent(Failure.PERMANENT, "bad-request")),
        (NetworkError("Bad Gateway"), NotSent(Failure.TEMPORARY, "server-error")),
        (Conflict("webhook"), NotSent(Failure.PERMANENT, "conflict")),
        (
            _lost(TimedOut(), aiohttp.ClientConnectorError(_KEY, _OS)),
            NotSent(Failure.UNREACHABLE, "ClientConnectorError"),
        ),
        (
            _lost(TimedOut(), aiohttp.ConnectionTimeoutError()),
            NotSent(Failure.UNREACHABLE, "ConnectionTimeoutError"),
        ),
        (
            _lost(TimedOut(), aiohttp.ServerDisconnectedError()),
            NotSent(Failure.DOUBT, "ServerDisconnectedError"),
        ),
        (_lost(TimedOut(), TimeoutError()), NotSent(Failure.DOUBT, "TimeoutError")),
    ],
)
def test_what_a_refusal_means(error: TelegramError, meant: NotSent) -> None:
    assert failure(error) == meant


def test_waits_given_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert failure(RetryAfter(timedelta(seconds=9))).retry_after == 9


def test_buttons_stand_one_in_a_row_and_carry_their_turn() -> None:
    message = Message("t", (Choice("xong", "✅ Xong"), Choice("b", "B")), turn=3)
    made = keyboard(message)
    assert made is not None
    rows = [[(one.text, one.callback_data) for one in row] for row in made.inline_keyboard]
    assert rows == [[("✅ Xong", "1|3|xong")], [("B", "1|3|b")]]
    assert keyboard(Message("t")) is None


def test_choice_ids_that_fit_a_button() -> None:
    assert fits("x" * 40)
    assert not fits("x" * 60)
