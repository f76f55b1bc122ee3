"""The Zalo OA channel: `send` makes one call of Zalo's API, whatever a message takes.

What takes several calls comes back to the ledger after each, so that Zalo's rate is kept
exactly and a crash never repeats a call that was accepted.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.channels.base import (
    Failure,
    Intake,
    Limits,
    NotSent,
    Outgoing,
    Received,
    Sent,
)
from bot.channels.notes import GROUPS_STALE, Notes
from bot.channels.wire import fetched
from bot.channels.zalo_oa import errors
from bot.channels.zalo_oa.client import Answer, Client
from bot.channels.zalo_oa.parse import NAME, group_id, intake, knock_user, parse
from bot.channels.zalo_oa.render import (
    BUTTONS,
    ELEMENTS,
    FILE_KIND,
    IMAGE_KIND,
    RICH,
    TEMPLATE_KIND,
    TEXT,
    TITLE,
    Part,
    Words,
    parts,
    rich_kind,
)
from bot.channels.zalo_oa.signature import matched
from bot.core.events import GroupChanged, Ignored
from bot.core.secrets import Secret

_MINUTE = 60_000_000
_SHARE = 0.8  # of Zalo's rate; with the burst 93 % can leave in any one minute
_BURST = 10_000_000
_WINDOW = (7 * 24 * 60 - 5) * _MINUTE  # Zalo's seven days, less what clocks may differ
_ASSUMED_RATE = 100
ASSUMED_INTERVAL = int(_MINUTE / (_SHARE * _ASSUMED_RATE))
_MEGABYTE = 1024 * 1024
_MORNING_HOUR = 6
_PERSON, _GROUP = "/v3.0/oa/message/cs", "/v3.0/oa/group/message"
_TEMPLATE = "/v3.0/oa/message/template"
_REFUSED, _NO_PICTURE = "refused", "no-picture"
_BAD = errors.slug(errors.BAD_PARAMETER)


@dataclass(frozen=True, slots=True)
class _Upload:
    """Where a kind of file goes, what it may be, and what its answer calls it."""

    path: str
    largest: int
    suffixes: frozenset[str]
    field: str


_UPLOADS = {
    IMAGE_KIND: _Upload(
        "/v2.0/oa/upload/image",
        _MEGABYTE,
        frozenset({".jpg", ".jpeg", ".png"}),
        "attachment_id",
    ),
    FILE_KIND: _Upload(
        "/v2.0/oa/upload/file", 5 * _MEGABYTE, frozenset({".pdf", ".doc", ".docx"}), "token"
    ),
}


class Tokens(Protocol):
    """Who holds the OA's access token."""

    async def access(self) -> str | NotSent: ...

    async def renew(self, refused: str) -> NotSent:
        """Zalo refused this token: AGAIN when there is a newer one now."""
        ...


class ZaloOA:
    """One OA through one app. The account is the app's id, which is known from the start."""

    name = NAME
    unverified = 200  # other answers may end the subscription; doctor raises the alarm

    def __init__(
        self,
        app_id: str,
        secrets: Sequence[str],
        api: str,
        tokens: Tokens,
        notes: Notes,
        words: Words,
        zone: ZoneInfo,
        template: str = "",
    ) -> None:
        self.account, self._api = app_id, api
        self._secrets = tuple(secrets)
        self._client = Client(api)
        self._tokens, self._words, self._zone = tokens, words, zone
        self._template = template
        self.notes = notes

    @property
    def limits(self) -> Limits:
        """By the rate of the OA's package, which Zalo tells with every answer."""
        rate = int(self.notes.get("rate") or _ASSUMED_RATE) or _ASSUMED_RATE
        interval = int(_MINUTE / (_SHARE * rate))
        return Limits(
            text=TEXT,
            caption=TEXT,
            choices=ELEMENTS - 1 + BUTTONS,
            label=TITLE,
            reply_interval=interval,
            other_interval=interval,
            shared=True,
            burst=_BURST,
            window=_WINDOW,
            receipts=True,
            documents=True,
        )

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """The console's empty object is nobody's message and no forgery either."""
        if body.strip() == b"{}":
            self.notes.count("probe")
            return False
        found = matched(self.account, self._secrets, headers, body)
        self.notes.count(f"signature:{found or 'miss'}")
        return bool(found)

    def intake(self, body: bytes) -> Intake:
        return intake(body, self.account)

    def parse(self, stored: str, secrets: frozenset[Secret]) -> Received:
        received = parse(stored, self.account, secrets)
        if isinstance(received.event, Ignored) and received.event.reason.startswith("unknown"):
            self.notes.count(received.event.reason)
        if isinstance(received.event, GroupChanged):
            self.notes.count(GROUPS_STALE)
        return received

    def chat_interval(self, chat: str) -> int:  # noqa: ARG002
        """Zalo names no limit for one chat."""
        return 0

    async def send(self, outgoing: Outgoing) -> Sent | NotSent:
        every = self._parts(outgoing)
        if outgoing.part >= len(every):
            return Sent("")
        if every[0].kind == TEMPLATE_KIND and not self._template:
            return NotSent(Failure.PERMANENT, "no-template")
        access = await self._tokens.access()
        if isinstance(access, NotSent):
            return access
        part = every[outgoing.part]
        if part.upload:
            return await self._upload(part, access, outgoing.part, alone=len(every) == 1)
        answer = await self._client.post(*self._call(outgoing, part, access))
        if isinstance(answer, NotSent):
            return answer
        if answer.error:
            return await self._refused(answer, access, part)
        self._accepted(answer, outgoing)
        if outgoing.part + 1 < len(every):
            return NotSent(Failure.AGAIN, outgoing.before or "more", part=outgoing.part + 1)
        return Sent(str(_field(answer, "message_id")))

    def _parts(self, outgoing: Outgoing) -> list[Part]:
        """Zalo's -201 may mean the buttons: then this message is tried without."""
        usable = {kind for kind in RICH if self.notes.get(kind) != _REFUSED}
        if outgoing.before == _BAD:
            usable = set()
        if outgoing.before == _NO_PICTURE and not outgoing.part:
            outgoing = replace(outgoing, picture=None, document=None)
        return parts(outgoing, usable, self._words)

    def _accepted(self, answer: Answer, outgoing: Outgoing) -> None:
        self._rate(answer)
        kind = rich_kind(outgoing)
        if outgoing.before == _BAD and kind in RICH:
            self.notes.tell(kind, _REFUSED)  # without buttons it was accepted
        quota = _field(answer, "quota")
        if isinstance(quota, dict) and "remain" in quota:
            self.notes.tell("quota", f"{quota['remain']}/{quota.get('total')}")
        if not quota and not group_id(outgoing.address.id):
            self.notes.count("billed")

    def _rate(self, answer: Answer) -> None:
        if answer.rate:
            self.notes.tell("rate", answer.rate)

    async def _refused(self, answer: Answer, access: str, part: Part) -> NotSent:
        self._rate(answer)
        self.notes.count(f"error:{answer.error}")
        if answer.error in errors.TOKEN:
            return await self._tokens.renew(access)
        if answer.error in errors.GROUP:
            self.notes.count(GROUPS_STALE)
        if answer.error in errors.RICH_REFUSED and part.kind in RICH:
            if answer.error == errors.UNSUPPORTED:
                self.notes.tell(part.kind, _REFUSED)
            return NotSent(Failure.AGAIN, errors.slug(answer.error))
        return self._meaning(answer.error)

    def _meaning(self, code: int) -> NotSent:
        now = datetime.now(self._zone)
        return errors.meaning(
            code,
            to_next_minute=60 - now.second + random.uniform(0.5, 3),  # noqa: S311
            to_morning=until_morning(now),
        )

    def _call(
        self, outgoing: Outgoing, part: Part, access: str
    ) -> tuple[str, str, dict[str, object]]:
        chat = outgoing.address.id
        if part.kind == TEMPLATE_KIND:
            asked = {"template_id": self._template, "template_data": part.body}
            return _TEMPLATE, access, {"user_id": knock_user(chat), **asked}
        group = group_id(chat)
        recipient = {"group_id": group} if group else {"user_id": chat}
        path = _GROUP if group else _PERSON
        return path, access, {"recipient": recipient, "message": part.body}

    async def _upload(self, part: Part, access: str, done: int, *, alone: bool) -> NotSent:
        """A picture or file that cannot go is left out; its message goes without."""
        assert part.upload is not None  # noqa: S101  # asked before
        without = NotSent(Failure.AGAIN, _NO_PICTURE, part=done if alone else done + 1)
        path, kind = part.upload.path, _UPLOADS[part.kind]
        content = await asyncio.to_thread(path.read_bytes)
        if len(content) > kind.largest or path.suffix.lower() not in kind.suffixes:
            return without
        answer = await self._client.upload(kind.path, access, path.name, content)
        if isinstance(answer, NotSent):
            again = answer.failure is Failure.DOUBT
            return replace(answer, failure=Failure.TEMPORARY) if again else answer
        if answer.error in errors.TOKEN:
            return await self._tokens.renew(access)
        if answer.error == errors.RATE:
            return self._meaning(answer.error)
        reference = _field(answer, kind.field)
        if answer.error or not reference:
            self.notes.count(f"error:{answer.error}")
            return without
        return NotSent(Failure.AGAIN, "uploaded", picture=str(reference))

    async def fetch(self, reference: str) -> bytes:
        return await fetched(reference, self._api)

    async def prepare(self, hook: str) -> None:
        """Zalo is told of the hook by hand, in the console of the app."""

    async def close(self) -> None:
        await self._client.close()


def _field(answer: Answer, name: str) -> object:
    """Every field of an answer is optional."""
    return answer.data.get(name, "") if isinstance(answer.data, dict) else ""


def until_morning(now: datetime) -> float:
    """Seconds until Zalo's night block ends."""
    morning = now.replace(hour=_MORNING_HOUR, minute=0, second=0, microsecond=0)
    if morning <= now:
        morning += timedelta(days=1)
    return (morning - now).total_seconds()
