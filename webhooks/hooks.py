"""POST /hooks/<channel>: verify -> intake -> on disk -> 200. No parsing and no rules here."""

import logging
from collections.abc import Mapping
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from bot import logs, metrics
from bot.channels.base import Channel, MalformedError
from bot.wiring import Wiring
from storage.grouped import OverloadedError

_log = logging.getLogger(__name__)
_LARGEST = 1024 * 1024
_EMPTY = [(b"content-length", b"0")]
_LATER = [(b"retry-after", b"5")]
_KNOCK = "knock"  # a console trying the address: no message and no forgery


class Hook:
    """An ASGI app: what a framework adds per request costs more than the work itself."""

    def __init__(self, wiring: Wiring, channel: Channel) -> None:
        self._wiring, self._channel = wiring, channel
        self._fine = metrics.hooks.labels(channel.name, 200, "ok")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Backwards, so that of headers given twice the first counts.
        metrics.request_id.set(token_hex(6))
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in reversed(scope["headers"])
        }
        status, why = await self._status(headers, receive)
        if not why:
            self._fine.inc()
        else:
            metrics.hooks.labels(self._channel.name, status, why).inc()
            level = logging.INFO if why == _KNOCK else logging.WARNING
            _log.log(level, "hook %s: %d %s", self._channel.name, status, why)
        later = _LATER if status == 503 else []
        await send({"type": "http.response.start", "status": status, "headers": _EMPTY + later})
        await send({"type": "http.response.body", "body": b""})

    async def _status(self, headers: Mapping[str, str], receive: Receive) -> tuple[int, str]:
        body = await _read(headers, receive)
        if body is None:
            return 413, "too-large"
        if not self._channel.verify(headers, body):
            return self._channel.unverified, _KNOCK if body.strip() == b"{}" else "not-verified"
        if self._wiring.overloaded:
            return 503, "queue-full"
        try:
            intake = self._channel.intake(body)
            await self._wiring.receive(self._channel, intake)
            if _log.isEnabledFor(logging.DEBUG):
                _log.debug("heard", extra={"key": logs.key(intake.event_id)})
        except MalformedError as error:
            return 400, str(error)
        except (OverloadedError, SQLAlchemyError, OSError) as error:
            return 503, type(error).__name__
        return 200, ""


async def _read(headers: Mapping[str, str], receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is known to be too large."""
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > _LARGEST:
        return None
    body: bytes = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if len(body) > _LARGEST:
            return None
        if not message.get("more_body"):
            return body
