"""Whether Zalo itself sent a body: a plain SHA-256 over the raw bytes, not an HMAC.

X-ZEvent-Signature: mac=hex(sha256(app id + raw body + timestamp + OA secret key))
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from bot.channels.base import MalformedError, decoded

_HEADER = "x-zevent-signature"
_TIMESTAMP_HEADER = "x-zevent-timestamp"


def mac(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    return sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def matched(app_id: str, secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> str:
    """Which secret made the signature: "1" for the first, "1-header" when it needed the
    time of the header (which nobody documents); empty for none. Constant time."""
    given = headers.get(_HEADER, "").strip().lower().removeprefix("mac=").encode()
    found = ""
    for how, timestamp in _timestamps(headers, body):
        for place, secret in enumerate(secrets, 1):
            right = mac(app_id, body, timestamp, secret).encode()
            if hmac.compare_digest(given, right):
                found = found or f"{place}{how}"
    return found


def _timestamps(headers: Mapping[str, str], body: bytes) -> Iterator[tuple[str, str]]:
    try:
        inside = decoded(body).get("timestamp")
    except MalformedError:
        return
    yield "", str(inside)
    if _TIMESTAMP_HEADER in headers:
        yield "-header", headers[_TIMESTAMP_HEADER]
