"""/thong-bao/moi and /thong-bao/<number>/soan: writing an announcement. Saved as it is written;
what it will look like, whom it reaches and what is wrong with it stand beside it.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.channels.webchat.channel import NAME as WEB
from bot.core.announcement import Content, State, Way
from bot.core.rights import EVERYWHERE, Operation
from bot.notice_checks import check
from bot.services import announcements as service
from bot.services import bulletins, notice_pictures, outlook
from bot.services.access import Problem, Refused
from storage import announcements
from storage.database import SECOND
from webhooks.console.frame import Console, Visit
from webhooks.console.notice_steps import PATH

_COMPOSE = Operation.COMPOSE_ANNOUNCEMENT
_TIME = "%Y-%m-%dT%H:%M"
# Said on the form itself; what was typed stays in it, unsaved.
_UNSAVED = (Problem.CHANGED, Problem.WRONG_STATE, Problem.BAD_PICTURE)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the form holds. `number` is 0 for one that was never saved."""

    number: int
    version: int
    content: Content
    saved_at: int = 0
    problem: str = ""
    state: State = State.DRAFT


class _Compose:
    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring
        self.words = console.wiring.notice_words

    # The form

    def content(self, visit: Visit, before: Content, picture: str | None = None) -> Content:
        """What is not of this form stays as it was."""
        kept = "" if visit.said("bo-anh") else before.picture
        return replace(
            before,
            text=visit.said("noi-dung"),
            picture=kept if picture is None else picture,
            areas=tuple(visit.chosen("noi")) if not before.follows else before.areas,
            ways=tuple(Way(one) for one in visit.chosen("nhom") if one in tuple(Way)),
            channels=tuple(one for one in visit.chosen("kenh") if one in self.wiring.channels),
            urgent=bool(visit.said("khan")),
            send_at=self._moment(visit.said("gui-luc")),
            expires_at=self._moment(visit.said("het-han")),
        )

    def _moment(self, given: str) -> int:
        """Of a date and time as browsers give it; 0 for none."""
        try:
            at = datetime.strptime(given, _TIME).replace(tzinfo=self.console.zone)
        except ValueError:
            return 0
        return int(at.timestamp()) * SECOND

    def input_time(self, moment: int) -> str:
        return f"{self.console.local(moment):{_TIME}}" if moment else ""

    def fresh(self, visit: Visit) -> Content:
        """For the only place of somebody who has one; by every way that is there."""
        scopes = visit.actor.scopes(_COMPOSE)
        own = tuple("*" if one == EVERYWHERE else one for one in scopes)
        channels = tuple(one for one in self.wiring.channels if one != WEB)
        return Content("", areas=own if len(own) == 1 else (), ways=tuple(Way), channels=channels)

    # Showing

    async def show(self, visit: Visit, draft: _Draft, status: int = 200) -> Response:
        values = await visit.read(lambda one: self._around(one, visit, draft))
        response = visit.show("console/compose.html", status, draft=draft, **values)
        if draft.number and visit.request.method == "POST":
            response.headers["hx-replace-url"] = f"{PATH}/{draft.number}/soan"
        return response

    def _around(self, connection: Connection, visit: Visit, draft: _Draft) -> dict[str, Any]:
        content = draft.content
        followed = announcements.get(connection, content.follows) if content.follows else None
        kept = announcements.get(connection, draft.number) if draft.number else None
        rates, now = self.wiring.intervals, visit.now
        reach = outlook.outlook(connection, self.words, content, rates, now)
        shown = replace(kept, content=content) if kept and content.text else None
        return {
            "places": bulletins.places(connection, visit.actor.scopes(_COMPOSE)),
            "everywhere": EVERYWHERE in visit.actor.scopes(_COMPOSE),
            "ways": [one.value for one in Way],
            "channels": list(self.wiring.channels),
            "followed": followed,
            "findings": self._findings(content),
            "faults": set(_faults(content, now)),
            "same": announcements.same_text(connection, content, draft.number),
            "shown": outlook.alike(outlook.previews(connection, self.words, shown))
            if shown
            else [],
            "reach": reach,
            "left_out": [
                (one, self.words.reason(one.reason)) for one in reach.tallies if one.reason
            ],
            "send_at": self.input_time(content.send_at),
            "expires_at": self.input_time(content.expires_at),
        }

    def _findings(self, content: Content) -> list[tuple[bool, str, str]]:
        """Whether a warning only, the code, and the sentence where the catalogue has one."""
        said = self.wiring.library.messages.checks
        return [
            (one.warning, one.code, said[one.code].format(**one.values) if one.code in said else "")
            for one in (check(content) if content.text else ())
        ]

    # Saving

    async def begin(self, visit: Visit) -> Response:
        return await self.show(visit, _Draft(0, 0, self.fresh(visit)))

    async def open(self, visit: Visit) -> Response:
        kept = await visit.read(
            lambda one: bulletins.look(one, visit.actor, visit.number("number"))
        )
        return await self.show(visit, _Draft(kept.id, kept.version, kept.content, state=kept.state))

    async def save(self, visit: Visit) -> Response:
        """Also what htmx sends while somebody writes; then the page's parts are taken out of
        the answer. Refused, the words stay in the form."""
        given = str(visit.request.path_params.get("number") or visit.said("so"))
        number = int(given) if given.isdecimal() and len(given) < 16 else 0
        version = int(visit.said("phien-ban")) if visit.said("phien-ban").isdecimal() else 0
        try:
            picture = await self._uploaded(visit)
            draft = await visit.write(
                lambda one, now: self._saved(one, visit, number, version, now, picture)
            )
        except Refused as refused:
            if refused.reason not in _UNSAVED:
                raise
            content = self.content(visit, await self._before(visit, number))
            kept = _Draft(number, version, content, problem=refused.reason)
            return await self.show(visit, kept, 409)
        match visit.said("lam"):
            case "xem":
                return visit.go(f"{PATH}/{draft.number}")
            case "thu":
                return await self._try_out(visit, draft)
        return await self.show(visit, draft)

    async def _uploaded(self, visit: Visit) -> bytes:
        """The picture that was chosen, cleaned; empty for none."""
        raw = await visit.picture()
        return await asyncio.to_thread(notice_pictures.clean, raw) if raw else b""

    async def _before(self, visit: Visit, number: int) -> Content:
        kept = await visit.read(lambda one: announcements.get(one, number))
        return kept.content if kept else self.fresh(visit)

    async def _try_out(self, visit: Visit, draft: _Draft) -> Response:
        """What was written is saved by now, whether or not there is a chat to send it to."""
        try:
            await visit.write(
                lambda one, now: outlook.try_out(one, visit.actor, now, draft.number, self.words)
            )
        except Refused as refused:
            if refused.reason != Problem.NO_PERSON:
                raise
            return await self.show(visit, replace(draft, problem=refused.reason), 422)
        return visit.go(f"{PATH}/{draft.number}/soan", "gui-thu")

    def _saved(
        self,
        connection: Connection,
        visit: Visit,
        number: int,
        version: int,
        now: int,
        picture: bytes,
    ) -> _Draft:
        path = notice_pictures.keep(connection, visit.actor, now, picture) if picture else None
        if not number:
            content = self.content(visit, self.fresh(visit), path)
            made = service.compose(connection, visit.actor, now, content)
            return _Draft(made, 1, content, saved_at=now)
        kept = service.see(connection, visit.actor, number, _COMPOSE)
        content = self.content(visit, kept.content, path)
        if content == kept.content:
            return _Draft(number, kept.version, content, saved_at=now)
        if replace(content, picture=kept.content.picture) == kept.content:
            version = kept.version  # the words came meanwhile by themselves: nothing is lost
        new = {name: getattr(content, name) for name in Content.__dataclass_fields__}
        service.edit(connection, visit.actor, now, number, version, **new)
        return _Draft(number, version + 1, content, saved_at=now)


def _faults(content: Content, now: int) -> Iterator[str]:
    """What is wrong besides the words: each is said under its own field."""
    if content.expires_at and content.expires_at <= max(now, content.send_at):
        yield "het-han"
    if not content.areas and not content.follows:
        yield "noi"


def add(console: Console) -> None:
    pages = _Compose(console)
    console.get(f"{PATH}/moi", _COMPOSE)(pages.begin)
    console.post(f"{PATH}/moi", _COMPOSE)(pages.save)
    console.get(f"{PATH}/{{number}}/soan", _COMPOSE)(pages.open)
    console.post(f"{PATH}/{{number}}/soan", _COMPOSE)(pages.save)
