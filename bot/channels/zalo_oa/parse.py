"""Zalo OA webhook body -> Received. Pure; sends nothing and keeps nothing.

{"app_id": "1", "sender": {"id": "2"}, "recipient": {"id": "3"}, "event_name": "user_send_text",
 "message": {"text": "xong", "msg_id": "4"}, "timestamp": "1795478401137"}
"""

from collections.abc import Mapping
from hashlib import sha256

import orjson

from bot.channels.base import Intake, MalformedError, Received, decoded, masked
from bot.channels.zalo_oa import events
from bot.core.address import Address
from bot.core.secrets import Secret

NAME = "zalo_oa"
_GROUP = "g."  # before a group's id, which looks like any other
PICTURE = "user_send_image"
_KNOCK = "t."  # before a person's id: the way by a template, which is open at any time
_IDS = frozenset(
    {
        "id", "msg_id", "msg_ids", "quote_msg_id", "oa_id", "app_id", "user_id", "user_ids",
        "user_id_by_app", "group_id", "admin_id", "tracking_id", "event_name", "timestamp",
        "delivery_time", "source", "type", "picture",
    }
)  # fmt: skip
_PERSONAL = frozenset({"name", "display_name", "phone"})
Body = Mapping[str, object]


def intake(body: bytes, account: str) -> Intake:
    plain = decoded(body)
    name = plain.get("event_name")
    if not isinstance(name, str) or not name:
        raise MalformedError("no-event-name")
    clean, secrets = masked(_reduced(plain), _IDS, _PERSONAL)
    return Intake(
        _event_id(name, plain, body),
        Address(NAME, account, _chat_of(name, plain)),
        orjson.dumps(clean).decode(),
        frozenset(secrets),
        _moment(plain),
    )


def _event_id(name: str, plain: Body, body: bytes) -> str:
    """Only what somebody sent has an id of its own; receipts carry that of our message."""
    sent = events.part(plain, "message").get("msg_id") if "_send_" in name else None
    return f"{name}:{sent}" if isinstance(sent, str) and sent else sha256(body).hexdigest()


def _moment(plain: Body) -> int:
    """Zalo's own time in microseconds, 0 when there is none."""
    given = str(plain.get("timestamp"))
    return int(given) * 1000 if given.isascii() and given.isdigit() and len(given) < 16 else 0


def _reduced(plain: Body) -> dict[str, object]:
    """Without places, cards and forms: what is never read is not kept either. Of a person's
    picture the link is, until it is handled."""
    kept = {key: value for key, value in plain.items() if key != "info"}
    message = events.part(plain, "message")
    attachments = message.get("attachments")
    if isinstance(attachments, list):
        shown = plain.get("event_name") == PICTURE
        reduced = [_attachment(one, shown=shown) for one in attachments]
        kept["message"] = {**message, "attachments": reduced}
    if "tracking_id" in message:
        kept["recipient"] = {}  # a phone number
    return kept


def _attachment(one: object, *, shown: bool) -> dict[str, object]:
    """Of all attachments only a link is something that was said, and a picture `shown`."""
    attached = one if isinstance(one, dict) else {}
    payload = events.part(attached, "payload")
    if attached.get("type") == "link":
        said = {key: payload.get(key, "") for key in ("description", "url")}
        return {"type": "link", "payload": said}
    if shown and isinstance(payload.get("url"), str):
        return {"type": "image", "payload": {"picture": payload["url"]}}
    return {"type": str(attached.get("type", ""))}


def _chat_of(name: str, plain: Body) -> str:
    """The chat whose order an event belongs to; "0" for kinds that have none."""
    if "group" in name:
        group = plain.get("group_id") or events.part(plain, "recipient").get("id")
        return f"{_GROUP}{group}" if _is_id(group) else "0"
    if "tracking_id" in events.part(plain, "message"):
        return "0"
    found = events.person_of(name, plain)
    return found if _is_id(found) else "0"


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value != ""


def group_id(chat: str) -> str:
    """Zalo's id of a group's chat; empty for a person's."""
    return chat.removeprefix(_GROUP) if chat.startswith(_GROUP) else ""


def group_chat(group: str) -> str:
    return f"{_GROUP}{group}"


def knock_user(chat: str) -> str:
    """Zalo's id of the person a template is for; empty for any other chat."""
    return chat.removeprefix(_KNOCK) if chat.startswith(_KNOCK) else ""


def knock_chat(user: str) -> str:
    return f"{_KNOCK}{user}"


def parse(stored: str, account: str, secrets: frozenset[Secret]) -> Received:
    plain = decoded(stored.encode())
    name = str(plain.get("event_name"))
    address = Address(NAME, account, _chat_of(name, plain))
    return Received(
        address,
        events.event(name, plain, secrets),
        at=_moment(plain),
        near=events.near(name, plain),
        author=events.person_of(name, plain),
    )
