"""`gocua announce`: announcements from the terminal, with the rights of whoever is named by --by
(a person's number), else those of the terminal."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.commands.acting import by, done
from bot.commands.noticing import notice_words, number, say
from bot.core.announcement import State
from bot.core.rights import Actor
from bot.library import Library
from bot.notice_checks import check
from bot.notice_sheets import rows, save
from bot.services import announcements as service
from bot.terminal import Terminal
from storage import amendments, announcements, recipients
from storage.announcements import Kept
from storage.recipients import Line

Counts = dict[str, int]


@click.group()
def announce() -> None:
    """Official announcements."""


@announce.command("list")
def listed() -> None:
    """Show the newest fifty."""
    kept = done(lambda one, _actor, _now: announcements.latest(one, tuple(State), 50))
    for one in kept:
        first = one.content.text.split("\n")[0][:60]
        say("line", id=one.id, number=one.number, state=one.state, text=first)


@announce.command("show")
@number
def show(number: int) -> None:
    """Show one: its text, its digest and what became of its copies."""

    def work(connection: Connection, actor: Actor, _now: int) -> tuple[Kept, Counts, Counts]:
        kept = service.see(connection, actor, number)
        edits = amendments.counts(connection, number)
        changed = {" ".join(filter(None, key)): many for key, many in edits.items()}
        return kept, recipients.counts(connection, number), changed

    kept, counts, changed = done(work)
    shown = _listed(counts)
    say("shown", id=kept.id, state=kept.state, code=kept.code, digest=kept.digest, counts=shown)
    if changed:
        say("amended", counts=_listed(changed))
    click.echo(kept.content.text)


def _listed(counts: Counts) -> str:
    return ", ".join(f"{name} {many}" for name, many in sorted(counts.items()))


@announce.command("check")
@number
@by
def checked(number: int, by: int) -> None:
    """Say what is wrong with it, and what only a person can judge."""

    def work(connection: Connection, actor: Actor, _now: int) -> tuple[Kept, list[int]]:
        kept = service.see(connection, actor, number)
        return kept, announcements.same_text(connection, kept.content, number)

    kept, same = done(work, by)
    found, words = check(kept.content), Terminal()
    sentences = {**Library().messages.checks, "personal": words.text("announce.personal")}
    for one in found:
        kind = "warning" if one.warning else "fault"
        said = sentences[one.code].format(**one.values)
        words.say(kind, file=number, line=one.line, text=said)
    if same:
        say("same", numbers=", ".join(map(str, same)))
    if not found:
        say("clean")


@announce.command("submit")
@number
@by
def submit(number: int, by: int) -> None:
    """Ask for approval; says how many groups it goes to, and which cannot receive."""

    def work(connection: Connection, actor: Actor, now: int) -> tuple[int, int, list[Line]]:
        sizes = service.submit(connection, actor, now, number)
        return *sizes, recipients.lines(connection, number, ["skipped"])

    groups, all_of_them, left_out = done(work, by)
    say("submitted", groups=groups, recipients=all_of_them)
    _say_left_out(groups, left_out)


def _say_left_out(groups: int, lines: Sequence[Line]) -> None:
    """How many groups cannot receive, and how many recipients for each reason."""
    troubled = sum(one.target.startswith("group:") for one in lines)
    if troubled:
        say("health", troubled=troubled, groups=groups)
    words = notice_words()
    for reason, many in sorted(Counter(one.reason for one in lines).items()):
        what, do = words.reason(reason)
        say("left_out", number=many, what=what, do=do)


@announce.command("approve")
@number
@click.option("--groups", type=int, required=True, help="How many groups it goes to.")
@click.option("--digest", required=True, help="Of what was looked at; `show` prints it.")
@click.option("--break-glass", "glass", default="", help="Reason for approving own work.")
@by
def approve(number: int, groups: int, digest: str, glass: str, by: int) -> None:
    """Approve somebody else's and let it go."""
    kept = done(
        lambda one, actor, now: service.approve(one, actor, now, number, digest, groups, glass),
        by,
    )
    say("approved", id=kept.id)


@announce.command("return")
@number
@click.option("--reason", required=True)
@click.option("--for-good", is_flag=True, help="Reject.")
@by
def send_back(number: int, reason: str, by: int, *, for_good: bool) -> None:
    """Send it back to its author, or reject it."""
    done(
        lambda one, actor, now: service.send_back(
            one, actor, now, number, reason, for_good=for_good
        ),
        by,
    )
    say("done")


@announce.command("pause")
@number
@by
def pause(number: int, by: int) -> None:
    """Hold back what has not left."""
    done(lambda one, actor, now: service.pause(one, actor, now, number), by)
    say("done")


@announce.command("resume")
@number
@by
def resume(number: int, by: int) -> None:
    """Go on."""
    done(lambda one, actor, now: service.resume(one, actor, now, number), by)
    say("done")


@announce.command("resend")
@number
@by
def resend(number: int, by: int) -> None:
    """Once more to those who certainly did not get it."""
    copies = done(lambda one, actor, now: service.resend(one, actor, now, number), by)
    say("resent", copies=copies)


@announce.command("excel")
@number
@click.argument("path", type=click.Path(path_type=Path))
@by
def excel(number: int, path: Path, by: int) -> None:
    """Write who has it, who does not, why and what to do."""
    words = notice_words()

    def work(connection: Connection, actor: Actor, _now: int) -> list[list[str]]:
        service.see(connection, actor, number)
        return rows(connection, words, number)

    table = done(work, by)
    save(table, path)
    say("written", rows=len(table) - 1, path=path)
