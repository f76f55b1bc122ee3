"""`gocua settings`: what the set-up page keeps in the database; never shows a value."""

import click

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.services import quiet, set_up
from bot.settings import KEPT, Settings
from bot.terminal import Terminal
from storage import kept_settings


@click.group()
def settings() -> None:
    """Settings that are kept, sealed, in the database."""


@settings.command("list")
def listed() -> None:
    """Say which there are, and which of them the environment overrules."""
    words, outside = Terminal(), Settings().model_fields_set
    kept = sorted(done(lambda one, _actor, _now: kept_settings.load(one)))
    for name in kept:
        words.say("settings_outside" if name in outside else "settings_line", name=name)
    if not kept:
        words.say("settings_none")


@settings.command("forget")
@click.argument("name", type=click.Choice((*KEPT, quiet.SETTING)))
@_by
def forget(name: str, by: int) -> None:
    """Take one out; the service has to be started again."""
    done(lambda one, actor, now: set_up.forget(one, actor, now, name), by)
    Terminal().say("settings_forgotten", name=name)
