"""Bot Platform update -> Received. Pure; fetches nothing and keeps no link to media, but for a
picture's in a chat of one person, until it is handled.

{"event_name": "message.text.received", "message": {"message_id": "2d75…", "date": 1795478400602,
 "from": {"id": "6ede…", "display_name": "", "is_bot": false},
 "chat": {"id": "6ede…", "chat_type": "PRIVATE"}, "text": "xong"}}
Documented as the `result` of {"ok": true, …}, seen without: both are read.
"""

from collections.abc import Mapping
from hashlib import sha256

import orjson

from bot.channels.base import Intake, MalformedError, Received, decoded, masked
from bot.core.address import Address
from bot.core.events import (
    Event,
    GroupAsked,
    GroupClaimed,
    Ignored,
    MediaReceived,
    Notice,
    TextReceived,
)
from bot.core.links import claimed
from bot.core.secrets import Secret

NAME = "zalo_bot"
_IDS = frozenset({"id", "message_id", "event_name", "chat_type", "message_type", "sticker"})
_PERSONAL = frozenset({"display_name", "photo", "photo_url", "url", "voice_url"})
_PICTURES = frozenset({"photo", "photo_url"})
_TEXT = "message.text.received"
_MEDIA = {
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": "unsupported",
}
_LATEST = 10**15  # milliseconds
Json = Mapping[str, object]


def account_of(token: str) -> str:
    """The bot's number, which is no secret."""
    number, colon, _ = token.partition(":")
    return number if colon else "bot"


def intake(body: bytes, account: str) -> Intake:
    """The same message has the same id however it is wrapped; what has none, by its bytes."""
    update = _unwrapped(decoded(body))
    message = _part(update, "message")
    pictures = _PICTURES if _is_private(message) else frozenset()
    clean, secrets = masked(update, _IDS | pictures, _PERSONAL - pictures)
    chat, name = _id(_part(message, "chat"), "id"), _id(message, "message_id")
    event_id = f"{chat}:{name}" if name else sha256(body).hexdigest()
    address = Address(NAME, account, chat or "0")
    body_kept = orjson.dumps(clean).decode()
    return Intake(event_id, address, body_kept, frozenset(secrets), _moment(message))


def _moment(message: Json) -> int:
    """Zalo's own time in microseconds, so that what waits together is taken in its order; 0
    when there is none."""
    date = message.get("date")
    return date * 1000 if isinstance(date, int) and 0 < date < _LATEST else 0


def parse(stored: str, account: str, secrets: frozenset[Secret]) -> Received:
    update = decoded(stored.encode())
    message = _part(update, "message")
    chat = _part(message, "chat")
    address = Address(NAME, account, _id(chat, "id") or "0")
    event = _event(str(update.get("event_name")), message, chat, secrets)
    return Received(address, event, author=_id(_part(message, "from"), "id"))


def _event(name: str, message: Json, chat: Json, secrets: frozenset[Secret]) -> Event | Notice:
    if name != _TEXT and name not in _MEDIA:
        return Ignored("event-kind")
    if not _id(chat, "id") or not _id(message, "message_id"):
        raise MalformedError("no-chat")
    if _part(message, "from").get("is_bot") is True:
        return Ignored("not-a-person")
    if not _is_private(message):
        return _in_group(str(message.get("text", "")))
    if name in _MEDIA:
        link = _id(message, "photo") or _id(message, "photo_url")
        said = _id(message, "caption")
        return MediaReceived(_MEDIA[name], TextReceived(said, secrets) if said else None, link)
    text = message.get("text")
    if not isinstance(text, str):
        raise MalformedError("no-text")
    return TextReceived(text, secrets)


def _is_private(message: Json) -> bool:
    return _part(message, "chat").get("chat_type") == "PRIVATE"


def _in_group(text: str) -> Notice:
    """It is only told what mentions it. No update carries a group's name."""
    code = claimed(text)
    return GroupClaimed(code, "") if code else GroupAsked()


def _unwrapped(update: Json) -> Json:
    inner = update.get("result")
    return inner if isinstance(inner, dict) and "event_name" not in update else update


def _part(whole: Json, key: str) -> Json:
    found = whole.get(key)
    return found if isinstance(found, dict) else {}


def _id(whole: Json, key: str) -> str:
    found = whole.get(key)
    return found if isinstance(found, str) else ""
