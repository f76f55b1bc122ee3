"""`gocua rehearse`: the service and a stand-in of Telegram's cloud on this machine."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn
from pydantic import SecretStr

from bot.settings import Settings
from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.server import create_app
from bot.terminal import Terminal

TOKEN = "1000001:rehearsal"  # noqa: S105  # opens nothing but the stand-in
_SECRET = "rehearsal"  # noqa: S105
_FOLDER = Path("data/rehearsal")


class StandIn:
    """The stand-in in a thread of its own, on a port of this machine."""

    def __init__(self, cloud: TelegramCloud, port: int, retry_base: float = 2.0) -> None:
        config = uvicorn.Config(
            create_app(cloud, retry_base),
            host="127.0.0.1",
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


def rehearse(host: str, port: int, phone_port: int, serve: Callable[..., None]) -> None:
    """Own data folder, own token: a rehearsal can never reach a resident."""
    standin = StandIn(TelegramCloud(TOKEN), phone_port)
    standin.start()
    settings = Settings(
        base_url=f"http://{host}:{port}",
        data_dir=_FOLDER,
        database_url=f"sqlite:///{_FOLDER}/gocua.db",
        telegram_token=SecretStr(TOKEN),
        telegram_webhook_secret=SecretStr(_SECRET),
        telegram_api_url=f"http://127.0.0.1:{phone_port}",
    )
    Terminal().say("rehearse", base=settings.base_url, phone=f"http://127.0.0.1:{phone_port}")
    try:
        serve(settings, "all", host, port)
    finally:
        standin.stop()
