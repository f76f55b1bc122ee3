"""What the shared contract needs to know of each channel: one line in CASES for each."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import orjson
from phone import SECRET, TOKEN, Telegram
from zalo import BOT_SECRET, BOT_TOKEN, CONSOLE, PERSON, Zalo, zalo_oa

from bot.channels.base import Channel
from bot.channels.telegram.channel import Telegram as TelegramChannel
from bot.channels.webchat.channel import WebChat
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_oa.words import plain
from bot.core.address import Address
from bot.standins.zalo.events import compact, signature


@dataclass(frozen=True)
class Living:
    """A channel joined to the other side. `texts` are what arrived in `chat` there."""

    channel: Channel
    chat: str
    texts: Callable[[], list[str]]


@dataclass(frozen=True)
class Case:
    """`body(event id, text)` is what the platform sends for a person's text; `headers` prove
    it for ("e1", "chào") (None where nothing from outside is ever believed). `shown` is what
    becomes of a text on its way out."""

    body: Callable[[str, str], bytes]
    headers: Mapping[str, str] | None
    living: Callable[[], AbstractAsyncContextManager[Living]]
    shown: Callable[[str], str] = str


def _telegram_body(event: str, text: str) -> bytes:
    number = int.from_bytes(event.encode()[:4], "big")
    message = {
        "message_id": 7,
        "date": 1795500000,
        "from": {"id": 42, "is_bot": False, "first_name": "Lan"},
        "chat": {"id": 42, "type": "private", "first_name": "Lan"},
        "text": text,
    }
    return orjson.dumps({"update_id": number, "message": message})


@asynccontextmanager
async def _telegram() -> AsyncIterator[Living]:
    far = Telegram(limits=False).start()
    far.people.say(42, "chào")
    channel = TelegramChannel(TOKEN, SECRET, far.url)
    try:
        yield Living(channel, "42", lambda: [one.text for one in far.from_bot(42)])
    finally:
        await channel.close()
        far.stop()


def _webchat_body(event: str, text: str) -> bytes:
    return orjson.dumps({"id": event, "chat": "0f", "kind": "text", "text": text})


@asynccontextmanager
async def _webchat() -> AsyncIterator[Living]:
    shown: list[str] = []

    async def show(delivery: int, address: Address, content: str) -> None:
        shown.append(orjson.loads(content)["text"])

    yield Living(WebChat(show), "0f", lambda: shown)


def _zalo_bot_body(event: str, text: str) -> bytes:
    message = {
        "message_id": event,
        "date": 1795500000000,
        "from": {"id": "6ede", "display_name": "Lan", "is_bot": False},
        "chat": {"id": "6ede", "chat_type": "PRIVATE"},
        "text": text,
    }
    return orjson.dumps({"event_name": "message.text.received", "message": message})


@asynccontextmanager
async def _zalo_bot() -> AsyncIterator[Living]:
    far = Zalo().start()
    far.bot_people.say("6ede", "chào")
    channel = ZaloBot(BOT_TOKEN, BOT_SECRET, far.url, "", "{number}: {label}")
    try:
        yield Living(channel, "6ede", lambda: [one.text for one in far.from_bot("6ede")])
    finally:
        await channel.close()
        far.stop()


def _zalo_oa_body(event: str, text: str) -> bytes:
    return compact(
        {
            "app_id": CONSOLE.app_id,
            "sender": {"id": PERSON},
            "recipient": {"id": CONSOLE.oa_id},
            "event_name": "user_send_text",
            "message": {"text": text, "msg_id": event},
            "timestamp": "1795478401137",
        }
    )


@asynccontextmanager
async def _zalo_oa() -> AsyncIterator[Living]:
    far = Zalo(limits=False).start()
    far.people.say(PERSON, "chào")
    channel = zalo_oa(far.url, access=far.oa.oauth.pair()["access_token"])
    try:
        yield Living(channel, PERSON, lambda: [one.text for one in far.from_oa(PERSON)])
    finally:
        await channel.close()
        far.stop()


CASES = {
    "telegram": Case(_telegram_body, {"x-telegram-bot-api-secret-token": SECRET}, _telegram),
    "webchat": Case(_webchat_body, None, _webchat),
    "zalo_bot": Case(_zalo_bot_body, {"x-bot-api-secret-token": BOT_SECRET}, _zalo_bot),
    "zalo_oa": Case(
        _zalo_oa_body,
        {"x-zevent-signature": signature(CONSOLE, _zalo_oa_body("e1", "chào"), "1795478401137")},
        _zalo_oa,
        plain,
    ),
}
