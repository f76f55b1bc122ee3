"""`gocua keys`: a new GOCUA_SECRET_KEY in place of an old one."""

import sys
from collections.abc import Callable

import click
from sqlalchemy import Connection

from bot.core.rights import terminal
from bot.services import keys as service
from bot.services.keys import Rotation, Write
from bot.settings import Settings
from bot.terminal import Terminal
from bot.vault import Vault, vault_of
from storage import schema
from storage.database import Database


@click.group()
def keys() -> None:
    """The key that seals phones and tokens."""


@keys.command()
def rotate() -> None:
    """Seal anew with the first word of GOCUA_SECRET_KEY; the service may be running."""
    _whole("rotated", lambda write, vault, _: service.rotate(write, vault))


@keys.command()
@click.confirmation_option()
def finish() -> None:
    """With the service stopped: from now on the old word is not needed any more."""
    _whole("finished", service.finish)


def _whole(step: str, work: Callable[[Write, Vault, Vault], Rotation]) -> None:
    settings, words = Settings(), Terminal()
    first, comma, _ = settings.secret_key.get_secret_value().partition(",")
    if not comma:
        raise words.fail("keys.one")
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    database = Database(settings.database_url)
    database.write_now(schema.upgrade)

    def noted(connection: Connection) -> None:
        service.note(connection, terminal(), database.now(connection), step, done)

    try:
        done = work(database.write_now, vault, Vault(first))
        database.write_now(noted)
    finally:
        database.close()
    words.say(f"keys.{step}", seen=done.seen, renewed=done.renewed, lost=done.lost)
    sys.exit(1 if done.lost else 0)
