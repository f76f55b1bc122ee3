"""The HTTP application: create_app(wiring). Nothing happens at import time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.wiring import Wiring
from webhooks import health
from webhooks.guard import Guard
from webhooks.hooks import Hook
from webhooks.pages import chat, guides, notices, pictures, zalo

HOOKS = "/hooks/"


class _Application(FastAPI):
    """Calls of platforms go straight to their hook, past the layers that are for pages."""

    hooks: Mapping[str, Hook]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        called = scope["type"] == "http" and scope["method"] == "POST"
        hook = self.hooks.get(scope["path"]) if called else None
        await (hook or super().__call__)(scope, receive, send)


def create_app(wiring: Wiring) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        wiring.start()
        yield
        await wiring.stop()

    app = _Application(lifespan=lifespan, openapi_url=None)
    app.hooks = {
        HOOKS + channel.name.replace("_", "-"): Hook(wiring, channel)
        for channel in wiring.channels.values()
    }
    for path, hook in app.hooks.items():
        app.router.routes.append(Route(path, hook, methods=["POST"]))
    app.include_router(health.router(wiring))
    if wiring.role != "worker":
        for page in (chat, guides, notices, pictures, zalo):
            app.include_router(page.router(wiring))
        static = StaticFiles(directory=Path(__file__).parent / "pages" / "static")
        app.mount("/static", static)
    app.add_middleware(GZipMiddleware, minimum_size=400)
    app.add_middleware(Guard, exempt=HOOKS)
    return app
