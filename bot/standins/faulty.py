"""Answers that go wrong on their way, for every stand-in."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Lost(Response):
    """The call was accepted, its answer gets lost on the way: the connection just ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
