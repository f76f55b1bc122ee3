"""`gocua group`: neighbourhood groups, from the terminal."""

import click

from bot.commands.acting import by, done
from bot.commands.noticing import notice_words, say
from bot.core.announcement import Way
from bot.services import groups as group_service


@click.group()
def group() -> None:
    """Neighbourhood groups."""


@group.command("add")
@click.argument("code")
@click.option("--area", required=True)
@click.option("--way", type=click.Choice([one.value for one in Way]), required=True)
@click.option("--name", required=True)
@by
def add(code: str, area: str, way: str, name: str, by: int) -> None:
    """Register a group."""
    done(
        lambda one, actor, now: group_service.register(one, actor, now, code, area, Way(way), name),
        by,
    )
    say("done")


@group.command("code")
@click.argument("code")
@by
def claim_code(code: str, by: int) -> None:
    """Print the code a known member posts in the group within a day."""
    made = done(lambda one, actor, now: group_service.claim_code(one, actor, now, code), by)
    say("claim", code=made)


@group.command("list")
@by
def health(by: int) -> None:
    """Say which groups cannot receive, which are silent, and what to do."""
    words = notice_words()
    found = done(group_service.watch, by)
    say("health", troubled=sum(not one.reached for one in found), groups=len(found))
    for one in found:
        if one.why:
            what, do = words.reason(one.why)
            say("group", code=one.group.code, name=one.group.name, what=what, do=do)
