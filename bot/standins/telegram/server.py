"""The stand-in over HTTP: the Bot API, and a make-believe phone for people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.standins.faulty import Lost
from bot.standins.phone import phone
from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.delivery import Delivery
from bot.standins.telegram.model import Json, RefusedError
from bot.standins.telegram.people import People

_PAGE = Path(__file__).parent / "phone.html"


def _refusal(error: RefusedError) -> JSONResponse:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return JSONResponse(body, error.code)


async def _params(request: Request) -> Json:
    if request.headers.get("content-type", "").startswith("application/json"):
        found: Json = await request.json()
        return found
    params: Json = dict(request.query_params)
    async with request.form() as form:
        uploads: Json = {}
        for key, value in form.multi_items():
            uploads[key] = value if isinstance(value, str) else await value.read()
    for key, value in uploads.items():
        attached = isinstance(value, str) and value.startswith("attach://")
        params[key] = uploads[value.removeprefix("attach://")] if attached else value
    return params


def create_app(cloud: TelegramCloud, retry_base: float = 2.0) -> Starlette:
    people = People(cloud)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        delivery = Delivery(cloud, retry_base)
        delivery.start()
        yield
        await delivery.stop()

    async def api(request: Request) -> Response:
        if request.path_params["token"] != cloud.token:
            return _refusal(RefusedError(401, "Unauthorized"))
        params = await _params(request)
        await asyncio.sleep(cloud.faults.slow_seconds)
        sends = request.path_params["method"].lower().startswith("send")
        if sends and cloud.faults.errors_500 > 0:
            cloud.faults.errors_500 -= 1
            return _refusal(RefusedError(500, "Internal Server Error"))
        try:
            result = cloud.call(request.path_params["method"], params)
        except RefusedError as error:
            return _refusal(error)
        if sends and cloud.faults.lost_answers > 0:
            cloud.faults.lost_answers -= 1
            return Lost()
        return JSONResponse({"ok": True, "result": result})

    async def file(request: Request) -> Response:
        content = cloud.files.get(request.path_params["name"])
        return Response(content or b"", 200 if content else 404)

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/bot{token}/{method}", api, methods=["GET", "POST"]),
            Route("/file/bot{token}/photos/{name}", file),
            *_phone(people),
        ],
    )


def _phone(people: People) -> list[Route]:
    def show(chat: str) -> Json:
        messages = [asdict(one) for one in people.messages(int(chat))]
        for one in messages:
            one["photo"] = one["photo"] and f"/file/bot{people.cloud.token}/photos/{one['photo']}"
        blocked, waiting = people.chat(int(chat)).blocked, len(people.cloud.waiting)
        return {"messages": messages, "blocked": blocked, "waiting": waiting}

    return phone(
        _PAGE,
        show,
        {
            "say": lambda chat, body: people.say(int(chat), body["text"]),
            "press": lambda chat, body: people.press(int(chat), body["message"], body["button"]),
            "photo": lambda chat, _: people.send_photo(int(chat)),
            "block": lambda chat, body: people.block(int(chat), blocked=body["blocked"]),
        },
        RefusedError,
    )
