"""What the Zalo OA channel is joined to: its tokens, its notes, its settings, its account."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.channels.notes import Notes
from bot.channels.registry import ZaloNeeds
from bot.channels.zalo_oa.account import Account
from bot.channels.zalo_oa.oauth import OAuth
from bot.channels.zalo_oa.parse import NAME
from bot.channels.zalo_oa.render import Words
from bot.notebook import Notebook
from bot.settings import Settings
from bot.vault import Vault
from bot.zalo_account import ZaloAccount
from bot.zalo_tokens import ZaloTokens
from storage.database import Database

CALLBACK = "/zalo/dong-y"  # where an admin's consent leads back to
Loop = Callable[[], Awaitable[None]]


def missing(settings: Settings) -> list[str]:
    """Settings that the channel cannot do without, once it is switched on by its app id."""
    needed = {
        "GOCUA_ZALO_OA_APP_SECRET": settings.zalo_oa_app_secret,
        "GOCUA_ZALO_OA_WEBHOOK_SECRET": settings.zalo_oa_webhook_secret,
        "GOCUA_SECRET_KEY": settings.secret_key,
    }
    if not settings.zalo_oa_app_id:
        return []
    return [name for name, value in needed.items() if not value.get_secret_value()]


def tokens(settings: Settings, database: Database) -> ZaloTokens:
    oauth = OAuth(
        settings.zalo_oa_oauth_url,
        settings.zalo_oa_app_id,
        settings.zalo_oa_app_secret.get_secret_value(),
    )
    vault = Vault(settings.secret_key.get_secret_value())
    return ZaloTokens(database, (NAME, settings.zalo_oa_app_id), vault, oauth)


def account(settings: Settings, database: Database, held: ZaloTokens) -> ZaloAccount:
    asked = Account(settings.zalo_oa_api_url, held)
    return ZaloAccount(database, (NAME, settings.zalo_oa_app_id), asked)


@dataclass(frozen=True, slots=True)
class Zalo:
    needs: ZaloNeeds
    tokens: ZaloTokens
    notebook: Notebook
    account: ZaloAccount
    first: str

    @classmethod
    def of(cls, settings: Settings, database: Database, words: Words) -> "Zalo | None":
        """None when the channel is off."""
        if not settings.zalo_oa_app_id:
            return None
        notes, held = Notes(), tokens(settings, database)
        needs = ZaloNeeds(
            settings.zalo_oa_app_id,
            _secrets(settings.zalo_oa_webhook_secret.get_secret_value()),
            settings.zalo_oa_api_url,
            held,
            notes,
            words,
            ZoneInfo(settings.timezone),
        )
        notebook = Notebook(database, (NAME, settings.zalo_oa_app_id), notes)
        first = settings.zalo_oa_refresh_token.get_secret_value()
        return cls(needs, held, notebook, account(settings, database, held), first)

    def begin(self, connection: Connection, now: int) -> None:
        self.tokens.begin(connection, self.first, now)

    def loops(self, *, works: bool) -> Sequence[Loop]:
        """`works`: this process sends."""
        both = [self.tokens.run, self.account.run] if works else []
        return [self.notebook.run, *both]

    async def close(self) -> None:
        await self.account.close()
        await self.tokens.close()


def _secrets(listed: str) -> list[str]:
    return [one.strip() for one in listed.split(",") if one.strip()]
