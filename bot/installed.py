"""The settings of an installation: the environment, and below it what the database keeps."""

import logging

from pydantic import SecretStr
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from bot.vault import SealedError, vault_of
from storage import kept_settings
from storage.database import Database

_log = logging.getLogger(__name__)


def installed(settings: Settings, connection: Connection) -> Settings:
    """What was sealed with a lost key is as if it had never been given, and the log says so."""
    kept, shut = _opened(settings, connection)
    for name in shut:
        _log.error("setting %s was sealed with another key: set it anew", name)
    whole = settings.with_kept(kept)
    if kept and not settings.secret_key:
        own = (settings.data_dir / "secret.key").read_text().strip()
        return whole.model_copy(update={"secret_key": SecretStr(own)})
    return whole


def sealed_with_another(settings: Settings, connection: Connection) -> list[str]:
    """Names of what no key of ours opens."""
    return _opened(settings, connection)[1]


def _opened(settings: Settings, connection: Connection) -> tuple[dict[str, str], list[str]]:
    kept: dict[str, str] = {}
    shut: list[str] = []
    if not (sealed := kept_settings.load(connection)):
        return kept, shut
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    for name, value in sealed.items():
        try:
            kept[name] = vault.open(value)
        except SealedError:
            shut.append(name)
    return kept, shut


def here() -> Settings:
    """For commands. A database that cannot be read adds nothing."""
    settings = Settings()
    database = Database(settings.database_url)
    try:
        return database.read_now(lambda one: installed(settings, one))
    except SQLAlchemyError:
        return settings
    finally:
        database.close()
