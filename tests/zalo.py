"""Zalo as residents see it: the stand-in over real HTTP, and a service joined to it."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from service import PATIENCE, Service, free_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.base import Failure, NotSent
from bot.channels.notes import Notes
from bot.channels.registry import Needs, ZaloNeeds, channels
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.render import Words
from bot.rehearsal import StandIn
from bot.standins.zalo.bot_people import BotPeople
from bot.standins.zalo.cloud import ZaloCloud
from bot.standins.zalo.model import Console, Json, Shown
from bot.standins.zalo.people import People
from bot.standins.zalo.server import create_app

CONSOLE = Console()
PERSON = "2460000000000000001"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BOT_TOKEN = "1000000000000000042:test-token"
BOT_SECRET = "hook-secret-1"


class Zalo:
    """`limits=False` where a test is not about rates. `scale` is of the webhook's waits,
    `patience` of its wait for an answer: Zalo's own would count a busy machine's as none."""

    def __init__(
        self, *, limits: bool = True, scale: float = 1 / 500, patience: float = PATIENCE
    ) -> None:
        self.ahead = 0.0  # seconds the cloud's clock is in front of ours
        self.cloud = ZaloCloud(
            bot_token=BOT_TOKEN, clock=lambda: time.time() + self.ahead, limits=limits
        )
        self.oa, self.bot = self.cloud.oa, self.cloud.bot
        self.people, self.bot_people = People(self.oa), BotPeople(self.bot)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._scale, self._patience = scale, patience
        self._standin: StandIn | None = None

    def start(self) -> "Zalo":
        self._standin = StandIn(self._app(), self.port)
        self._standin.start()
        return self

    def _app(self) -> Starlette:
        return create_app(self.cloud, self._scale, patience=self._patience)

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

    def from_oa(self, person: str) -> list[Shown]:
        return [one for one in self.people.messages(person) if one.from_bot]

    def oa_service(self, folder: Path, database: str, **env: str) -> Service:
        """A service joined to the OA; `hooked` when it is up."""
        given = {
            "DATABASE_URL": database,
            "SECRET_KEY": "a long random word of the operator",
            "ZALO_OA_APP_ID": CONSOLE.app_id,
            "ZALO_OA_APP_SECRET": CONSOLE.app_secret,
            "ZALO_OA_WEBHOOK_SECRET": f"an-old-secret,{CONSOLE.oa_secret}",
            "ZALO_OA_API_URL": self.url,
            "ZALO_OA_OAUTH_URL": self.url,
        }
        if "ZALO_OA_REFRESH_TOKEN" not in env:
            given["ZALO_OA_REFRESH_TOKEN"] = self.oa.oauth.pair()["refresh_token"]
        return Service(folder, **given, **env)

    def hooked(self, service: Service) -> None:
        assert self.save_webhook(f"{service.base}/hooks/zalo-oa")

    def offered(self, person: str) -> list[str]:
        """The choice ids under the newest message; none when it only has numbers."""
        for shown in reversed(self.from_oa(person)):
            if actions := _actions(shown):
                return [one["payload"].split("|")[2] for one in actions]
        return []

    def press(self, person: str, choice: str) -> None:
        """The newest button with this choice id."""
        for shown in reversed(self.from_oa(person)):
            for one in _actions(shown):
                if one["payload"].endswith(f"|{choice}"):
                    self.people.press(person, shown.id, one["payload"])
                    return
        raise LookupError(choice)

    def save_webhook(self, url: str) -> bool:
        """In the app's console; the service must be up."""
        answer = httpx.post(f"{self.url}/_console/webhook", json={"url": url}, timeout=PATIENCE)
        return answer.status_code == 200


def _actions(shown: Shown) -> list[Json]:
    """What can be pressed: the rows of a list first, then its buttons."""
    rows = [one["default_action"] for one in shown.elements if "default_action" in one]
    return [*rows, *shown.buttons]


@dataclass
class Token:
    """Stands where the keeper of tokens stands: one token, which is never renewed."""

    given: str | NotSent
    refused: list[str] = field(default_factory=list)

    async def access(self) -> str | NotSent:
        return self.given

    async def renew(self, refused: str) -> NotSent:
        self.refused.append(refused)
        return NotSent(Failure.AGAIN, "token-renewed")


def zalo_needs(api: str, access: str | NotSent = "token", notes: Notes | None = None) -> ZaloNeeds:
    words = Words("Gõ {number}: {label}", "Mời chọn")
    secrets = ("another-secret", CONSOLE.oa_secret)
    return ZaloNeeds(CONSOLE.app_id, secrets, api, Token(access), notes or Notes(), words, ZONE)


def zalo_oa(api: str, access: str | NotSent = "token", notes: Notes | None = None) -> ZaloOA:
    made = channels(Needs(_nowhere, zalo_oa=zalo_needs(api, access, notes)))["zalo_oa"]
    assert isinstance(made, ZaloOA)
    return made


async def _nowhere(*_: object) -> None:
    return


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
