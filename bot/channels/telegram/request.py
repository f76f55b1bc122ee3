"""What python-telegram-bot sends its calls through: aiohttp and orjson, a third of the time that
httpx takes. Knows HTTP and no Bot API.

Every failure keeps aiohttp's own error as its cause: it tells what never left from what may have
arrived.
"""

import io
import json
from typing import Any

import aiohttp
import httpx
import orjson
from aiohttp import ClientSession, ClientTimeout, FormData, TCPConnector
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_IDLE_SECONDS = 5  # a connection that Telegram closes while it is taken up again is a doubt
_CONNECT, _POOL, _READ = 5.0, 5.0, 15.0
_UPLOAD = 20.0
_HEADERS = {"User-Agent": BaseRequest.USER_AGENT, "Accept-Encoding": "identity"}
_JSON = {"Content-Type": "application/json"}


def _sum(*parts: float | None) -> float | None:
    given = [one for one in parts if one is not None]
    return sum(given) if len(given) == len(parts) else None


def _chosen(asked: object, default: float | None) -> float | None:
    if asked is BaseRequest.DEFAULT_NONE:
        return default
    return float(asked) if isinstance(asked, int | float) else None


class AiohttpRequest(BaseRequest):
    """Connections are opened when first needed and closed by `shutdown`. Words are sent as JSON,
    files as a form. There is no time limit for writing words, which the kernel takes at once; one
    with files has an end for all of it."""

    __slots__ = ("_connections", "_open", "_session")

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: ClientSession | None = None
        self._open = True

    @property
    def read_timeout(self) -> float | None:
        return _READ

    async def initialize(self) -> None:
        self._open = True

    async def shutdown(self) -> None:
        self._open = False
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _opened(self) -> ClientSession:
        if not self._open:
            raise RuntimeError("shut down")
        if self._session is None:
            # The authorities of certifi: a bare container has none of its own.
            connector = TCPConnector(
                limit=self._connections,
                keepalive_timeout=_IDLE_SECONDS,
                ssl=httpx.create_ssl_context(),
            )
            self._session = ClientSession(
                connector=connector, headers=_HEADERS, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        read, pool = _chosen(read_timeout, _READ), _chosen(pool_timeout, _POOL)
        connect, whole = _chosen(connect_timeout, _CONNECT), None
        given: dict[str, Any] = {}
        if request_data is not None and request_data.contains_files:
            whole = _sum(pool, connect, _chosen(write_timeout, _UPLOAD), read)
            given = {"data": _form(request_data)}
        elif request_data is not None:
            given = {"data": orjson.dumps(request_data.parameters), "headers": _JSON}
        waits = ClientTimeout(whole, _sum(pool, connect), sock_read=read, sock_connect=connect)
        return await self._answer(method, url, waits, given)

    async def _answer(
        self, method: str, url: str, waits: ClientTimeout, given: dict[str, Any]
    ) -> tuple[int, bytes]:
        try:
            async with self._opened().request(
                method, url, timeout=waits, allow_redirects=False, **given
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """What is no JSON says nothing about what became of the call: not a refusal."""
        try:
            found: dict[str, Any] = orjson.loads(payload)
        except ValueError:
            found = _leniently(payload)
        return found


def _leniently(payload: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
    except ValueError as error:
        raise NetworkError("no JSON") from error
    return found


def _form(data: RequestData) -> FormData:
    form = FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        # Read piece by piece: whole bytes would be copied on the loop, with a warning.
        body = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, body, filename=filename, content_type=kind)
    return form
