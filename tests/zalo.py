"""Zalo as residents see it: the stand-in over real HTTP, and a service joined to it."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from service import Service, free_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.rehearsal import StandIn
from bot.standins.zalo.bot_people import BotPeople
from bot.standins.zalo.cloud import ZaloCloud
from bot.standins.zalo.model import Shown
from bot.standins.zalo.people import People
from bot.standins.zalo.server import create_app

BOT_TOKEN = "1000000000000000042:test-token"
BOT_SECRET = "hook-secret-1"


class Zalo:
    """`limits=False` where a test is not about rates. `scale` is of the webhook's waits."""

    def __init__(self, *, limits: bool = True, scale: float = 1 / 500) -> None:
        self.ahead = 0.0  # seconds the cloud's clock is in front of ours
        self.cloud = ZaloCloud(
            bot_token=BOT_TOKEN, clock=lambda: time.time() + self.ahead, limits=limits
        )
        self.oa, self.bot = self.cloud.oa, self.cloud.bot
        self.people, self.bot_people = People(self.oa), BotPeople(self.bot)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._scale = scale
        self._standin: StandIn | None = None

    def start(self) -> "Zalo":
        self._standin = StandIn(create_app(self.cloud, self._scale), self.port)
        self._standin.start()
        return self

    def stop(self) -> None:
        if self._standin:
            self._standin.stop()
            self._standin = None

    def from_bot(self, chat: str) -> list[Shown]:
        """What the bot said."""
        return [one for one in self.bot_people.messages(chat) if one.from_bot]

    def service(self, folder: Path, database: str, **env: str) -> Service:
        return Service(
            folder,
            DATABASE_URL=database,
            ZALO_BOT_TOKEN=BOT_TOKEN,
            ZALO_BOT_WEBHOOK_SECRET=BOT_SECRET,
            ZALO_BOT_API_URL=self.url,
            **env,
        )

    def save_webhook(self, url: str) -> bool:
        """In the app's console; the service must be up."""
        answer = httpx.post(f"{self.url}/_console/webhook", json={"url": url}, timeout=10)
        return answer.status_code == 200


@dataclass
class Heard:
    body: bytes
    headers: dict[str, str]


@dataclass
class Hook:
    """A webhook of a test's own. `answers` are the next statuses, `slow` the seconds before."""

    answers: list[int] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    _server: StandIn | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> "Hook":
        app = Starlette(routes=[Route("/hook", self._hear, methods=["POST"])])
        self._server = StandIn(app, self.port)
        self._server.start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    async def _hear(self, request: Request) -> Response:
        self.heard.append(Heard(await request.body(), dict(request.headers)))
        if self.slow:
            await asyncio.sleep(self.slow.pop(0))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)
