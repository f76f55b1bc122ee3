"""Telegram payload -> Received. Pure; sends nothing and keeps nothing.

{"update_id": 1, "message": {"message_id": 2, "date": 3, "chat": {"id": 4, "type": "private"},
 "from": {"id": 4, "is_bot": false, "first_name": ""}, "text": "xong"}}
"""

from collections.abc import Mapping

import orjson
from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update

from bot.channels.base import Intake, MalformedError, Press, Received, decoded, masked
from bot.core.address import Address
from bot.core.events import (
    ChatMoved,
    ChoiceMade,
    Event,
    GroupChanged,
    GroupClaimed,
    GuideStarted,
    Ignored,
    MediaReceived,
    Notice,
    ReachabilityChanged,
    TextReceived,
)
from bot.core.links import claimed, wanted
from bot.core.secrets import Secret

NAME = "telegram"
VERSION = "1"
_IDS = frozenset({"id", "data", "chat_instance", "file_id", "file_unique_id", "type", "status"})
_PERSONAL = frozenset(
    {
        "first_name", "last_name", "username", "phone_number", "vcard", "bio",
        "sender_user_name", "author_signature",
    }
)  # fmt: skip
_MEDIA = (
    "photo", "voice", "video", "video_note", "audio", "document", "sticker", "animation",
    "contact", "location", "venue", "poll", "dice", "story",
)  # fmt: skip
_HERE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)


def intake(body: bytes, account: str) -> Intake:
    """Ids and masking only: python-telegram-bot's parser is too slow for the way in."""
    update = decoded(body)
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise MalformedError("no-update-id")
    clean, secrets = masked(update, _IDS, _PERSONAL)
    address = Address(NAME, account, _chat_of(update))
    return Intake(str(number), address, orjson.dumps(clean).decode(), frozenset(secrets))


def _chat_of(update: Mapping[str, object]) -> str:
    """The chat whose order an update belongs to; "0" for kinds that have none."""
    for part in update.values():
        if not isinstance(part, dict):
            continue
        message = part.get("message")
        for place in (message if isinstance(message, dict) else part, part):
            for key in ("chat", "from"):
                chat = place.get(key)
                if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                    return str(chat["id"])
    return "0"


def parse(stored: str, account: str, secrets: frozenset[Secret]) -> Received:
    plain = decoded(stored.encode())
    address = Address(NAME, account, _chat_of(plain))
    try:
        return _received(Update.de_json(plain), address, secrets)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise MalformedError(f"update-{type(error).__name__}") from error


def _received(update: Update, address: Address, secrets: frozenset[Secret]) -> Received:
    if query := update.callback_query:
        return Received(address, _choice(query), _press(query), author=str(query.from_user.id))
    writer = update.effective_user
    return Received(address, _event(update, secrets), author=str(writer.id) if writer else "")


def _event(update: Update, secrets: frozenset[Secret]) -> Event | Notice:
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return Ignored("update-kind")
    if message.migrate_to_chat_id:
        return ChatMoved(str(message.migrate_to_chat_id))
    if message.chat.type != Chat.PRIVATE:
        return _claim(message)
    if message.from_user is None or message.from_user.is_bot:
        return Ignored("not-a-person")
    return _said(message, secrets)


def _claim(message: Message) -> Notice:
    """Without further rights a bot hears only commands in a group: /noi and a code."""
    code = claimed(message.text or "")
    return GroupClaimed(code, message.chat.title or "") if code else Ignored("group-message")


def _said(message: Message, secrets: frozenset[Secret]) -> Event | Notice:
    forwarded = message.forward_origin is not None
    if message.text is not None:
        said = TextReceived(message.text, secrets, forwarded=forwarded)
        return said if forwarded else _command(message.text, secrets) or said
    kind = next((one for one in _MEDIA if getattr(message, one)), "")
    caption = message.caption and TextReceived(message.caption, secrets, forwarded=forwarded)
    if not kind:
        return Ignored("service-message")
    return MediaReceived(kind, caption or None, _picture(message))


def _picture(message: Message) -> str:
    """The largest size of a photo, or a picture sent as a file; empty for what is none."""
    if message.photo:
        return message.photo[-1].file_id
    file = message.document
    return file.file_id if file and (file.mime_type or "").startswith("image/") else ""


def _command(text: str, secrets: frozenset[Secret]) -> Event | None:
    """/start carries what a deep link asked for; other commands are words after a stroke."""
    if not text.startswith("/"):
        return None
    name, _, payload = text[1:].partition(" ")
    word = name.split("@")[0].replace("_", " ")
    if word == "start":
        return GuideStarted(*wanted(payload))
    return TextReceived(f"{word} {payload}".strip(), secrets)


def _choice(query: CallbackQuery) -> ChoiceMade:
    """Anything but our own payload is a button of no turn."""
    version, _, rest = (query.data or "").partition("|")
    turn, _, choice = rest.partition("|")
    if version != VERSION or not turn.isdecimal() or len(turn) > 18:
        return ChoiceMade("", -1)
    return ChoiceMade(choice, int(turn))


def _press(query: CallbackQuery) -> Press:
    return Press(query.id, str(query.message.message_id) if query.message else "")


def _membership(change: ChatMemberUpdated) -> Notice:
    member = change.new_chat_member
    here = member.status in _HERE or bool(getattr(member, "is_member", False))
    if change.chat.type == Chat.PRIVATE:
        return ReachabilityChanged(here)
    muted = member.status == ChatMember.RESTRICTED and not getattr(
        member, "can_send_messages", False
    )
    return GroupChanged(change.chat.title or "", here, here and not muted)
