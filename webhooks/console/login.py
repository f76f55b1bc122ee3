"""/dang-nhap, /vao, /thiet-lap, /dang-xuat and the front door: the only console pages for
everybody."""

import asyncio
from hashlib import sha256
from typing import Any

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot import credentials
from bot.services import logins
from bot.services.access import Problem, Refused
from storage.database import SECOND
from webhooks.console.frame import COOKIE, LOGIN, Console, own_path
from webhooks.forms import texts

_FIELDS = {"max_files": 0, "max_fields": 8, "max_part_size": 4096}


def entered(console: Console, token: str, on: str, lasts: int) -> Response:
    """On to a page of ours, with the session's cookie."""
    response = RedirectResponse(on, 303)
    response.set_cookie(
        COOKIE, token, lasts // SECOND, httponly=True, samesite="lax", secure=console.secure
    )
    return response


class _Door:
    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring

    def page(self, status: int = 200, **values: Any) -> HTMLResponse:
        empty: dict[str, Any] = {
            "problem": "",
            "name": "",
            "on": "/",
            "lost": False,
            "ready": False,
        }
        return self.console.show("console/login.html", status, **(empty | values))

    async def log_in(self, request: Request) -> Response:
        form = await form_of(request)
        name, on = form.get("ten", "").strip().casefold(), own_path(form.get("tiep", "/"))
        try:
            token = await self._tried(name, form, place_of(request))
        except Refused as refused:
            return self.page(422, problem=refused.reason, name=name, on=on)
        return entered(self.console, token, on, logins.OFFICIAL_LASTS)

    async def _tried(self, name: str, form: dict[str, str], place: str) -> str:
        """No transaction is open while the password is judged."""
        database = self.wiring.database
        kept = await database.write(
            lambda one: logins.begin_try(one, database.now(one), name, place)
        )
        known = kept.password if kept else ""
        if not await asyncio.to_thread(credentials.is_password, form.get("mat-khau", ""), known):
            raise Refused(Problem.BAD_LOGIN)
        return await database.write(
            lambda one: logins.finish_try(
                one, database.now(one), self.wiring.vault, kept, form.get("ma", "")
            )
        )

    async def link(self, token: str) -> HTMLResponse:
        """Looking changes nothing: chat applications fetch links too."""
        database = self.wiring.database
        name = await database.read(lambda one: logins.linked(one, database.now(one), token))
        return self.console.show("console/link.html", 200 if name else 410, name=name, token=token)

    async def use_link(self, token: str) -> Response:
        database = self.wiring.database
        try:
            made = await database.write(lambda one: logins.enter(one, database.now(one), token))
        except Refused:
            return await self.link(token)
        return entered(self.console, made, "/", logins.MEMBER_LASTS)

    async def invitation(self, token: str, problem: str = "") -> HTMLResponse:
        database, vault = self.wiring.database, self.wiring.vault
        found = await database.read(
            lambda one: logins.invited(one, database.now(one), vault, token)
        )
        if found is None:
            return self.console.show("console/link.html", 410, name="", token="")
        kept, secret = found
        address = credentials.code_address(secret, kept.name, "Go Cua")
        code = segno.make(address, micro=False).svg_data_uri(scale=5, border=2)
        return self.console.show(
            "console/invitation.html",
            422 if problem else 200,
            token=token,
            name=kept.name,
            secret=secret,
            code=code,
            shortest=credentials.SHORTEST,
            problem=problem,
        )

    async def set_up(self, request: Request, token: str) -> Response:
        form = await form_of(request)
        password = form.get("mat-khau", "")
        database, vault = self.wiring.database, self.wiring.vault
        found = await database.read(
            lambda one: logins.invited(one, database.now(one), vault, token)
        )
        if found and not credentials.is_good(password, found[0].name):
            return await self.invitation(token, Problem.BAD_PASSWORD)
        kept = await asyncio.to_thread(credentials.new_password, password)
        try:
            await database.write(
                lambda one: logins.set_up(
                    one, database.now(one), vault, token, kept, form.get("ma", "")
                )
            )
        except Refused as refused:
            return await self.invitation(token, refused.reason)
        return RedirectResponse(f"{LOGIN}?moi=1", 303)

    async def leave(self, request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        await self.wiring.database.write(lambda one: logins.leave(one, token))
        response = RedirectResponse(LOGIN, 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=self.console.secure)
        return response


async def form_of(request: Request) -> dict[str, str]:
    async with request.form(**_FIELDS) as given:
        return texts(given)


def place_of(request: Request) -> str:
    """Where a try comes from, as a digest: addresses are not kept."""
    host = request.client.host if request.client else ""
    return sha256(f"place {host}".encode()).hexdigest()[:24]


def router(console: Console) -> APIRouter:
    routes, door = APIRouter(), _Door(console)

    @routes.get(LOGIN)
    async def page(request: Request) -> Response:
        asked = request.query_params
        return door.page(
            on=own_path(asked.get("tiep", "/")), lost="mat" in asked, ready="moi" in asked
        )

    @routes.post(LOGIN)
    async def log_in(request: Request) -> Response:
        return await door.log_in(request)

    @routes.get("/vao/{token}")
    async def link(token: str) -> Response:
        return await door.link(token)

    @routes.post("/vao/{token}")
    async def use_link(token: str) -> Response:
        return await door.use_link(token)

    @routes.get("/thiet-lap/{token}")
    async def invitation(token: str) -> Response:
        return await door.invitation(token)

    @routes.post("/thiet-lap/{token}")
    async def set_up(request: Request, token: str) -> Response:
        return await door.set_up(request, token)

    @routes.post("/dang-xuat")
    async def leave(request: Request) -> Response:
        return await door.leave(request)

    return routes
