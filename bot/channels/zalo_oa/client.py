"""Zalo's HTTP API: one call, one answer. Errors come with HTTP 200 and are told apart here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from httpx_aiohttp import AiohttpTransport

from bot.channels.base import NotSent
from bot.channels.wire import FAULTS, lost, refused

_TIMEOUT = httpx.Timeout(15, connect=5, pool=5)
_RATE = "x-ratelimit-limit"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is Zalo's code, 0 for success; `rate` is calls a minute when Zalo told it."""

    error: int
    data: Any
    rate: str = ""


class Client:
    def __init__(self, api: str) -> None:
        self._http = httpx.AsyncClient(base_url=api, transport=AiohttpTransport(), timeout=_TIMEOUT)

    async def get(self, path: str, access: str, **query: str) -> Answer | NotSent:
        return await self._call("GET", path, access, params=query)

    async def post(self, path: str, access: str, body: Json) -> Answer | NotSent:
        headers = {"content-type": "application/json"}
        return await self._call("POST", path, access, headers, content=orjson.dumps(body))

    async def upload(self, path: str, access: str, name: str, content: bytes) -> Answer | NotSent:
        return await self._call("POST", path, access, files={"file": (name, content)})

    async def _call(
        self,
        method: str,
        path: str,
        access: str,
        headers: Mapping[str, str] | None = None,
        **what: Any,
    ) -> Answer | NotSent:
        signed = {"access_token": access, **(headers or {})}
        try:
            answer = await self._http.request(method, path, headers=signed, **what)
        except FAULTS as error:
            return lost(error)
        return _read(answer)

    async def close(self) -> None:
        await self._http.aclose()


def _read(answer: httpx.Response) -> Answer | NotSent:
    try:
        plain = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        plain = None
    if not isinstance(plain, dict) or not isinstance(plain.get("error"), int):
        return refused(answer.status_code)
    rate = answer.headers.get(_RATE, "")
    return Answer(plain["error"], plain.get("data"), rate if rate.isdecimal() else "")
