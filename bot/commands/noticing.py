"""What the commands about announcements share: how they read and speak."""

from zoneinfo import ZoneInfo

import click

from bot.installed import here
from bot.notice_words import NoticeWords
from bot.terminal import Terminal

number = click.argument("number", type=int)


def say(key: str, **values: object) -> None:
    Terminal().say(f"announce.{key}", **values)


def notice_words() -> NoticeWords:
    settings = here()
    return NoticeWords(settings.base_url, ZoneInfo(settings.timezone))
