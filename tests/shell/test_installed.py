"""Settings given on one machine reach the others, which begin anew by themselves."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import NewUrl
from console_people import somebody
from forked import ForkedService
from phone import SECRET, TOKEN, Telegram, eventually
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.core.rights import Role, terminal
from bot.installed import Watch
from bot.services import set_up
from bot.settings import Settings
from bot.vault import Vault
from storage import kept_settings
from storage.database import Database

KEY = "a long random word of the operator"
GIVEN = {"telegram_token": TOKEN, "telegram_webhook_secret": SECRET}


def _give(connection: Connection, given: dict[str, str] = GIVEN) -> None:
    set_up.keep(connection, terminal(), 1, Vault(KEY), given)


def _finish(connection: Connection) -> None:
    somebody(connection, Role.OPERATOR, "", 1)


def test_what_makes_settings_outdated(database: Database, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, secret_key=SecretStr(KEY))
    watch = Watch(settings)

    def outdated() -> bool:
        return database.read_now(watch.is_outdated)

    database.read_now(watch.begin)
    assert not outdated()
    database.write_now(_give)
    assert not outdated(), "somebody is still at the set-up"
    database.write_now(_finish)
    assert outdated()
    database.read_now(watch.begin)
    database.write_now(_give)
    assert not outdated(), "sealed anew, the same words"
    database.write_now(lambda one: _give(one, {"quiet_hours": "22:00-07:00"}))
    assert not outdated(), "taken up otherwise"
    database.write_now(lambda one: kept_settings.forget(one, "telegram_token"))
    assert outdated()


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


def test_another_machine_begins_anew(telegram: Telegram, new_url: NewUrl, tmp_path: Path) -> None:
    url = new_url("postgresql")
    service = ForkedService(
        tmp_path, DATABASE_URL=url, SECRET_KEY=KEY, TELEGRAM_API_URL=telegram.url
    ).start()
    database = Database(url)
    hook = f"{service.base}/hooks/telegram"
    assert httpx.post(hook, timeout=30).status_code in (404, 405)
    database.write_now(_give)
    database.write_now(_finish)
    eventually(lambda: telegram.cloud.webhook.get("url") == hook)
    eventually(lambda: _refuses(hook))
    database.write_now(lambda one: kept_settings.forget(one, "telegram_webhook_secret"))
    eventually(lambda: "does not begin anew" in service.log.read_text("utf-8"))
    assert _refuses(hook), "rather than end over a token without its secret"
    database.close()
    service.stop()


def _refuses(hook: str) -> bool:
    try:
        return httpx.post(hook, timeout=30).status_code == 403
    except httpx.TransportError:
        return False
