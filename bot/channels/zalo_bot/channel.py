"""The Zalo Bot channel: `send` makes one call of the Bot Platform, whatever a message takes."""

import hmac
from collections.abc import Mapping
from typing import Any

import httpx
import orjson
from httpx_aiohttp import AiohttpTransport

from bot.channels.base import (
    Failure,
    Intake,
    Limits,
    NotSent,
    Outgoing,
    Received,
    Sent,
)
from bot.channels.wire import FAULTS, fetched, lost, refused
from bot.channels.zalo_bot.parse import NAME, account_of, intake, parse
from bot.channels.zalo_bot.render import PHOTO, TEXT, Call, calls, failure
from bot.core.secrets import Secret

_SECRET_HEADER = "x-bot-api-secret-token"  # noqa: S105  # a header's name
_TIMEOUT = httpx.Timeout(15, connect=5, pool=5)
_SECOND = 1_000_000
_NO_PICTURE = "no-picture"
_JSON = {"content-type": "application/json"}


class ZaloBot:
    """One bot. The account is the part of its token before the colon.

    `pictures` is where the platform can fetch /hinh/<path>, empty while that is not public;
    `line` shows one typed choice, with {number} and {label}.
    """

    name = NAME
    unverified = 403
    limits = Limits(
        text=TEXT,
        caption=TEXT,
        choices=30,
        label=60,
        reply_interval=_SECOND // 20,
        other_interval=_SECOND // 5,
    )

    def __init__(self, token: str, secret: str, api: str, pictures: str, line: str) -> None:
        self.account, self._api = account_of(token), api
        self._secret, self._pictures, self._line = secret.encode(), pictures, line
        self._http = httpx.AsyncClient(
            base_url=f"{api}/bot{token}/", transport=AiohttpTransport(), timeout=_TIMEOUT
        )

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002
        given = headers.get(_SECRET_HEADER, "").encode()
        return bool(self._secret) and hmac.compare_digest(given, self._secret)

    def intake(self, body: bytes) -> Intake:
        return intake(body, self.account)

    def parse(self, stored: str, secrets: frozenset[Secret]) -> Received:
        return parse(stored, self.account, secrets)

    def chat_interval(self, chat: str) -> int:  # noqa: ARG002
        """No limit for one chat is known; two messages a second are as many as can be read."""
        return _SECOND // 2

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        """A press has nothing to be shown on: without text there is nothing to send."""
        every, part = self._calls(outgoing), outgoing.part
        if part >= len(every):
            return Sent("")
        result = await self._call(every[part].method, every[part].params)
        if isinstance(result, NotSent):
            return _without(result, part, len(every)) if every[part].method == PHOTO else result
        if part + 1 < len(every):
            return NotSent(Failure.AGAIN, "more", part=part + 1)
        return Sent(str(result.get("message_id", "")))

    def _calls(self, outgoing: Outgoing) -> list[Call]:
        if not outgoing.message.text:
            return []
        usable = outgoing.picture and self._pictures
        if outgoing.before == _NO_PICTURE and not outgoing.part:
            usable = None
        shown = outgoing.message.picture if usable else None
        picture = f"{self._pictures}/{shown.path}" if shown else ""
        return calls(outgoing.address.id, outgoing.message, picture, self._line)

    async def _call(self, method: str, params: Mapping[str, str]) -> Mapping[str, Any] | NotSent:
        try:
            answer = await self._http.post(method, content=orjson.dumps(params), headers=_JSON)
        except FAULTS as error:
            return lost(error)
        try:
            plain = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            return refused(answer.status_code)
        if not isinstance(plain, dict) or "ok" not in plain:
            return refused(answer.status_code)
        if plain["ok"] is not True:
            return failure(plain.get("error_code"))
        result = plain.get("result")
        return result if isinstance(result, dict) else {}

    async def fetch(self, reference: str) -> bytes:
        return await fetched(reference, self._api)

    async def prepare(self, hook: str) -> None:
        """Raises PermissionError with a slug when the hook was refused."""
        secret = self._secret.decode()
        result = await self._call("setWebhook", {"url": hook, "secret_token": secret})
        if isinstance(result, NotSent):
            raise PermissionError(result.code)

    async def who(self) -> str | NotSent:
        """The bot's name: a token that works knows it."""
        result = await self._call("getMe", {})
        return result if isinstance(result, NotSent) else str(result.get("account_name", ""))

    async def hooked(self) -> str | NotSent:
        """Where the platform calls; empty for nowhere."""
        result = await self._call("getWebhookInfo", {})
        return result if isinstance(result, NotSent) else str(result.get("url", ""))

    async def close(self) -> None:
        await self._http.aclose()


def _without(refused: NotSent, part: int, calls: int) -> NotSent:
    """A picture that is refused for good is left out; its message goes without."""
    if refused.failure is not Failure.PERMANENT:
        return refused
    return NotSent(Failure.AGAIN, _NO_PICTURE, part=part if calls == 1 else part + 1)
