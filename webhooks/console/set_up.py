"""/cai-dat: the first run, from a printed code to the first operator. Plain forms, no session.

Every step but the first wants the cookie of who typed the code; nothing is there afterwards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.background import BackgroundTask

from bot import credentials, trials
from bot.core.rights import terminal
from bot.import_forms import SHIPPED, ImportForms
from bot.installed import installed
from bot.services import imports, set_up
from bot.services.access import Problem, Refused
from bot.services.imports import COLUMNS, Kind
from bot.settings import Settings
from bot.trials import Trial
from bot.vault import SealedError
from storage import areas
from webhooks.console.frame import LOGIN, Console
from webhooks.console.login import form_of, place_of

PATH = "/cai-dat"
CHANNELS, PLACES, OPERATOR = f"{PATH}/kenh", f"{PATH}/dia-ban", f"{PATH}/quan-tri"
_COOKIE = "gocua_cai_dat"
Form = Mapping[str, str]
Step = Callable[[Form], Awaitable[Response]]


class _SetUp:
    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring

    def page(self, step: str, status: int = 200, **values: Any) -> HTMLResponse:
        empty: dict[str, Any] = {"problem": "", "code": "", "given": {}}
        return self.console.show("console/set_up.html", status, step=step, **(empty | values))

    async def guarded(self, request: Request, step: Step, *, code: bool = True) -> Response:
        """A step of somebody who has typed the code, as long as the set-up is open."""
        if not await self.wiring.database.read(set_up.is_open):
            return self.page("closed", 404)
        kept = request.cookies.get(_COOKIE, "")
        if code and not set_up.may_go_on(self.wiring.vault, kept):
            return RedirectResponse(PATH, 303)
        return await step(await form_of(request) if request.method == "POST" else {})

    # The code

    async def ask(self, _: Form) -> Response:
        return self.page("code")

    async def enter(self, form: Form, place: str) -> Response:
        database, vault = self.wiring.database, self.wiring.vault
        try:
            await database.write(lambda one: set_up.count_try(one, database.now(one), place))
        except Refused as refused:
            return self.page("code", 429, problem=refused.reason)
        if not set_up.is_code(vault, form.get("ma", "")):
            return self.page("code", 422, problem="set-up-code")
        response = RedirectResponse(CHANNELS, 303)
        value, secure = set_up.pass_of(vault), self.console.secure
        response.set_cookie(
            _COOKIE, value, path=PATH, httponly=True, samesite="strict", secure=secure
        )
        return response

    # Channels

    async def _settings(self) -> Settings:
        return await self.wiring.database.read(lambda one: installed(self.wiring.settings, one))

    async def channels(self, _: Form) -> Response:
        return await self._channels()

    async def _channels(self, status: int = 200, **values: Any) -> HTMLResponse:
        settings = await self._settings()
        fixed = {name for name in settings.model_fields_set if getattr(settings, name)}
        return self.page("channels", status, settings=settings, fixed=fixed, **values)

    async def address(self, form: Form) -> Response:
        given = form.get("dia-chi", "").strip().rstrip("/")
        parts = urlsplit(given)
        if parts.scheme != "https" or not parts.hostname or given != f"https://{parts.netloc}":
            return await self._channels(422, problem="address", given=form)
        await self._keep({"base_url": given})
        return RedirectResponse(CHANNELS, 303)

    async def channel(self, form: Form) -> Response:
        """Tried first; what does not work is not kept."""
        name, settings = form.get("kenh", ""), await self._settings()
        trial = await self._tried(name, settings, form)
        if trial.problem:
            given = {key: value for key, value in form.items() if key == "app-id"}
            return await self._channels(
                422, problem=f"{name}-{trial.problem}", code=trial.code, given=given
            )
        await self._keep(trial.values)
        return RedirectResponse(CHANNELS, 303)

    async def _tried(self, name: str, settings: Settings, form: Form) -> Trial:
        token = form.get("ma-ket-noi", "").strip()
        if name == "telegram":
            return await trials.telegram(settings, token)
        if name == "zalo_bot":
            return await trials.zalo_bot(settings, token)
        given = {
            "app_id": form.get("app-id", "").strip(),
            "app_secret": form.get("app-khoa", "").strip(),
            "webhook_secret": form.get("oa-khoa", "").strip(),
        }
        return await trials.zalo_oa(settings, self.wiring.database, given, token)

    async def _keep(self, values: Mapping[str, str]) -> None:
        database, vault = self.wiring.database, self.wiring.vault
        await database.write(
            lambda one: set_up.keep(one, terminal(), database.now(one), vault, values)
        )

    # Places

    async def places(self, _: Form) -> Response:
        known = await self.wiring.database.read(lambda one: len(areas.places(one)))
        return self.page("places", known=known, lists=sorted(_lists()))

    async def take_over(self, form: Form) -> Response:
        path = _lists().get(form.get("danh-sach", ""))
        if path:
            reading = ImportForms().read(Kind.AREAS, COLUMNS[Kind.AREAS], path.read_bytes())
            database, vault = self.wiring.database, self.wiring.vault

            def work(connection: Connection) -> None:
                now = database.now(connection)
                imports.run(connection, terminal(), now, vault, Kind.AREAS, reading)

            await database.write(work)
        return RedirectResponse(OPERATOR, 303)

    # The first operator

    async def operator(self, _: Form) -> Response:
        return self._operator(credentials.new_secret())

    def _operator(self, secret: str, status: int = 200, **values: Any) -> HTMLResponse:
        address = credentials.code_address(secret, "quan-tri", "Go Cua")
        return self.page(
            "operator",
            status,
            secret=secret,
            sealed=self.wiring.vault.seal(secret),
            picture=segno.make(address, micro=False).svg_data_uri(scale=5, border=2),
            shortest=credentials.SHORTEST,
            **values,
        )

    async def finish(self, form: Form) -> Response:
        database, vault = self.wiring.database, self.wiring.vault
        try:
            secret = vault.open(form.get("niem-phong", ""))
        except SealedError:
            return await self.operator(form)
        login, password = form.get("ten", "").strip().casefold(), form.get("mat-khau", "")
        if not credentials.is_good(password, login):
            return self._operator(secret, 422, problem=Problem.BAD_PASSWORD, given=form)
        name, typed = form.get("ho-ten", ""), form.get("ma", "")
        kept = await asyncio.to_thread(credentials.new_password, password)
        try:
            await database.write(
                lambda one: set_up.finish(
                    one, database.now(one), vault, name, login, kept, secret, typed
                )
            )
        except Refused as refused:
            return self._operator(secret, 422, problem=refused.reason, given=form)
        return self._closed()

    def _closed(self) -> Response:
        """The service begins anew with what it was given, once this answer has left."""
        response = RedirectResponse(f"{LOGIN}?moi=1", 303, background=BackgroundTask(self._anew))
        response.delete_cookie(_COOKIE, path=PATH)
        return response

    async def _anew(self) -> None:
        self.wiring.anew()


def _lists() -> dict[str, Any]:
    return {path.stem: path for path in SHIPPED.glob("*.csv")}


def router(console: Console) -> APIRouter:
    routes, pages = APIRouter(), _SetUp(console)

    @routes.get(PATH)
    async def code(request: Request) -> Response:
        return await pages.guarded(request, pages.ask, code=False)

    @routes.post(PATH)
    async def enter(request: Request) -> Response:
        place = place_of(request)
        return await pages.guarded(request, lambda form: pages.enter(form, place), code=False)

    steps: dict[tuple[str, str], Step] = {
        ("GET", CHANNELS): pages.channels,
        ("POST", CHANNELS): pages.channel,
        ("POST", f"{PATH}/dia-chi"): pages.address,
        ("GET", PLACES): pages.places,
        ("POST", PLACES): pages.take_over,
        ("GET", OPERATOR): pages.operator,
        ("POST", OPERATOR): pages.finish,
    }
    for (method, path), step in steps.items():
        routes.add_api_route(path, _endpoint(pages, step), methods=[method])
    return routes


def _endpoint(pages: _SetUp, step: Step) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await pages.guarded(request, step)

    return endpoint
