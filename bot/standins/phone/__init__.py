"""The make-believe phone every stand-in shows in a browser: one script, a page for each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

_HERE = Path(__file__).parent
_ASSETS = ("phone.js", "phone.css")
Show = Callable[[str], dict[str, Any]]
Act = Callable[[str, dict[str, Any]], object]


def phone(page: Path, show: Show, acts: Mapping[str, Act], refusal: type[Exception]) -> list[Route]:
    """`show` gives {"messages", "blocked", "waiting"} of a chat; acts are by name.

    A message's `photo` is an address the page can show.
    """

    async def front(_: Request) -> Response:
        return FileResponse(page)

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(_HERE / name) if name in _ASSETS else Response(status_code=404)

    async def messages(request: Request) -> Response:
        return JSONResponse(show(request.path_params["chat"]))

    async def act(request: Request) -> Response:
        try:
            work = acts[request.path_params["act"]]
            done = work(request.path_params["chat"], await request.json())
        except (KeyError, refusal) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"id": done})

    return [
        Route("/", front),
        Route("/_phone/{name}", asset),
        Route("/_phone/{chat:path}/messages", messages),
        Route("/_phone/{chat:path}/{act}", act, methods=["POST"]),
    ]
