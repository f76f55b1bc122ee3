"""The stand-in over HTTP: the Bot API, and a make-believe phone for people."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.delivery import Delivery
from bot.standins.telegram.model import Json, RefusedError
from bot.standins.telegram.people import People

_HERE = Path(__file__).parent


class _Lost(Response):
    """The call was accepted, its answer gets lost on the way: the connection just ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


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
            return _Lost()
        return JSONResponse({"ok": True, "result": result})

    async def file(request: Request) -> Response:
        content = cloud.files.get(request.path_params["name"])
        return Response(content or b"", 200 if content else 404)

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/bot{token}/{method}", api, methods=["GET", "POST"]),
            Route("/file/bot{token}/photos/{name}", file),
            *_phone(cloud, people),
        ],
    )


def _phone(cloud: TelegramCloud, people: People) -> list[Route]:
    async def page(_: Request) -> Response:
        return FileResponse(_HERE / "phone.html")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        return (
            FileResponse(_HERE / name)
            if name in ("phone.js", "phone.css")
            else Response(status_code=404)
        )

    async def show(request: Request) -> Response:
        number = request.path_params["chat"]
        messages = [asdict(one) for one in people.messages(number)]
        chat = people.chat(number)
        waiting = len(cloud.waiting)
        return JSONResponse({"messages": messages, "blocked": chat.blocked, "waiting": waiting})

    async def act(request: Request) -> Response:
        number, body = request.path_params["chat"], await request.json()
        try:
            done = _ACTS[request.path_params["act"]](people, number, body)
        except (RefusedError, KeyError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"id": done})

    return [
        Route("/", page),
        Route("/_phone/{name}", asset),
        Route("/_phone/{chat:int}/messages", show),
        Route("/_phone/{chat:int}/{act}", act, methods=["POST"]),
    ]


_ACTS: dict[str, Callable[[People, int, Json], object]] = {
    "say": lambda people, chat, body: people.say(chat, body["text"]),
    "press": lambda people, chat, body: people.press(chat, body["message"], body["button"]),
    "photo": lambda people, chat, _: people.send_photo(chat),
    "block": lambda people, chat, body: people.block(chat, blocked=body["blocked"]),
}
