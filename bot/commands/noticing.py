"""What the commands about announcements share: how they read and speak."""

from zoneinfo import ZoneInfo

import click

from bot.core.hours import QuietHours
from bot.installed import here
from bot.notice_words import NoticeWords
from bot.quiet import Quiet
from bot.terminal import Terminal
from bot.vault import vault_of
from storage.database import Database

number = click.argument("number", type=int)


def say(key: str, **values: object) -> None:
    Terminal().say(f"announce.{key}", **values)


def notice_words() -> NoticeWords:
    settings = here()
    return NoticeWords(settings.base_url, ZoneInfo(settings.timezone), _quiet)


def _quiet() -> QuietHours:
    """As they are now: asked for where it matters only."""
    settings = here()
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    quiet, database = Quiet(vault), Database(settings.database_url)
    database.read_now(quiet.know)
    database.close()
    return quiet.hours()
