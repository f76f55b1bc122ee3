"""/tro-chuyen: the web chat. Works without JavaScript; with it, answers appear by themselves."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.channels.base import MalformedError
from bot.channels.webchat.channel import ACCOUNT, NAME, chat_of
from bot.core import passcode
from bot.core.address import Address
from bot.core.links import is_code
from bot.wiring import Wiring, web_topic
from storage import lanes, teams, web
from storage.grouped import OverloadedError
from webhooks.forms import texts
from webhooks.limits import Limit, is_here, place
from webhooks.pages.templating import environment

PATH = "/tro-chuyen"
COOKIE = "gocua_chat"
_BY = "x-requested-with"
_COOKIE_SECONDS = 180 * 24 * 3600
_SHOWN = 50
_ANSWER_SECONDS = 3.0
_STREAM_SECONDS = 300.0
_POLL_SECONDS = 10.0
_STATUS = {"": 200, "unreadable": 422, "busy": 503, "away": 503, "often": 429}
# Whole wards write from one address of their mobile network: far above what they do together.
_MESSAGES_A_SECOND, _MESSAGES_AT_ONCE = 20, 300
_CHATS_A_SECOND, _CHATS_AT_ONCE = 2, 100


@dataclass(frozen=True, slots=True)
class _Line:
    """One message as the page shows it."""

    id: int
    mine: bool
    text: str
    choices: Sequence[dict[str, str]]
    turn: int
    picture: dict[str, str] | None
    voice: str


def _line(shown: web.Shown, *, buttons: bool) -> _Line:
    content = orjson.loads(shown.content)
    return _Line(
        shown.id,
        shown.author == "person",
        content["text"],
        content["choices"] if buttons else (),
        content["turn"],
        content["picture"],
        content.get("voice", ""),
    )


def _lines(messages: Sequence[web.Shown]) -> list[_Line]:
    """Only the newest message of ours keeps its buttons."""
    newest = max((one.id for one in messages if one.author == "bot"), default=0)
    return [_line(one, buttons=one.id == newest) for one in messages]


def _said(text: str) -> str:
    return orjson.dumps({"text": text, "choices": [], "turn": 0, "picture": None}).decode()


class _Chat:
    """The page's work for one wiring. An address is found by the cookie's token only."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.channel = wiring.channels[NAME]
        self._page = environment().get_template("chat.html")
        self._message = environment().get_template("message.html")
        self._messages = Limit("chat", _MESSAGES_A_SECOND, _MESSAGES_AT_ONCE)
        self._chats = Limit("new-chat", _CHATS_A_SECOND, _CHATS_AT_ONCE)
        self.secure = wiring.settings.base_url.startswith("https://")

    async def page(
        self, token: str | None, guide: str = "", code: str = "", problem: str = ""
    ) -> HTMLResponse:
        address = _address(token)
        try:
            messages, team = await self._kept(address)
        except (OverloadedError, SQLAlchemyError):
            messages, team, problem = [], None, problem or "away"
        wanted = self.wiring.shelf.guides.current.get(guide)
        return self._filled(messages, problem, team=team, guide=wanted, code=code)

    def refused(self) -> HTMLResponse:
        """Costs nothing: no look into the database."""
        answer = self._filled([], "often")
        answer.headers["retry-after"] = "60"
        return answer

    def _filled(
        self, messages: Sequence[web.Shown], problem: str, **values: object
    ) -> HTMLResponse:
        html = self._page.render(
            lines=_lines(messages),
            last=messages[-1].id if messages else 0,
            waiting=bool(messages) and messages[-1].author == "person",
            form_id=secrets.token_hex(8),
            problem=problem,
            **{"team": None, "guide": None, "code": "", **values},
        )
        return HTMLResponse(html, _STATUS[problem])

    async def _kept(self, address: str) -> tuple[Sequence[web.Shown], str | None]:
        """What was said in this chat so far, and whose service this is."""
        messages, team = await self.wiring.database.read(
            lambda connection: (
                web.latest(connection, address, _SHOWN) if address else [],
                teams.only_name(connection),
            )
        )
        await self.delivered(messages)
        return messages, team

    async def delivered(self, messages: Sequence[web.Shown]) -> None:
        await self.wiring.delivered([one.delivery for one in messages if one.delivery])

    def too_often(self, host: str, *, new: bool) -> bool:
        """Of one place of the internet; `new` when it begins a chat."""
        return not self._messages.allows(host) or (new and not self._chats.allows(host))

    async def post(
        self, token: str, form: dict[str, str], host: str = "", *, stays: bool
    ) -> Response:
        """Stores what was said; a page that `stays` is told nothing more than that."""
        try:
            if form.get("text", "-").strip():
                await self.store(token, form, host)
        except MalformedError:
            return await self.page(token, problem="unreadable")
        except (OverloadedError, SQLAlchemyError, OSError):
            return await self.page(token, problem="busy")
        if stays:
            return Response(status_code=204)
        with suppress(SQLAlchemyError):
            await self.answered(token)
        return RedirectResponse(f"{PATH}#cuoi", 303)

    async def store(self, token: str, form: dict[str, str], host: str) -> None:
        """Raises MalformedError for what our own page would not send. Only who shows a code is
        told from where, so that nobody tries them out over many chats."""
        chat = chat_of(token)
        body = _body(chat, form)
        shown = passcode.found(form.get("text", "")) or passcode.found(form.get("ma", ""))
        if shown and host and not is_here(host):
            body["origin"] = self.wiring.vault.mark("place", place(host))
        intake = self.channel.intake(orjson.dumps(body))
        clean = orjson.loads(intake.body)
        echo = await self._echo(str(intake.address), clean)
        await self.wiring.receive(self.channel, intake, echo)

    async def _echo(self, address: str, clean: dict[str, Any]) -> str | None:
        if clean["kind"] == "text":
            return _said(clean["text"])
        if clean["kind"] == "start":
            return None
        latest = await self.wiring.database.read(lambda one: web.latest(one, address, _SHOWN))
        offered = [
            choice for one in _lines(latest) if one.turn == clean["turn"] for choice in one.choices
        ]
        label = next((one["label"] for one in offered if one["id"] == clean["choice"]), None)
        return _said(label) if label else None

    async def answered(self, token: str) -> None:
        """Waits a moment for the whole answer, so that a page without JavaScript shows it."""
        address = _address(token)
        event = self.wiring.signals.subscribe(web_topic(address))
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                while not await self.wiring.database.read(lambda one: lanes.is_idle(one, address)):
                    await self.wiring.signals.wait(event, 0.05)
        except TimeoutError:
            return
        finally:
            self.wiring.signals.unsubscribe(web_topic(address), event)

    async def stream(self, address: str, last: int) -> AsyncIterator[ServerSentEvent]:
        """Everything after `last`, as it comes, for five minutes; then the page returns."""
        event = self.wiring.signals.subscribe(web_topic(address))
        loop = asyncio.get_running_loop()
        ends = loop.time() + _STREAM_SECONDS
        try:
            while loop.time() < ends:
                new = await self.wiring.database.read(
                    lambda one, at=last: web.after(one, address, at)
                )
                for shown in new:
                    html = self._message.render(
                        line=_line(shown, buttons=True),
                        form_id=secrets.token_hex(8),
                        newest=False,
                    )
                    yield ServerSentEvent(html, id=str(shown.id))
                    last = shown.id
                await self.delivered(new)
                await self.wiring.signals.wait(event, _POLL_SECONDS)
        finally:
            self.wiring.signals.unsubscribe(web_topic(address), event)


def _address(token: str | None) -> str:
    return str(Address(NAME, ACCOUNT, chat_of(token))) if token else ""


def _body(chat: str, form: dict[str, str]) -> dict[str, object]:
    """A posted form as the channel's own kind of event. `id` makes sending it twice harmless."""
    event = {"id": f"{chat}:{form.get('id', '')[:40]}", "chat": chat}
    if choice := form.get("choice"):
        turn, _, name = choice.partition("|")
        if not turn.isdecimal() or len(turn) > 18:
            raise MalformedError("turn")
        return {**event, "kind": "choice", "turn": int(turn), "choice": name[:64]}
    if "text" in form:
        return {**event, "kind": "text", "text": form["text"].strip()}
    code = form.get("ma", "")
    start = {"kind": "start", "text": form.get("bai", "")[:64]}
    return {**event, **start, "code": code if is_code(code) else ""}


def _last_event(request: Request) -> int:
    given = request.headers.get("last-event-id") or request.query_params.get("sau", "0")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


def router(wiring: Wiring) -> APIRouter:
    routes = APIRouter()
    chat = _Chat(wiring)

    @routes.get(PATH)
    async def page(request: Request) -> Response:
        asked = request.query_params
        token = request.cookies.get(COOKIE)
        return await chat.page(token, asked.get("bai", ""), asked.get("ma", "")[:64])

    @routes.post(PATH)
    async def post(request: Request) -> Response:
        known, host = request.cookies.get(COOKIE), request.client.host if request.client else ""
        if chat.too_often(host, new=not known):
            return chat.refused()
        async with request.form(max_files=0, max_fields=8, max_part_size=16_384) as given:
            form = texts(given)
        token = known or secrets.token_urlsafe(24)
        response = await chat.post(token, form, host, stays=request.headers.get(_BY) == "fetch")
        response.set_cookie(
            COOKIE, token, _COOKIE_SECONDS, httponly=True, samesite="lax", secure=chat.secure
        )
        return response

    @routes.get(f"{PATH}/dong")
    async def stream(request: Request) -> Response:
        address = _address(request.cookies.get(COOKIE))
        if not address:
            return Response(status_code=204)
        return EventSourceResponse(chat.stream(address, _last_event(request)))

    return routes
