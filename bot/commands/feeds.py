"""`gocua announce feed`: official sites whose news become drafts."""

import click

from bot.commands.acting import by, done
from bot.commands.noticing import notice_words, number, say
from bot.services import feeds as feed_service


@click.group()
def feed() -> None:
    """Feeds of official sites, whose news become drafts."""


@feed.command("add")
@click.argument("url")
@click.option("--area", "areas", multiple=True, required=True, help='Code; "*" for everywhere.')
@by
def feed_add(url: str, areas: tuple[str, ...], by: int) -> None:
    """Read an RSS or Atom feed every half an hour from now on."""
    made = done(lambda one, actor, now: feed_service.add(one, actor, now, url, areas), by)
    say("feed_added", feed=made)


@feed.command("remove")
@number
@by
def feed_remove(number: int, by: int) -> None:
    """Read it no more; its drafts stay."""
    done(lambda one, actor, now: feed_service.remove(one, actor, now, number), by)
    say("done")


@feed.command("list")
@by
def feed_list(by: int) -> None:
    """Show them, and why one cannot be read."""
    words = notice_words()
    for one in done(lambda connection, actor, _now: feed_service.listed(connection, actor), by):
        read = words.moment(one.read_at)
        say("feed", feed=one.id, url=one.url, read=read, error=words.feed_error(one.error))
