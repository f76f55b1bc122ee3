"""`gocua admin invite`, `link`, `out`: ways into the console, from the terminal."""

import click

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.installed import here
from bot.services import logins as service
from bot.terminal import Terminal
from bot.vault import vault_of

_number = click.argument("number", type=int)


@click.command()
@_number
@click.option("--login", "name", default="", help="The name to log in with; needed once.")
@_by
def invite(number: int, name: str, by: int) -> None:
    """Print a link to set password and code for the official of that NUMBER."""
    settings = here()
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    token = done(lambda one, actor, now: service.invite(one, actor, now, vault, number, name), by)
    Terminal().say("admin.invited", link=f"{settings.base_url}/thiet-lap/{token}")


@click.command()
@_number
@_by
def link(number: int, by: int) -> None:
    """Print a link that lets a member in once, within ten minutes."""
    token = done(lambda one, actor, now: service.link(one, actor, now, number), by)
    Terminal().say("admin.link", link=f"{here().base_url}/vao/{token}")


@click.command()
@_number
@_by
def out(number: int, by: int) -> None:
    """End every session of the person of that NUMBER at once."""
    ended = done(lambda one, actor, now: service.end_sessions(one, actor, now, number), by)
    Terminal().say("admin.out", sessions=ended)
