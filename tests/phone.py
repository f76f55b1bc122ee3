"""Telegram as residents see it: the stand-in over real HTTP, and a service joined to it."""

import time
from collections.abc import Callable
from pathlib import Path

from service import Service, free_port

from bot.rehearsal import StandIn
from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.model import Shown
from bot.standins.telegram.people import People
from bot.standins.telegram.server import create_app

TOKEN = "123456:test-token"
SECRET = "hook-secret"


class Telegram:
    """`limits=False` where a test is not about Telegram's rates."""

    def __init__(self, *, limits: bool = True, retry_base: float = 0.2) -> None:
        self.cloud = TelegramCloud(TOKEN, limits=limits)
        self.people = People(self.cloud)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._retry_base = retry_base
        self._standin: StandIn | None = None

    def start(self) -> "Telegram":
        self._standin = StandIn(create_app(self.cloud, self._retry_base), self.port)
        self._standin.start()
        return self

    def stop(self) -> None:
        if self._standin:
            self._standin.stop()
            self._standin = None

    @property
    def env(self) -> dict[str, str]:
        """What a service has to be told to be on this Telegram."""
        return {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_URL": self.url,
        }

    def service(self, folder: Path, database: str, **env: str) -> Service:
        return Service(folder, DATABASE_URL=database, **self.env, **env)

    def hooked(self) -> None:
        """Waits until the service has told where to call."""
        eventually(lambda: bool(self.cloud.webhook.get("url")))

    def from_bot(self, chat: int) -> list[Shown]:
        return [one for one in self.people.messages(chat) if one.from_bot]

    def press(self, chat: int, choice: str) -> None:
        """The newest button with this choice id."""
        for shown in reversed(self.from_bot(chat)):
            for row in shown.buttons:
                if row[0]["callback_data"].endswith(f"|{choice}"):
                    self.people.press(chat, shown.id, row[0]["callback_data"])
                    return
        raise LookupError(choice)

    def offered(self, chat: int) -> list[str]:
        """The choice ids under the newest message that has any."""
        for shown in reversed(self.from_bot(chat)):
            if shown.buttons:
                return [row[0]["callback_data"].split("|")[2] for row in shown.buttons]
        return []


def eventually(true: Callable[[], bool], seconds: float = 120) -> None:
    """Looked at again after the end: this process may have stood still in between."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end and not true():
            raise TimeoutError
        time.sleep(0.01)
