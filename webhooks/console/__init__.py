"""The console of members and officials: one file per page, its template in templates/console/."""

from functools import partial
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler

from bot.wiring import Wiring
from webhooks.console import (
    appointing,
    changing,
    compose,
    data_requests,
    editing,
    figures,
    goals,
    groups,
    helping,
    households,
    importing,
    library,
    login,
    notices,
    operating,
    overview,
    quiet,
    sending,
    set_up,
    sources,
    staff,
    taking_up,
    trail,
    trying,
    tryout,
    weekly,
    writing_down,
)
from webhooks.console.frame import Console

# In the order their addresses are looked for.
_PAGES = (
    overview,
    writing_down,
    households,
    changing,
    sending,
    helping,
    library,
    editing,
    trying,
    taking_up,
    compose,
    sources,
    notices,
    figures,
    goals,
    weekly,
    operating,
    trail,
    quiet,
    groups,
    staff,
    appointing,
    importing,
    data_requests,
)


def join(app: FastAPI, wiring: Wiring, *, demo: bool) -> Console:
    """Adds every page of the console; only a demo can be entered without a key."""
    console = Console(wiring)
    app.include_router(login.router(console))
    if not (demo or wiring.settings.rehearses):
        app.include_router(set_up.router(console))
    if demo:
        app.include_router(tryout.router(console))
    for page in _PAGES:
        page.add(console)
    app.include_router(console.routes)
    app.add_exception_handler(HTTPStatus.NOT_FOUND, partial(_lost, console))
    return console


async def _lost(console: Console, request: Request, error: Exception) -> Response:
    """A browser gets a page in words; whatever else asks, what it always got."""
    if "text/html" in request.headers.get("accept", ""):
        return console.show("console/lost.html", HTTPStatus.NOT_FOUND)
    return await http_exception_handler(request, cast("HTTPException", error))
