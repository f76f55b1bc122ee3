"""The HTTP application: create_app(wiring). Nothing happens at import time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.wiring import Wiring
from webhooks import console, health
from webhooks.guard import Guard
from webhooks.hooks import Hook
from webhooks.pages import chat, guides, notices, pictures, zalo

HOOKS = "/hooks/"
_LARGEST = 20 * 2**20  # bytes of a form with its file


class _Application(FastAPI):
    """Calls of platforms go straight to their hook, past the layers that are for pages."""

    hooks: Mapping[str, Hook]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        called = scope["type"] == "http" and scope["method"] == "POST"
        hook = self.hooks.get(scope["path"]) if called else None
        await (hook or super().__call__)(scope, receive, send)


class Static(StaticFiles):
    """An address with a digest (?v=) never changes; others are asked for again."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        response = super().file_response(*given, **named)
        scope: Scope = named["scope"] if "scope" in named else given[2]
        kept = b"v=" in scope["query_string"]
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if kept else "no-cache"
        )
        return response


def create_app(wiring: Wiring, *, demo: bool = False) -> FastAPI:
    """A demo lets anybody play any part."""

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
        app.state.console = console.join(app, wiring, demo=demo)
        app.mount("/static", Static(directory=Path(__file__).parent / "pages" / "static"))
    app.add_middleware(GZipMiddleware, minimum_size=400)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=_LARGEST)
    secure = wiring.settings.base_url.startswith("https://")
    app.add_middleware(Guard, exempt=HOOKS, secure=secure)
    return app
