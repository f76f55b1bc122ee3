"""`gocua zalo`: looking after the Zalo Official Account from the terminal."""

from zoneinfo import ZoneInfo

import click

from bot.settings import Settings
from bot.zalo_words import ZaloWords


@click.group()
def zalo() -> None:
    """The Zalo Official Account."""


@zalo.command("why", context_settings={"ignore_unknown_options": True})
@click.argument("code")
def why(code: str) -> None:
    """Say what a code of Zalo's (-230, zalo-230) or of the ledger means and what to do."""
    click.echo(ZaloWords(ZoneInfo(Settings().timezone)).why(code))
