"""The quiet hours in force. One per process; an operator may change them at any time."""

from sqlalchemy import Connection

from bot.core.hours import QuietHours
from bot.services import quiet
from bot.vault import Vault
from storage import kept_settings


class Quiet:
    def __init__(self, vault: Vault) -> None:
        self._vault, self._sealed, self._hours = vault, "", QuietHours()

    def hours(self) -> QuietHours:
        return self._hours

    def know(self, connection: Connection) -> None:
        """Takes up what was changed since, by whichever process."""
        sealed = kept_settings.one(connection, quiet.SETTING)
        if sealed != self._sealed:
            self._sealed, self._hours = sealed, quiet.opened(self._vault, sealed)
