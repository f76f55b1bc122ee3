"""oauth.zaloapp.com over HTTP: the token address with its failure modes, the consent page."""

import asyncio
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.standins.faulty import Lost
from bot.standins.zalo.model import RefusedError
from bot.standins.zalo.oauth import OAuth

_PAGE = Template((Path(__file__).parent / "consent.html").read_text("utf-8"))
_ASKED = ("app_id", "redirect_uri", "code_challenge", "state")


class Tokens:
    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth

    async def grant(self, request: Request) -> Response:
        """POST /v4/oa/access_token; a refusal is HTTP 200 too."""
        faults = self._oauth.faults
        await asyncio.sleep(faults.slow_seconds)
        if faults.errors_500 > 0:
            faults.errors_500 -= 1
            return Response("Internal Server Error", 500)
        if faults.errors_plain > 0:
            faults.errors_plain -= 1
            return _refusal(RefusedError(0, "Please try again later"))
        async with request.form() as form:
            fields = {key: str(value) for key, value in form.items()}
        try:
            pair = self._oauth.grant(request.headers.get("secret_key", ""), fields)
        except RefusedError as error:
            return _refusal(error)
        if faults.lost_answers > 0:
            faults.lost_answers -= 1
            return Lost()
        return JSONResponse(pair)

    async def consent(self, request: Request) -> Response:
        """GET shows what is asked for; POST is the admin's yes and leads back with a code."""
        asked = {key: request.query_params.get(key, "") for key in _ASKED}
        console = self._oauth.console
        if asked["app_id"] != console.app_id:
            return HTMLResponse("app_id", 400)
        if request.method == "GET":
            values = {"query": request.url.query, "oa": console.oa_name, **asked}
            page = {key: escape(value, quote=True) for key, value in values.items()}
            return HTMLResponse(_PAGE.substitute(page))
        try:
            code = self._oauth.allow(asked["redirect_uri"], asked["code_challenge"])
        except RefusedError as error:
            return _refusal(error)
        back = {"oa_id": console.oa_id, "code": code}
        if asked["state"]:
            back["state"] = asked["state"]
        joint = "&" if "?" in asked["redirect_uri"] else "?"
        return RedirectResponse(f"{asked['redirect_uri']}{joint}{urlencode(back)}", 303)


def _refusal(error: RefusedError) -> Response:
    """Without a code the body has no "error" at all, as has been seen."""
    body = {"error_name": error.message, "error_reason": "", "error_description": ""}
    return JSONResponse({"error": error.code, **body} if error.code else body)
