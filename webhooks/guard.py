"""Headers and cross-site protection of every page. The hooks have their own secrets."""

from secrets import token_hex
from time import monotonic
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


_STAY_SECURE = {"strict-transport-security": "max-age=31536000"}


def crosses_sites(method: str, headers: Headers) -> bool:
    """Whether another site's page sent this. Browsers say so; other clients carry no cookie."""
    if method in _SAFE:
        return False
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def holds_nul(scope: Scope) -> bool:
    """No database of ours keeps that letter and no browser sends it."""
    return "\x00" in scope["path"] or b"%00" in scope["query_string"]


class Guard:
    """`secure` when the public address is https: browsers then never come without it."""

    def __init__(self, app: ASGIApp, exempt: str, *, secure: bool) -> None:
        self._app, self._exempt = app, exempt
        self._headers = _HEADERS | (_STAY_SECURE if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            return await self._app(scope, receive, send)
        if crosses_sites(scope["method"], Headers(scope=scope)):
            return await PlainTextResponse("403", 403)(scope, receive, send)
        if holds_nul(scope):
            return await PlainTextResponse("400", 400)(scope, receive, send)

        request, began = token_hex(6), monotonic()
        metrics.request_id.set(request)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers | {"x-request-id": request})
                kind = f"{message['status'] // 100}xx"
                metrics.pages.labels(kind).observe(monotonic() - began)
            await send(message)

        return await self._app(scope, receive, with_headers)
