"""Webhook bodies of the OA: compact JSON, signed over exactly the bytes that are posted."""

import json
from collections.abc import Mapping
from hashlib import sha256

from bot.standins.zalo.mail import Mailbox
from bot.standins.zalo.model import Console, Json
from bot.standins.zalo.oauth import OAuth

SIGNATURE = "X-ZEvent-Signature"


def signature(console: Console, body: bytes, timestamp: str) -> str:
    """Plain SHA-256 of the joined text; not an HMAC."""
    joined = console.app_id.encode() + body + timestamp.encode() + console.oa_secret.encode()
    return "mac=" + sha256(joined).hexdigest()


def compact(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class Events:
    """Timestamps never repeat, so that they put a person's events in order."""

    def __init__(self, oauth: OAuth, mail: Mailbox) -> None:
        self._oauth, self._console, self._mail = oauth, oauth.console, mail
        self._last = 0

    def post(self, name: str, chat: str, fields: Json, **headers: str) -> None:
        """`chat` is whose events are first posted in order."""
        with self._mail.lock:
            self._last = max(self._last + 1, int(self._oauth.clock() * 1000))
            timestamp = str(self._last)
        ids = {"app_id": self._console.app_id}
        self.post_raw(compact({**ids, "event_name": name, **fields, "timestamp": timestamp}), chat,
                      timestamp, headers)  # fmt: skip

    def post_raw(
        self, body: bytes, chat: str, timestamp: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """A body of the caller's own, rightly signed. Lost while no admin has allowed the app."""
        if not self._oauth.granted:
            return
        mac = {SIGNATURE: signature(self._console, body, timestamp)}
        self._mail.put(chat, body, {**mac, **(headers or {})})
