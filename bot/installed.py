"""The settings of an installation: the environment, and below it what the database keeps."""

import logging
from collections.abc import Mapping

from pydantic import SecretStr
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.services import set_up
from bot.settings import KEPT, Settings
from bot.vault import SealedError, vault_of
from storage import kept_settings
from storage.database import Database

_log = logging.getLogger(__name__)


def installed(settings: Settings, connection: Connection) -> Settings:
    """What was sealed with a lost key is as if it had never been given, and the log says so."""
    kept, shut = _opened(settings, _found(connection))
    for name in shut:
        _log.error("setting %s was sealed with another key: set it anew", name)
    whole = settings.with_kept(kept)
    if kept and not settings.secret_key:
        own = (settings.data_dir / "secret.key").read_text().strip()
        return whole.model_copy(update={"secret_key": SecretStr(own)})
    return whole


def sealed_with_another(settings: Settings, connection: Connection) -> list[str]:
    """Names of what no key of ours opens."""
    return _opened(settings, _found(connection))[1]


def _found(connection: Connection) -> dict[str, str]:
    """Nothing in a database that is older than the table."""
    return kept_settings.load(connection) if kept_settings.is_there(connection) else {}


def _opened(settings: Settings, sealed: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    kept: dict[str, str] = {}
    shut: list[str] = []
    if not sealed:
        return kept, shut
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    for name, value in sealed.items():
        try:
            kept[name] = vault.open(value)
        except SealedError:
            shut.append(name)
    return kept, shut


class Watch:
    """Whether this process began with other settings than the database keeps now."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sealed: dict[str, str] = {}
        self._kept: dict[str, str] = {}

    def begin(self, connection: Connection) -> None:
        self._sealed = kept_settings.load(connection, KEPT)
        self._kept, _ = _opened(self._settings, self._sealed)

    def is_outdated(self, connection: Connection) -> bool:
        """Not while somebody is still at the set-up, whose page begins anew at its end. A new key
        seals anew and changes nothing."""
        sealed = kept_settings.load(connection, KEPT)
        if sealed == self._sealed or set_up.is_open(connection):
            return False
        self._sealed = sealed
        return _opened(self._settings, sealed)[0] != self._kept


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
