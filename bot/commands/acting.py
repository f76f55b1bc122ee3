"""What commands share that do something for somebody: whose rights, one transaction, and a
refusal in words."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy import Connection

from bot.core.rights import Actor, terminal
from bot.services.access import Refused
from bot.settings import Settings
from bot.terminal import Terminal
from storage import schema, teams
from storage.database import Database

_T = TypeVar("_T")
by = click.option("--by", type=int, default=0, help="Number of the person who does it.")


def done(work: Callable[[Connection, Actor, int], _T], by: int = 0) -> _T:
    """One transaction with the actor's rights; without a person, those of the terminal."""
    database = Database(Settings().database_url)
    database.write_now(schema.upgrade)

    def whole(connection: Connection) -> _T:
        actor = teams.actors(connection, [by], "terminal")[by] if by else terminal()
        return work(connection, actor, database.now(connection))

    try:
        return database.write_now(whole)
    except Refused as refused:
        words = Terminal()
        why = words.text(f"refused.{refused.reason}", **refused.values) or refused.reason
        raise words.fail("refusal", why=why) from refused
    finally:
        database.close()
