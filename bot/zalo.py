"""What the Zalo OA channel is joined to: its tokens, its notes, its settings, its account."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.channels.base import packed
from bot.channels.notes import Notes
from bot.channels.registry import ZaloNeeds
from bot.channels.zalo_oa.account import Account
from bot.channels.zalo_oa.oauth import OAuth
from bot.channels.zalo_oa.parse import NAME, knock_chat
from bot.channels.zalo_oa.render import Words
from bot.core.address import Address
from bot.core.effects import Message
from bot.notebook import Notebook
from bot.settings import Settings
from bot.vault import vault_of
from bot.zalo_account import ZaloAccount
from bot.zalo_tokens import ZaloTokens
from storage import contacts, lanes, outbox, unreached
from storage.contacts import Contact
from storage.database import DAY, SECOND, Database

CALLBACK = "/zalo/dong-y"  # where an admin's consent leads back to
_DAY_FROM, _DAY_TO = 8, 20  # hours at which somebody may be knocked for
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
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
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
            settings.zalo_oa_knock_template,
        )
        notebook = Notebook(database, (NAME, settings.zalo_oa_app_id), notes)
        first = settings.zalo_oa_refresh_token.get_secret_value()
        return cls(needs, held, notebook, account(settings, database, held), first)

    def begin(self, connection: Connection, now: int) -> None:
        self.tokens.begin(connection, self.first, now)

    def knock(self, connection: Connection, now: int) -> int:
        """Asks by a template those to write whom only that can reach now; how many. By day."""
        hour = datetime.fromtimestamp(now / SECOND, self.needs.zone).hour
        if not self.needs.template or not _DAY_FROM <= hour < _DAY_TO:
            return 0
        waiting = unreached.to_knock(connection, (NAME, self.needs.app_id), now)
        rows = [_knock(Address.parse(chat), number, now) for chat, number in waiting.items()]
        # Its way is always open, so that the window does not hold what is to open the window.
        contacts.save(connection, {row.address: Contact(now, now) for row in rows})
        outbox.enqueue(connection, rows, now)
        return len(rows)

    def loops(self, *, works: bool) -> Sequence[Loop]:
        """`works`: this process sends."""
        both = [self.tokens.run, self.account.run] if works else []
        return [self.notebook.run, *both]

    async def close(self) -> None:
        await self.account.close()
        await self.tokens.close()


def _knock(chat: Address, waiting: int, now: int) -> outbox.NewDelivery:
    return outbox.NewDelivery(
        unreached.KNOCK,
        str(replace(chat, id=knock_chat(chat.id))),
        packed(Message(str(waiting))),
        lanes.PERSONAL,
        on_doubt="hold",
        dedup=f"{unreached.KNOCK}:{chat}:{now // unreached.KNOCK_EVERY}",
        lasts=DAY,
    )


def _secrets(listed: str) -> list[str]:
    return [one.strip() for one in listed.split(",") if one.strip()]
