"""`gocua data`: what residents asked about their data, for whoever has to answer."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.core.rights import Actor
from bot.services import data_requests, own_data
from bot.settings import Settings
from bot.terminal import Terminal
from bot.vault import Vault, vault_of
from storage.database import SECOND


def _vault() -> Vault:
    settings = Settings()
    return vault_of(settings.secret_key.get_secret_value(), settings.data_dir)


_number = click.argument("number", type=int)


@click.group()
def data() -> None:
    """Residents' rights over their own data."""


@data.command("list")
@_by
def listed(by: int) -> None:
    """Show what waits to be done, the most urgent first."""
    words, zone = Terminal(), ZoneInfo(Settings().timezone)
    for case in done(lambda connection, actor, _now: data_requests.listed(connection, actor), by):
        one = case.asked
        answer = datetime.fromtimestamp(one.answer_by // SECOND, zone)
        due = datetime.fromtimestamp(one.due_at // SECOND, zone)
        words.say(
            "data.line",
            id=one.id,
            kind=one.kind,
            person=one.person,
            answer=f"{answer:%d/%m/%Y %H:%M}",
            due=f"{due:%d/%m/%Y}",
        )


@data.command("done")
@_number
@_by
def finish(number: int, by: int) -> None:
    """Say that the request of that NUMBER was done."""
    vault = _vault()
    done(lambda one, actor, now: data_requests.correct(one, actor, now, vault, number), by)
    Terminal().say("data.done")


@data.command("export")
@_number
@_by
def export(number: int, by: int) -> None:
    """Print everything kept of the person of that NUMBER, as JSON."""
    vault = _vault()

    def work(connection: Connection, actor: Actor, now: int) -> dict[str, object]:
        return own_data.export(own_data.see(connection, actor, now, vault, number))

    click.echo(json.dumps(done(work, by), ensure_ascii=False, indent=2))


@data.command("erase")
@_number
@_by
@click.confirmation_option()
def erase(number: int, by: int) -> None:
    """Erase the person of that NUMBER for good."""
    vault = _vault()
    done(lambda one, actor, now: own_data.erase(one, actor, now, vault, number), by)
    Terminal().say("data.done")
