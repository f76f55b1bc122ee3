"""`gocua rehearse`: the service and stand-ins of Telegram's and Zalo's clouds here."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from sqlalchemy import Connection
from starlette.applications import Starlette

from bot.practice import Practice, counts
from bot.settings import Closed, Settings
from bot.standins.telegram.cloud import TelegramCloud
from bot.standins.telegram.server import create_app as telegram_app
from bot.standins.zalo.cloud import ZaloCloud
from bot.standins.zalo.server import create_app as zalo_app
from bot.terminal import Terminal

TOKEN = "1000001:rehearsal"  # noqa: S105  # opens nothing but the stand-in
BOT_TOKEN = "1000000000000000042:rehearsal"  # noqa: S105
PLACE = "26368-cau-xeo"  # of the demo; practice is about numbers, not places
_SECRET = "rehearsal"  # noqa: S105
_SCALE = 1 / 60  # of Zalo's waits between tries of a webhook


class StandIn:
    """A stand-in in a thread of its own, on a port of this machine."""

    def __init__(self, app: Starlette, port: int, host: str = "127.0.0.1") -> None:
        config = uvicorn.Config(
            app,
            host=host,
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


def rehearse(
    host: str,
    port: int,
    telegram_port: int,
    zalo_port: int,
    serve: Callable[..., None],
    *,
    practice: bool = False,
) -> None:
    """Own data folder, own settings: a rehearsal can never reach a resident."""
    real = Settings()
    base, here = f"http://{host}:{port}", "http://127.0.0.1"
    telegram, zalo = f"{here}:{telegram_port}", f"{here}:{zalo_port}"
    clouds = TelegramCloud(TOKEN), ZaloCloud(bot_token=BOT_TOKEN)
    settings = closed(base, telegram, zalo, clouds[1], real.data_dir / "rehearsal")
    seed = _practice(real, settings, *clouds) if practice else None
    standins = (
        StandIn(telegram_app(clouds[0]), telegram_port),
        StandIn(zalo_app(clouds[1], _SCALE, f"{base}/hooks/zalo-oa"), zalo_port),
    )
    for one in standins:
        one.start()
    Terminal().say("rehearse", base=settings.base_url, telegram=telegram, zalo=zalo)
    try:
        serve(settings, "all", host, port, demo=practice, seed=seed)
    finally:
        for one in standins:
            one.stop()


def _practice(
    real: Settings, settings: Settings, telegram: TelegramCloud, zalo: ZaloCloud
) -> Callable[[Connection, int], None]:
    """Begins with an empty database: what was practised before is nobody's."""
    for old in settings.data_dir.glob("gocua.db*"):
        old.unlink()
    found = counts(real.database_url)
    accounts = {
        "telegram": TOKEN.partition(":")[0],
        "zalo_oa": settings.zalo_oa_app_id,
        "zalo_bot": BOT_TOKEN.partition(":")[0],
    }
    made = Practice(found, accounts, PLACE, Terminal().text("practice_name"))
    made.fill(telegram, zalo)
    Terminal().say("practice", groups=len(made.groups), people=len(made.people))
    return made.plant


def closed(base: str, telegram: str, zalo: str, cloud: ZaloCloud, folder: Path) -> Closed:
    """Nothing of the real settings but the folder it lies beside."""
    return Closed(
        base_url=base,
        secret_key=SecretStr(_SECRET),
        data_dir=folder,
        database_url=f"sqlite:///{folder}/gocua.db",
        telegram_token=SecretStr(TOKEN),
        telegram_webhook_secret=SecretStr(_SECRET),
        telegram_api_url=telegram,
        zalo_oa_app_id=cloud.oa.console.app_id,
        zalo_oa_app_secret=SecretStr(cloud.oa.console.app_secret),
        zalo_oa_webhook_secret=SecretStr(cloud.oa.console.oa_secret),
        zalo_oa_refresh_token=SecretStr(cloud.oa.oauth.pair()["refresh_token"]),
        zalo_oa_api_url=zalo,
        zalo_oa_oauth_url=zalo,
        zalo_bot_token=SecretStr(BOT_TOKEN),
        zalo_bot_webhook_secret=SecretStr(_SECRET),
        zalo_bot_api_url=zalo,
    )
