"""Who comes in and what every console page is made of: session, rights, errors, words around.

Each route names the operation its visitor must hold somewhere; services ask about the place.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile

from bot.core.rights import Actor, Operation, Refusal
from bot.services import logins
from bot.services.access import Problem, Refused
from bot.services.notice_pictures import MOST_BYTES
from bot.wiring import Wiring
from storage.database import SECOND
from webhooks.forms import kept
from webhooks.pages.templating import environment

COOKIE = "gocua_phien"
LOGIN = "/dang-nhap"
_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_MISSING = frozenset(one for one in Problem if one.startswith("no-")) - {
    Problem.NO_GUIDE,
    Problem.NO_REASON,
    Problem.NO_ROLE,
}
_NOT_STORED = {"cache-control": "no-store"}


def own_path(path: str) -> str:
    """An address of our own to go on to, never another site's."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if ours else "/"


@dataclass(slots=True)
class Visit:
    """One request of somebody who is in."""

    console: "Console"
    request: Request
    actor: Actor
    name: str
    form: FormData = field(default_factory=FormData)

    @property
    def now(self) -> int:
        """The time shown on the page; what is stored gets the database's own."""
        return self.console.now()

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """Of the path; one that is none belongs to nothing."""
        given = self.path(name)
        return int(given) if given.isdecimal() and len(given) < 16 else 0

    def asked(self, name: str) -> str:
        return self.request.query_params.get(name, "").strip()[:200]

    def said(self, name: str) -> str:
        """A field of the posted form."""
        given = self.form.get(name, "")
        return kept(given).replace("\r\n", "\n").strip() if isinstance(given, str) else ""

    def chosen(self, name: str) -> list[str]:
        given = self.form.getlist(name)
        return [kept(one) for one in given if isinstance(one, str)]

    async def picture(self) -> bytes:
        """As it was chosen, empty for none. One byte more than allowed is enough to refuse it."""
        file = self.form.get("anh")
        if not isinstance(file, UploadFile) or not file.size:
            return b""
        return await file.read(MOST_BYTES + 1)

    def may(self, operation: Operation) -> bool:
        """For others than themselves."""
        return any(not one.startswith("person:") for one in self.actor.scopes(operation))

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        return await self.console.wiring.database.read(work)

    async def write(self, work: Callable[[Connection, int], _T]) -> _T:
        database = self.console.wiring.database
        return await database.write(lambda one: work(one, database.now(one)))

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return self.console.show(template, status, visit=self, **values)

    def go(self, path: str, done: str = "") -> Response:
        """After a post. `done` names the words that say what was done."""
        mark = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{mark}xong={done}" if done else path, 303)


Handler = Callable[[Visit], Awaitable[Response]]

Stranger = Callable[["Console"], Response]


class Console:
    """`rules` says for each route who may come: the operation they must hold."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.routes = APIRouter()
        self.rules: dict[tuple[str, str], Operation] = {}
        self.secure = wiring.settings.base_url.startswith("https://")
        self.zone = ZoneInfo(wiring.settings.timezone)
        self._pages = environment()
        self._pages.filters |= {"clock": self.clock, "day": self.day, "moment": self.moment}
        self._pages.globals["quiet_hours"] = wiring.beside.quiet.hours

    def now(self) -> int:
        return int(datetime.now(self.zone).timestamp() * SECOND)

    def local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment // SECOND, self.zone)

    def clock(self, moment: int) -> str:
        return f"{self.local(moment):%H:%M}" if moment else ""

    def day(self, moment: int) -> str:
        return f"{self.local(moment):%d/%m/%Y}" if moment else ""

    def moment(self, moment: int) -> str:
        return f"{self.local(moment):%H:%M %d/%m/%Y}" if moment else ""

    # Routes

    def get(
        self, path: str, operation: Operation, stranger: "Stranger | None" = None
    ) -> Callable[[Handler], Handler]:
        """`stranger` answers whoever is not in, in place of the log-in page."""
        return self._route("GET", path, operation, stranger)

    def post(self, path: str, operation: Operation) -> Callable[[Handler], Handler]:
        return self._route("POST", path, operation, None)

    def _route(
        self, method: str, path: str, operation: Operation, stranger: "Stranger | None"
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                return await self._answer(request, operation, handler, stranger)

            self.rules[method, path] = operation
            self.routes.add_api_route(path, endpoint, methods=[method])
            return handler

        return add

    async def visitor(self, request: Request) -> Visit | None:
        """Whoever the cookie lets in, with the rights they have now."""
        token = request.cookies.get(COOKIE, "")
        if not token:
            return None
        database = self.wiring.database
        found = await database.read(lambda one: logins.entered(one, database.now(one), token))
        if found is None:
            return None
        if found.stale:
            await database.write(lambda one: logins.alive(one, database.now(one), token))
        return Visit(self, request, found.actor, found.name)

    async def _answer(
        self,
        request: Request,
        operation: Operation,
        handler: Handler,
        stranger: "Stranger | None",
    ) -> Response:
        visit: Visit | None = None
        try:
            visit = await self.visitor(request)
            if visit is None:
                return stranger(self) if stranger else self._to_login(request)
            if not (visit.may(Operation.ENTER_CONSOLE) and visit.may(operation)):
                raise Refused(Refusal.ROLE)
            if request.method == "POST":
                visit.form = await request.form(max_files=1, max_fields=2000)
            return await handler(visit)
        except Refused as refused:
            return self.refused(visit, refused)
        except Exception:  # noqa: BLE001  # said with a number that is in the log as well
            number = secrets.token_hex(2).upper()
            _log.exception("page %s failed, number %s", request.url.path, number)
            return self.show("console/failed.html", 500, visit=visit, number=number)
        finally:
            await request.close()

    def _to_login(self, request: Request) -> Response:
        if request.method == "POST":
            return RedirectResponse(f"{LOGIN}?mat=1", 303)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN}?tiep={quote(wanted)}", 303)

    def refused(self, visit: Visit | None, refused: Refused) -> HTMLResponse:
        """Nothing was changed: a page that says why."""
        reason = refused.reason
        status = 403 if isinstance(reason, Refusal) else 404 if reason in _MISSING else 409
        return self.show(
            "console/refused.html", status, visit=visit, reason=str(reason), more=refused.values
        )

    def show(
        self, template: str, status: int = 200, visit: Visit | None = None, **values: Any
    ) -> HTMLResponse:
        may = {one.value for one in Operation if visit and visit.may(one)}
        html = self.draw(
            template,
            me=visit and visit.name,
            may=may,
            at=self.now(),
            practice=self.wiring.settings.rehearses,
            here=visit.request.url.path if visit else "",
            done=visit.asked("xong") if visit else "",
            **values,
        )
        return HTMLResponse(html, status, headers=_NOT_STORED)

    def draw(self, template: str, **values: Any) -> str:
        """A piece of a page."""
        return self._pages.get_template(template).render(**values)
