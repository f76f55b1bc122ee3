"""The stand-in over HTTP: OA API, bot API, the console's webhook address and a phone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.standins.faulty import Lost
from bot.standins.zalo import calls
from bot.standins.zalo.bot import BotCloud
from bot.standins.zalo.cloud import ZaloCloud
from bot.standins.zalo.delivery import ANSWER_SECONDS, Delivery
from bot.standins.zalo.model import Faults, Json, RefusedError
from bot.standins.zalo.oa import OaCloud
from bot.standins.zalo.phone import phone_routes
from bot.standins.zalo.tokens import Tokens

_KNOCK = 0.5
_POLL, _LONGEST_POLL = 0.05, 30.0


def create_app(
    cloud: ZaloCloud, scale: float = 1 / 500, hook: str = "", patience: float = ANSWER_SECONDS
) -> Starlette:
    """`scale` shrinks the waits between tries of a webhook: 1.0 is Zalo's own.

    `patience` seconds are waited for an answer. `hook` is saved in the console as soon as
    somebody answers there.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        deliveries = [Delivery(mail, scale, patience) for mail in (cloud.oa.mail, cloud.bot.mail)]
        app.state.oa_delivery = deliveries[0]
        for one in deliveries:
            one.start()
        knocking = asyncio.create_task(_knock(deliveries[0], hook))
        yield
        knocking.cancel()
        for one in deliveries:
            await one.stop()

    tokens, oa, bot = Tokens(cloud.oa.oauth), _Oa(cloud.oa), _Bot(cloud.bot)
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/v4/oa/access_token", tokens.grant, methods=["POST"]),
            Route("/v4/oa/permission", tokens.consent, methods=["GET", "POST"]),
            Route("/v2.0/oa/upload/{kind}", oa.upload, methods=["POST"]),
            Route("/v2.0/oa/{path:path}", oa.call, methods=["GET", "POST"]),
            Route("/v3.0/oa/{path:path}", oa.call, methods=["GET", "POST"]),
            Route("/bot{token}/{method}", bot.call, methods=["GET", "POST"]),
            Route("/_console/webhook", oa.save_webhook, methods=["POST"]),
            *phone_routes(cloud),
        ],
    )


async def _knock(delivery: Delivery, hook: str) -> None:
    while hook and not await delivery.save(hook):  # noqa: ASYNC110  # another program's start
        await asyncio.sleep(_KNOCK)


async def _fault(faults: Faults) -> Response | None:
    await asyncio.sleep(faults.slow_seconds)
    if faults.errors_500 > 0:
        faults.errors_500 -= 1
        return Response("Internal Server Error", 500)
    return None


class _Oa:
    def __init__(self, oa: OaCloud) -> None:
        self._oa = oa

    async def call(self, request: Request) -> Response:
        method = f"{request.method} {request.url.path}"
        if method not in calls.METHODS:
            return JSONResponse({"error": 404, "message": "Not Found"}, 404)
        if fault := await _fault(self._oa.faults):
            return fault
        token = request.headers.get("access_token", "")
        try:
            params = await _params(request, -201)
            answer = self._said(calls.call(self._oa, token, method, params))
        except RefusedError as error:
            return self._answer({"error": error.code, "message": error.message})
        lost = self._lost() if request.method == "POST" else None
        return lost or answer

    def _lost(self) -> Response | None:
        if self._oa.faults.lost_answers <= 0:
            return None
        self._oa.faults.lost_answers -= 1
        return Lost()

    async def upload(self, request: Request) -> Response:
        kind, token = request.path_params["kind"], request.headers.get("access_token", "")
        if kind not in ("image", "gif", "file"):
            return JSONResponse({"error": 404, "message": "Not Found"}, 404)
        async with request.form() as form:
            part = form.get("file")
            if part is None or isinstance(part, str):
                return self._answer({"error": -201, "message": "file is invalid"})
            name, body = part.filename or "", await part.read()
        if broken := await _fault(self._oa.faults):
            return broken
        try:
            answer = self._said(calls.upload(self._oa, token, kind, name, body))
        except RefusedError as error:
            return self._answer({"error": error.code, "message": error.message})
        return self._lost() or answer

    def _said(self, data: object) -> Response:
        return self._answer({"data": data, "error": 0, "message": "Success"})

    def _answer(self, body: Json) -> Response:
        """HTTP 200 whatever happened, with the rate in its headers."""
        if self._oa.faults.no_rate:
            return JSONResponse(body)
        limit, left = self._oa.rate
        headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remain": str(left)}
        return JSONResponse(body, headers=headers)

    async def save_webhook(self, request: Request) -> Response:
        """{"url"}: what an admin does in the console."""
        delivery: Delivery = request.app.state.oa_delivery
        saved = await delivery.save((await request.json())["url"])
        return JSONResponse({"saved": saved}, 200 if saved else 400)


class _Bot:
    def __init__(self, bot: BotCloud) -> None:
        self._bot = bot

    async def call(self, request: Request) -> Response:
        if fault := await _fault(self._bot.faults):
            return fault
        token, method = request.path_params["token"], request.path_params["method"]
        try:
            params = await _params(request, 400)
            result = self._bot.call(token, method, params)
            if method.lower() == "getupdates":
                result = await self._polled(result, params)
        except RefusedError as error:
            status = error.code if self._bot.honest_status else 200
            body = {"ok": False, "error_code": error.code, "description": error.message}
            return JSONResponse(body, status)
        if method.lower().startswith("send") and self._bot.faults.lost_answers > 0:
            self._bot.faults.lost_answers -= 1
            return Lost()
        return JSONResponse({"ok": True} if result is None else {"ok": True, "result": result})

    async def _polled(self, first: object, params: Json) -> object:
        """Waits for an update as long as asked. Raises RefusedError(408) when none comes."""
        wait = str(params.get("timeout", _LONGEST_POLL))
        rounds = int(min(_LONGEST_POLL, float(wait) if wait.isdecimal() else 0) / _POLL)
        for _ in range(rounds):
            if first is not None:
                break
            await asyncio.sleep(_POLL)
            first = self._bot.get_updates({})
        if first is None:
            raise RefusedError(408, "Request timeout")
        return first


async def _params(request: Request, unreadable: int) -> Json:
    """A JSON body, a form, or the query, where the OA may pack everything into `data`.

    Raises RefusedError with the code `unreadable`.
    """
    if request.method == "POST":
        if request.headers.get("content-type", "").startswith("application/json"):
            return _decoded(await request.body(), unreadable)
        async with request.form() as form:
            return dict(form)
    query: Json = dict(request.query_params)
    return _decoded(query["data"], unreadable) if "data" in query else query


def _decoded(text: str | bytes, unreadable: int) -> Json:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RefusedError(unreadable, "Params is invalid")
    return found
