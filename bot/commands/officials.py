"""`gocua admin` and `gocua audit`: who holds which office, and whether the trail is whole."""

import sys

import click
from sqlalchemy import Connection

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.core.rights import Actor, Role
from bot.installed import here
from bot.people_words import PeopleWords
from bot.services import identity, persons, roles
from bot.settings import Settings
from bot.terminal import Terminal
from bot.vault import vault_of
from storage import audit as trail
from storage import persons as stored
from storage.database import Database

_role = click.option(
    "--role", type=click.Choice([one.value for one in roles.OFFICES]), required=True
)
_area = click.option("--area", default="", help="Code of the place; everywhere without it.")


@click.group()
def admin() -> None:
    """Officials and their roles."""


@admin.command("add")
@click.argument("name")
@_role
@_area
@_by
def add(name: str, role: str, area: str, by: int) -> None:
    """Give a role to a new official NAME, or to a person by their number."""

    def work(connection: Connection, actor: Actor, now: int) -> int:
        known = int(name) if name.isdecimal() else 0
        number = known or persons.official(connection, actor, now, name, area)
        roles.appoint(connection, actor, now, number, Role(role), area)
        return number

    Terminal().say("admin.added", number=done(work, by))


@admin.command("code")
@click.argument("number", type=int)
@_by
def code(number: int, by: int) -> None:
    """Make a one-time code that ties a chat to the person of that NUMBER."""
    settings = here()
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    words = PeopleWords(settings.base_url, settings.telegram_name)

    def work(connection: Connection, actor: Actor, now: int) -> str:
        made = identity.make_code(connection, actor, now, vault, person=number)
        return words.code(stored.get(connection, [number])[number].name, made)

    click.echo(done(work, by))


@admin.command("list")
@_by
def listed(by: int) -> None:
    """Show every role held now."""
    words = Terminal()
    for one in done(lambda connection, actor, _now: roles.listed(connection, actor), by):
        area = one.area or words.text("admin.everywhere")
        words.say("admin.line", number=one.person, name=one.name, role=one.role, area=area)


@admin.command("end")
@click.argument("number", type=int)
@_role
@_area
@_by
def end(number: int, role: str, area: str, by: int) -> None:
    """Take a role away from the person of that NUMBER."""
    done(lambda one, actor, now: roles.end(one, actor, now, number, Role(role), area), by)
    Terminal().say("admin.ended")


@click.group()
def audit() -> None:
    """The trail of what was done by whom."""


@audit.command("verify")
def verify() -> None:
    """Say whether entries were changed or are missing."""
    database = Database(Settings().database_url)
    number, wrong = database.read_now(trail.verify)
    database.close()
    words = Terminal()
    if wrong is None:
        words.say("audit.whole", number=number)
        return
    words.say("audit.broken", number=number, id=wrong)
    sys.exit(1)
