"""/hinh/<path>: pictures and recordings of steps, for pages and platforms that fetch them."""

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from bot.pictures import is_private
from bot.wiring import Wiring


def router(wiring: Wiring) -> APIRouter:
    routes = APIRouter()

    @routes.get("/hinh/{path:path}")
    async def picture(path: str) -> Response:
        file = await wiring.pictures.file(path)
        if file is None:
            return Response(status_code=404)
        kept = "no-store" if is_private(path) else "public, max-age=86400"
        return FileResponse(file, headers={"cache-control": kept})

    return routes
