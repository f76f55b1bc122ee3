"""The only reader of the environment (prefix GOCUA_, or .env)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

# What may also be kept in the database, sealed: written there by the set-up page.
KEPT = (
    "base_url",
    "telegram_token",
    "telegram_webhook_secret",
    "telegram_name",
    "zalo_bot_token",
    "zalo_bot_webhook_secret",
    "zalo_oa_app_id",
    "zalo_oa_app_secret",
    "zalo_oa_webhook_secret",
)


class Settings(BaseSettings):
    """Every setting has a line in docs/operate/settings.md."""

    model_config = SettingsConfigDict(env_prefix="GOCUA_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///data/gocua.db"
    base_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr = SecretStr("")
    data_dir: Path = Path("data")
    timezone: str = "Asia/Ho_Chi_Minh"
    telegram_token: SecretStr = SecretStr("")
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_name: str = Field(default="", pattern=r"^[A-Za-z0-9_]*$")
    telegram_paid_broadcast: bool = False
    telegram_api_url: str = "https://api.telegram.org"
    zalo_oa_app_id: str = ""
    zalo_oa_app_secret: SecretStr = SecretStr("")
    zalo_oa_webhook_secret: SecretStr = SecretStr("")
    zalo_oa_refresh_token: SecretStr = SecretStr("")
    zalo_oa_knock_template: str = ""
    zalo_oa_api_url: str = "https://openapi.zalo.me"
    zalo_oa_oauth_url: str = "https://oauth.zaloapp.com"
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_webhook_secret: SecretStr = SecretStr("")
    zalo_bot_api_url: str = "https://bot-api.zaloplatforms.com"
    backup_recipient: str = Field(default="", pattern=r"^(age1[a-z0-9]+)?$")
    metrics_token: SecretStr = SecretStr("")
    log_level: Literal["info", "debug"] = "info"
    queue_limit: int = Field(default=100_000, gt=0)

    def with_kept(self, kept: Mapping[str, str]) -> Self:
        """Together with what the database keeps; what is set outside wins."""
        outside = {one for one in self.model_fields_set if getattr(self, one)}
        values = {one: kept[one] for one in KEPT if one in kept and one not in outside}
        secret = {one for one in values if isinstance(getattr(self, one), SecretStr)}
        return self.model_copy(
            update={one: SecretStr(v) if one in secret else v for one, v in values.items()}
        )

    @property
    def zalo_bot_fetches(self) -> bool:
        """Whether its platform can fetch pictures from us: it is asked by address, over https,
        unless it is a stand-in on this machine."""
        return self.base_url.startswith("https://") or "//127.0.0.1" in self.zalo_bot_api_url

    @property
    def rehearses(self) -> bool:
        """Whether nothing may leave this machine."""
        return False

    @property
    def unguarded(self) -> str:
        """The channel that has a token but no secret for its hook, as its settings name it."""
        pairs = {
            "TELEGRAM": (self.telegram_token, self.telegram_webhook_secret),
            "ZALO_BOT": (self.zalo_bot_token, self.zalo_bot_webhook_secret),
        }
        return next((name for name, (token, secret) in pairs.items() if token and not secret), "")


class Closed(Settings):
    """Only what it is given: neither the environment nor .env can join it to anything real."""

    @property
    def rehearses(self) -> bool:
        return True

    @model_validator(mode="after")
    def _stays_here(self) -> "Closed":
        """No client of a real platform can be made from these."""
        addresses = (
            self.telegram_api_url,
            self.zalo_oa_api_url,
            self.zalo_oa_oauth_url,
            self.zalo_bot_api_url,
        )
        if not all(urlsplit(one).hostname == "127.0.0.1" for one in addresses):
            raise ValueError("a rehearsal knows stand-ins on this machine only")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the library's signature
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,  # noqa: ARG003
        **named: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)
