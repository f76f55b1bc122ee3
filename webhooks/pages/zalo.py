"""/zalo/dong-y: where an admin's consent leads back to. Shows the code and spends nothing: whoever
opens this page need not be one of us, so only the terminal takes a code.
"""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from bot.wiring import Wiring
from bot.zalo import CALLBACK
from webhooks.pages.templating import environment

_LONGEST = 2000


def router(wiring: Wiring) -> APIRouter:
    routes = APIRouter()
    page = environment().get_template("zalo.html")

    @routes.get(CALLBACK)
    async def consented(code: str = "") -> HTMLResponse:
        shown = code if wiring.zalo else ""
        html = page.render(code=shown[:_LONGEST], team="")
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    return routes
