"""The HTTP application: create_app(wiring). Nothing happens at import time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from bot.wiring import Wiring
from webhooks import health
from webhooks.guard import Guard
from webhooks.hooks import Hook
from webhooks.pages import chat, guides, notices, pictures, zalo

HOOKS = "/hooks/"


def create_app(wiring: Wiring) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        wiring.start()
        yield
        await wiring.stop()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    for channel in wiring.channels.values():
        path = HOOKS + channel.name.replace("_", "-")
        app.router.routes.append(Route(path, Hook(wiring, channel), methods=["POST"]))
    app.include_router(health.router(wiring))
    if wiring.role != "worker":
        for page in (chat, guides, notices, pictures, zalo):
            app.include_router(page.router(wiring))
        static = StaticFiles(directory=Path(__file__).parent / "pages" / "static")
        app.mount("/static", static)
    app.add_middleware(GZipMiddleware, minimum_size=400)
    app.add_middleware(Guard, exempt=HOOKS)
    return app
