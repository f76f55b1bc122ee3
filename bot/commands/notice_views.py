"""`gocua announce preview|reach|try|calls|review|hand-over`: what comes of an announcement."""

from pathlib import Path

import click
from sqlalchemy import Connection

from bot.channels.registry import intervals
from bot.commands.acting import by, done
from bot.commands.noticing import notice_words, number, say
from bot.core.rights import Actor
from bot.installed import here
from bot.notice_sheets import calls as call_rows
from bot.notice_sheets import save
from bot.services import announcements as service
from bot.services import outlook as outlook_service
from bot.services.outlook import Outlook, Shown


@click.command()
@number
@by
def preview(number: int, by: int) -> None:
    """Show it as each kind of group and each channel will."""
    words = notice_words()

    def work(connection: Connection, actor: Actor, _now: int) -> list[Shown]:
        return outlook_service.previews(connection, words, service.see(connection, actor, number))

    for one in done(work, by):
        say("preview_group" if one.group else "preview_person", way=one.way)
        for message in one.messages:
            if message.picture:
                say("preview_picture")
            click.echo(message.text)
            for choice in message.choices:
                click.echo(f"  [ {choice.label} ]")


@click.command()
@number
@by
def reach(number: int, by: int) -> None:
    """Say whom it would reach now, whom not and why, and when the last copy would have left."""
    words, rates = notice_words(), intervals(telegram_paid=here().telegram_paid_broadcast)

    def work(connection: Connection, actor: Actor, now: int) -> Outlook:
        kept = service.see(connection, actor, number)
        return outlook_service.outlook(connection, words, kept.content, rates, now)

    found = done(work, by)
    say(
        "reach",
        groups=found.groups,
        people=found.people,
        reached_groups=found.groups - found.groups_left_out,
        reached_people=found.people - found.people_left_out,
        begins=words.moment(found.begins_at),
        ends=words.moment(found.ends_at),
    )
    if found.groups_left_out:
        say("health", troubled=found.groups_left_out, groups=found.groups)
    for one in found.tallies:
        if one.reason:
            what, do = words.reason(one.reason)
            say("left_out", number=one.number, what=what, do=do)


@click.command("try")
@number
@by
def try_out(number: int, by: int) -> None:
    """Send it to the chats of the person named by --by, and to nobody else."""
    words = notice_words()
    chats = done(
        lambda one, actor, now: outlook_service.try_out(one, actor, now, number, words), by
    )
    say("tried", chats=chats)


@click.command()
@number
@click.argument("path", type=click.Path(path_type=Path))
@by
def calls(number: int, path: Path, by: int) -> None:
    """Write whom to call or visit: everybody it did not reach, place by place."""
    words = notice_words()

    def work(connection: Connection, actor: Actor, _now: int) -> list[list[str]]:
        found = outlook_service.calls(connection, actor, number)
        return call_rows(connection, words, found)

    table = done(work, by)
    save(table, path)
    say("written", rows=len(table) - 1, path=path)


@click.command()
@number
@click.option("--words", "said", required=True, help="What was found.")
@by
def review(number: int, said: str, by: int) -> None:
    """Look at one that was approved by breaking the glass."""
    done(lambda one, actor, now: service.review(one, actor, now, number, said), by)
    say("done")


@click.command("hand-over")
@number
@click.option("--copy", type=int, required=True, help="Number of the copy in the relay request.")
@click.option("--to", "person", type=int, required=True, help="Number of the other member.")
@by
def hand_over(number: int, copy: int, person: int, by: int) -> None:
    """Give a relay copy that is not posted to another member."""
    done(lambda one, actor, now: service.hand_over(one, actor, now, number, copy, person), by)
    say("done")
