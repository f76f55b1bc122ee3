"""/healthz: the process lives. /readyz: database and migrations. /metrics: Prometheus."""

import hmac
from contextlib import suppress

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot import gauges, metrics
from bot.wiring import Wiring
from storage import schema


def router(wiring: Wiring) -> APIRouter:
    routes = APIRouter()

    @routes.get("/healthz")
    async def healthz() -> Response:
        return Response("ok")

    @routes.get("/readyz")
    async def readyz() -> Response:
        try:
            ready = await wiring.database.read(schema.is_current)
        except SQLAlchemyError:
            ready = False
        return Response("ok" if ready else "not ready", 200 if ready else 503)

    @routes.get("/metrics")
    async def measured(request: Request) -> Response:
        if not _may_read(request, wiring.settings.metrics_token.get_secret_value()):
            return Response(status_code=403)
        for queue, number in wiring.waiting.items():
            metrics.waiting.labels(queue).set(number)
        for name, sender in wiring.senders.items():
            metrics.sending.labels(name).set(sender.may_send())
        with suppress(SQLAlchemyError):  # what is known without the database is still said
            await wiring.database.read(lambda one: gauges.read(one, wiring.database.now(one)))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes


def _may_read(request: Request, token: str) -> bool:
    """The token, or this machine itself when no proxy stands in between."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    proxied = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return not proxied and request.client is not None and request.client.host == "127.0.0.1"
