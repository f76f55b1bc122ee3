"""Zalo's OAuth: a code or a refresh token for a pair of tokens. Keeps nothing.

{"access_token": "…", "refresh_token": "…", "expires_in": "90000"}
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

import httpx
import orjson
from httpx_aiohttp import AiohttpTransport

from bot.channels.wire import FAULTS, lost

TIMEOUT_SECONDS = 20.0
_DAY_AND_AN_HOUR = 90_000


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str
    lasts: int = _DAY_AND_AN_HOUR


@dataclass(frozen=True, slots=True)
class NoPair:
    """`code` is a slug. `refused`: Zalo said no; else nobody can know what became of it."""

    code: str
    refused: bool = False


class OAuth:
    def __init__(
        self, url: str, app_id: str, app_secret: str, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._url, self._app_id, self._secret = url, app_id, app_secret
        self._http = httpx.AsyncClient(transport=AiohttpTransport(), timeout=timeout)

    def consent_link(self, redirect: str, verifier: str) -> str:
        """Where an admin of the OA allows the app. The challenge is saved in the console."""
        query = {
            "app_id": self._app_id,
            "redirect_uri": redirect,
            "code_challenge": challenge(verifier),
        }
        return f"{self._url}/v4/oa/permission?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str) -> Pair | NoPair:
        return await self._grant("authorization_code", code=code, code_verifier=verifier)

    async def refresh(self, token: str) -> Pair | NoPair:
        return await self._grant("refresh_token", refresh_token=token)

    async def _grant(self, kind: str, **form: str) -> Pair | NoPair:
        data = {"app_id": self._app_id, "grant_type": kind, **form}
        headers = {"secret_key": self._secret}
        try:
            answer = await self._http.post(
                f"{self._url}/v4/oa/access_token", data=data, headers=headers
            )
        except FAULTS as error:
            return NoPair(lost(error).code)
        return read(answer.status_code, answer.content)

    async def close(self) -> None:
        await self._http.aclose()


def challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def read(status: int, body: bytes) -> Pair | NoPair:
    """Both tokens present is success; nothing else is, whatever the status says."""
    try:
        plain = orjson.loads(body)
    except orjson.JSONDecodeError:
        plain = None
    if status >= 500 or not isinstance(plain, dict):
        return NoPair(f"http-{status}")
    access, refresh = plain.get("access_token"), plain.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Pair(access, refresh, _seconds(plain.get("expires_in")))
    error = plain.get("error")
    return NoPair(f"zalo{error}" if isinstance(error, int) else "no-tokens", refused=True)


def _seconds(given: object) -> int:
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and int(text) else _DAY_AND_AN_HOUR
