"""What a failed HTTP call means, for channels that speak over aiohttp."""

import aiohttp
import httpx

from bot.channels.base import Failure, NotSent

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
