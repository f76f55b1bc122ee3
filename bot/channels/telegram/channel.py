"""The Telegram channel: `send` is the only way to Telegram's Bot API."""

import asyncio
import hmac
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace

from telegram import Bot, BotCommand, Message
from telegram.error import BadRequest, TelegramError

from bot.channels.base import (
    MOST_FETCHED,
    Intake,
    Limits,
    NotSent,
    Outgoing,
    PictureFile,
    Press,
    Received,
    Sent,
    UnfetchedError,
    VoiceFile,
)
from bot.channels.telegram.parse import NAME, intake, parse
from bot.channels.telegram.render import failure, keyboard
from bot.channels.telegram.request import AiohttpRequest
from bot.core.secrets import Secret

_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # a header's name
_ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
_SECOND = 1_000_000
_PAID_PER_SECOND = 1000
PAID_AT_ONCE = 256  # a thousand a second with answers after a quarter of one
_NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}


class Telegram:
    """One bot. The account is the bot's id, the part of its token before the colon. With `paid`
    Telegram takes a thousand messages a second, for a fee beyond the free thirty."""

    name = NAME
    unverified = 403
    limits = Limits(
        text=4096,
        caption=1024,
        choices=100,
        label=64,
        reply_interval=_SECOND // 100,
        other_interval=_SECOND // 30 + 1,
        per_second=30,
        voice=True,
        edits=True,
    )
    paid_interval = _SECOND // _PAID_PER_SECOND

    def __init__(
        self,
        token: str,
        secret: str,
        api: str,
        commands: Sequence[tuple[str, str]] = (),
        *,
        paid: bool = False,
    ) -> None:
        self._paid = paid or None
        if paid:
            each = self.paid_interval
            self.limits = replace(
                self.limits,
                reply_interval=each,
                other_interval=each,
                per_second=_PAID_PER_SECOND,
                at_once=PAID_AT_ONCE,
            )
        self.account = token.split(":")[0]
        self._secret = secret.encode()
        self._commands = [BotCommand(name, text) for name, text in commands]
        self._request = AiohttpRequest(connections=2 * self.limits.at_once + 64)
        self._bot = Bot(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=self._request,
            get_updates_request=self._request,  # never used: else a client of httpx is made
        )

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002
        given = headers.get(_SECRET_HEADER, "").encode()
        return bool(self._secret) and hmac.compare_digest(given, self._secret)

    def intake(self, body: bytes) -> Intake:
        return intake(body, self.account)

    def parse(self, stored: str, secrets: frozenset[Secret]) -> Received:
        return parse(stored, self.account, secrets)

    def chat_interval(self, chat: str) -> int:
        """Groups have negative ids and take 20 messages a minute, persons one a second."""
        return 3 * _SECOND if chat.startswith("-") else _SECOND

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        chat = int(outgoing.address.id)
        try:
            shown, sent = await self._both(chat, outgoing)
        except TelegramError as error:
            return failure(error)
        if sent is None:
            return Sent(shown or outgoing.message.replaces)
        upload = sent.photo[-1] if sent.photo else sent.voice or sent.audio
        return Sent(str(sent.message_id), upload.file_id if upload else "")

    async def _both(self, chat: int, outgoing: Outgoing) -> tuple[str, Message | None]:
        if outgoing.press is None:
            return "", await self._say(chat, outgoing)
        return await asyncio.gather(self._show(chat, outgoing.press), self._say(chat, outgoing))

    async def _say(self, chat: int, outgoing: Outgoing) -> Message | None:
        message = outgoing.message
        if not message.text:
            return None
        if message.replaces:
            return await self._edit(chat, int(message.replaces), message.text)
        if outgoing.picture:
            photo = await _upload(outgoing.picture)
            return await self._bot.send_photo(
                chat,
                photo,
                caption=message.text,
                reply_markup=keyboard(message),
                allow_paid_broadcast=self._paid,
            )
        if outgoing.voice:
            voice = await _upload(outgoing.voice)
            return await self._bot.send_voice(
                chat,
                voice,
                caption=message.text,
                reply_markup=keyboard(message),
                allow_paid_broadcast=self._paid,
            )
        return await self._bot.send_message(
            chat,
            message.text,
            reply_markup=keyboard(message),
            allow_paid_broadcast=self._paid,
            api_kwargs=dict(_NO_PREVIEW),
        )

    async def _edit(self, chat: int, number: int, text: str) -> Message | None:
        """A picture's words are changed by another call; that they are so already is well."""
        try:
            await self._bot.edit_message_text(text, chat, number, api_kwargs=dict(_NO_PREVIEW))
        except BadRequest as error:
            if "no text in the message" in error.message.lower():
                await self._bot.edit_message_caption(chat, number, caption=text)
            elif "not modified" not in error.message.lower():
                raise
        return None

    async def _show(self, chat: int, press: Press) -> str:
        """Stops the button's spinner and takes the used buttons away. Both may fail:
        a query grows too old, a message is gone or already without buttons."""
        await _quietly(self._bot.answer_callback_query(press.ack))
        if press.message:
            bare = self._bot.edit_message_reply_markup(chat, int(press.message))
            await _quietly(bare)
        return press.message

    async def fetch(self, reference: str) -> bytes:
        try:
            file = await self._bot.get_file(reference)
            if (file.file_size or 0) > MOST_FETCHED:
                raise UnfetchedError("too-large")
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise UnfetchedError("away") from error

    async def prepare(self, hook: str) -> None:
        await self._bot.set_webhook(
            hook, secret_token=self._secret.decode(), allowed_updates=_ALLOWED
        )
        if self._commands:
            await self._bot.set_my_commands(self._commands)

    async def who(self) -> str | NotSent:
        """The bot's user name: a token that works knows it."""
        try:
            return (await self._bot.get_me()).username or ""
        except TelegramError as error:
            return failure(error)

    async def hooked(self) -> str | NotSent:
        """Where Telegram calls; empty for nowhere."""
        try:
            return (await self._bot.get_webhook_info()).url
        except TelegramError as error:
            return failure(error)

    async def close(self) -> None:
        await self._request.shutdown()


async def _quietly(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError:
        return


async def _upload(file: PictureFile | VoiceFile) -> bytes | str:
    """The file itself until Telegram has it, then what Telegram calls it."""
    return file.reference or await asyncio.to_thread(file.path.read_bytes)
