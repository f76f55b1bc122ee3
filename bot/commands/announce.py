"""`gocua announce` and `gocua group`: announcements from the terminal, with the rights of
whoever is named by --by (a person's number), else those of the terminal."""

from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from bot.commands.acting import by as _by
from bot.commands.acting import done as _done
from bot.core.announcement import Content, Kind, State, Way
from bot.core.rights import Actor
from bot.library import Library
from bot.notice_checks import check
from bot.notice_sheets import rows, save
from bot.notice_words import NoticeWords
from bot.services import announcements as service
from bot.services import groups as group_service
from bot.settings import Settings
from bot.terminal import Terminal
from storage import announcements, recipients
from storage.announcements import Kept

_number = click.argument("number", type=int)


def _say(key: str, **values: object) -> None:
    Terminal().say(f"announce.{key}", **values)


@click.group()
def announce() -> None:
    """Official announcements."""


@announce.command("draft")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--area", "areas", multiple=True, required=True, help='Code; "*" for everywhere.')
@click.option("--way", "ways", multiple=True, type=click.Choice([one.value for one in Way]))
@click.option("--channel", "channels", multiple=True, help="Write to persons by this channel.")
@click.option("--urgent", is_flag=True)
@_by
def draft(
    file: TextIO,
    areas: tuple[str, ...],
    ways: tuple[str, ...],
    channels: tuple[str, ...],
    by: int,
    *,
    urgent: bool,
) -> None:
    """Draft an announcement from a text file (- for standard input)."""
    words = file.read().strip()
    content = Content(
        words, areas=areas, ways=tuple(map(Way, ways)), channels=channels, urgent=urgent
    )
    made = _done(lambda one, actor, now: service.compose(one, actor, now, content), by)
    _say("drafted", number=made)


@announce.command("list")
def listed() -> None:
    """Show the newest fifty."""
    kept = _done(lambda one, _actor, _now: announcements.latest(one, tuple(State), 50))
    for one in kept:
        first = one.content.text.split("\n")[0][:60]
        _say("line", id=one.id, number=one.number, state=one.state, text=first)


@announce.command("show")
@_number
def show(number: int) -> None:
    """Show one: its text, its digest and what became of its copies."""

    def work(connection: Connection, actor: Actor, _now: int) -> tuple[Kept, dict[str, int]]:
        return service.see(connection, actor, number), recipients.counts(connection, number)

    kept, counts = _done(work)
    shown = ", ".join(f"{state} {many}" for state, many in sorted(counts.items()))
    _say("shown", id=kept.id, state=kept.state, code=kept.code, digest=kept.digest, counts=shown)
    click.echo(kept.content.text)


@announce.command("check")
@_number
@_by
def checked(number: int, by: int) -> None:
    """Say what is wrong with it, and what only a person can judge."""

    def work(connection: Connection, actor: Actor, _now: int) -> tuple[Kept, list[int]]:
        kept = service.see(connection, actor, number)
        return kept, announcements.same_text(connection, kept.content, number)

    kept, same = _done(work, by)
    found, words = check(kept.content), Terminal()
    sentences = {**Library().messages.checks, "personal": words.text("announce.personal")}
    for one in found:
        kind = "warning" if one.warning else "fault"
        said = sentences[one.code].format(**one.values)
        words.say(kind, file=number, line=one.line, text=said)
    if same:
        _say("same", numbers=", ".join(map(str, same)))
    if not found:
        _say("clean")


@announce.command("submit")
@_number
@_by
def submit(number: int, by: int) -> None:
    """Ask for approval; says how many groups it goes to."""
    groups, all_of_them = _done(lambda one, actor, now: service.submit(one, actor, now, number), by)
    _say("submitted", groups=groups, recipients=all_of_them)


@announce.command("approve")
@_number
@click.option("--groups", type=int, required=True, help="How many groups it goes to.")
@click.option("--digest", required=True, help="Of what was looked at; `show` prints it.")
@click.option("--break-glass", "glass", default="", help="Reason for approving own work.")
@_by
def approve(number: int, groups: int, digest: str, glass: str, by: int) -> None:
    """Approve somebody else's and let it go."""
    kept = _done(
        lambda one, actor, now: service.approve(one, actor, now, number, digest, groups, glass),
        by,
    )
    _say("approved", id=kept.id)


@announce.command("return")
@_number
@click.option("--reason", required=True)
@click.option("--for-good", is_flag=True, help="Reject.")
@_by
def send_back(number: int, reason: str, by: int, *, for_good: bool) -> None:
    """Send it back to its author, or reject it."""
    _done(
        lambda one, actor, now: service.send_back(
            one, actor, now, number, reason, for_good=for_good
        ),
        by,
    )
    _say("done")


@announce.command("pause")
@_number
@_by
def pause(number: int, by: int) -> None:
    """Hold back what has not left."""
    _done(lambda one, actor, now: service.pause(one, actor, now, number), by)
    _say("done")


@announce.command("resume")
@_number
@_by
def resume(number: int, by: int) -> None:
    """Go on."""
    _done(lambda one, actor, now: service.resume(one, actor, now, number), by)
    _say("done")


@announce.command("resend")
@_number
@_by
def resend(number: int, by: int) -> None:
    """Once more to those who certainly did not get it."""
    copies = _done(lambda one, actor, now: service.resend(one, actor, now, number), by)
    _say("resent", copies=copies)


@announce.command("correct")
@_number
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--withdraw", is_flag=True, help="Take it back instead of correcting it.")
@_by
def correct(number: int, file: TextIO, by: int, *, withdraw: bool) -> None:
    """Draft a correction to those who got it or may have; what waits is dropped at once."""
    words, kind = file.read().strip(), Kind.CANCEL if withdraw else Kind.UPDATE
    made = _done(lambda one, actor, now: service.correct(one, actor, now, number, kind, words), by)
    _say("drafted", number=made)


@announce.command("excel")
@_number
@click.argument("path", type=click.Path(path_type=Path))
@_by
def excel(number: int, path: Path, by: int) -> None:
    """Write who has it, who does not, why and what to do."""
    settings = Settings()
    words = NoticeWords(settings.base_url, ZoneInfo(settings.timezone))

    def work(connection: Connection, actor: Actor, _now: int) -> list[list[str]]:
        service.see(connection, actor, number)
        return rows(connection, words, number)

    table = _done(work, by)
    save(table, path)
    _say("written", rows=len(table) - 1, path=path)


@click.group()
def group() -> None:
    """Neighbourhood groups."""


@group.command("add")
@click.argument("code")
@click.option("--area", required=True)
@click.option("--way", type=click.Choice([one.value for one in Way]), required=True)
@click.option("--name", required=True)
@_by
def add(code: str, area: str, way: str, name: str, by: int) -> None:
    """Register a group."""
    _done(
        lambda one, actor, now: group_service.register(one, actor, now, code, area, Way(way), name),
        by,
    )
    _say("done")


@group.command("code")
@click.argument("code")
@_by
def claim_code(code: str, by: int) -> None:
    """Print the code a known member posts in the group within a day."""
    made = _done(lambda one, actor, now: group_service.claim_code(one, actor, now, code), by)
    _say("claim", code=made)


@group.command("list")
@_by
def health(by: int) -> None:
    """Say which groups cannot receive, and why."""
    settings = Settings()
    words = NoticeWords(settings.base_url, ZoneInfo(settings.timezone))
    found = _done(lambda one, actor, _now: service.health(one, actor), by)
    troubled = [one for one in found if one.trouble]
    _say("health", troubled=len(troubled), groups=len(found))
    for one in troubled:
        what, do = words.reason(one.trouble)
        _say("group", code=one.code, name=one.name, what=what, do=do)
