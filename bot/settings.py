"""The only reader of the environment (prefix GOCUA_, or .env)."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    telegram_api_url: str = "https://api.telegram.org"
    metrics_token: SecretStr = SecretStr("")
    queue_limit: int = Field(default=100_000, gt=0)
