"""The console of members and officials: one file per page, its template in templates/console/."""

from fastapi import FastAPI

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
    sending,
    set_up,
    staff,
    trail,
    tryout,
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
    compose,
    notices,
    figures,
    goals,
    operating,
    trail,
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
    return console
