"""What a failed HTTP call means, for channels that speak over aiohttp; pictures by their link."""

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.channels.base import MOST_FETCHED, Failure, NotSent, UnfetchedError

_MEDIA_HOSTS = ".zdn.vn"  # where Zalo puts what people send
_FETCHING = httpx.Timeout(15, connect=5, pool=5)
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

# An answer that is no HTTP passes the transport with aiohttp's own error.
FAULTS = (httpx.HTTPError, aiohttp.ClientError)


def lost(error: Exception) -> NotSent:
    """The transport calls a dropped answer a connect time-out, so the cause below decides."""
    root = error.__cause__
    if isinstance(root, NEVER_LEFT):
        return NotSent(Failure.UNREACHABLE, type(root).__name__)
    return NotSent(Failure.DOUBT, type(root or error).__name__)


def refused(status: int) -> NotSent:
    """An answer that is no answer of the API: of a proxy, or of a fault on their side."""
    if status in (502, 504):
        return NotSent(Failure.DOUBT, f"http-{status}")
    if status >= 500:
        return NotSent(Failure.TEMPORARY, f"http-{status}")
    if status == 429:
        return NotSent(Failure.THROTTLED, "http-429", retry_after=60)
    return NotSent(Failure.DOUBT if status < 400 else Failure.REJECTED, f"http-{status}")


def media_address(url: str, api: str) -> str:
    """Where to fetch a picture from, always encrypted; empty for a host that is not the
    platform's. The API's own host serves where a stand-in does."""
    try:
        asked, own = httpx.URL(url), httpx.URL(api)
    except httpx.InvalidURL:
        return ""
    if asked.userinfo or asked.scheme not in ("http", "https"):
        return ""
    if (asked.scheme, asked.host, asked.port) == (own.scheme, own.host, own.port):
        return str(asked)
    theirs = asked.host.endswith(_MEDIA_HOSTS) and asked.port is None
    return str(asked.copy_with(scheme="https")) if theirs else ""


async def fetched(url: str, api: str) -> bytes:
    """A picture by its link, without any token of ours. Raises UnfetchedError."""
    if not (address := media_address(url, api)):
        raise UnfetchedError("away")
    body = bytearray()
    try:
        async with (
            httpx.AsyncClient(transport=AiohttpTransport(), timeout=_FETCHING) as http,
            http.stream("GET", address) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise UnfetchedError("away")
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MOST_FETCHED:
                    raise UnfetchedError("too-large")
    except FAULTS as error:
        raise UnfetchedError("away") from error
    return bytes(body)
