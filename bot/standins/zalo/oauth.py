"""Tokens at oauth.zaloapp.com: single-use codes, a pair that rotates, what a client may lose."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from threading import RLock

from bot.standins.zalo.model import DAY, Call, Console, Json, RefusedError, TokenFaults

CODE_LIFE, ACCESS_LIFE, REFRESH_LIFE = 600.0, 90_000.0, 90 * DAY
INACTIVE, REDIRECT, WRONG_APP, BAD_CODE, BAD_VERIFIER, BAD_REFRESH = (
    -14002, -14003, -14001, -14012, -14013, -14014,
)  # fmt: skip


class OAuth:
    """`granted`: an admin has allowed the app, so that the OA's events are sent."""

    def __init__(self, console: Console, clock: Callable[[], float], lock: RLock) -> None:
        self.console, self.clock, self.lock = console, clock, lock
        self.faults = TokenFaults()
        self.calls: list[Call] = []
        self.active = True
        self.granted = False
        self._codes: dict[str, tuple[float, str]] = {}
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}

    def allow(self, redirect: str, challenge: str) -> str:
        """What an admin's consent brings: a code. Raises RefusedError."""
        if not self.active:
            raise RefusedError(INACTIVE, "App is not active")
        if self.console.callback and redirect != self.console.callback:
            raise RefusedError(REDIRECT, "Redirect uri mismatch")
        with self.lock:
            code = secrets.token_urlsafe(24)
            self._codes[code] = (self.clock() + CODE_LIFE, self.console.challenge or challenge)
            return code

    def pair(self) -> Json:
        """A new pair, as by the console's API Explorer; the access token before it dies."""
        with self.lock:
            access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
            for old in self._access:
                self._access[old] = 0
            self._access[access] = self.clock() + ACCESS_LIFE
            self._refresh[refresh] = self.clock() + REFRESH_LIFE
            self.granted = True
            return {
                "access_token": access,
                "refresh_token": refresh,
                "expires_in": str(int(ACCESS_LIFE)),
            }

    def grant(self, secret: str, form: Json) -> Json:
        """POST /v4/oa/access_token. Raises RefusedError; a refusal rotates nothing."""
        with self.lock:
            self.calls.append(Call(str(form.get("grant_type")), dict(form), self.clock()))
            if form.get("app_id") != self.console.app_id or secret != self.console.app_secret:
                raise RefusedError(WRONG_APP, "Invalid app id or secret key")
            if not self.active:
                raise RefusedError(INACTIVE, "App is not active")
            self._spend(form)
            return self.pair()

    def _spend(self, form: Json) -> None:
        match form.get("grant_type"):
            case "authorization_code":
                self._spend_code(str(form.get("code")), str(form.get("code_verifier", "")))
            case "refresh_token":
                if self._refresh.pop(str(form.get("refresh_token")), 0) <= self.clock():
                    raise RefusedError(BAD_REFRESH, "Invalid refresh token")
            case _:
                raise RefusedError(BAD_CODE, "Invalid grant type")

    def _spend_code(self, code: str, verifier: str) -> None:
        dies_at, challenge = self._codes.pop(code, (0.0, ""))
        if dies_at <= self.clock():
            raise RefusedError(BAD_CODE, "Invalid authorization code")
        if challenge and challenge != challenge_of(verifier):
            raise RefusedError(BAD_VERIFIER, "Invalid code verifier")

    def check(self, token: str) -> None:
        """Raises RefusedError: -216 for what was never issued, -220 for what has died."""
        if token not in self._access:
            raise RefusedError(-216, "Access token is invalid")
        if self._access[token] <= self.clock():
            raise RefusedError(-220, "access_token is expired or removed")

    def expire(self) -> None:
        """Every access token is over its time; the refresh token still works."""
        with self.lock:
            self._access = dict.fromkeys(self._access, 0.0)

    def withdraw(self) -> None:
        """The admin took the app's right away: nothing works until a new consent."""
        with self.lock:
            self.expire()
            self._refresh.clear()
            self.granted = False


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
