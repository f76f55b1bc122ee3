"""`gocua announce draft|edit|correct|templates`: words, picture, places and times."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
from sqlalchemy import Connection

from bot.commands.acting import by, done
from bot.commands.noticing import notice_words, number, say
from bot.core.announcement import Content, Kind, Way
from bot.core.rights import Actor
from bot.services import announcements as service
from bot.services import notice_pictures
from storage.database import SECOND

_F = TypeVar("_F", bound=Callable[..., Any])
_TIME = "%Y-%m-%d %H:%M"
_WAYS = click.Choice([one.value for one in Way])
_OPTIONS = (
    click.option("--area", "areas", multiple=True, help='Code; "*" for everywhere.'),
    click.option("--way", "ways", multiple=True, type=_WAYS, help="Kind of groups."),
    click.option("--channel", "channels", multiple=True, help="Write to persons by it."),
    click.option("--urgent/--calm", default=None, help="Also at night, before other bulk."),
    click.option("--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("--at", "send_at", type=click.DateTime([_TIME]), help="Not before; local time."),
    click.option("--expires", "expires_at", type=click.DateTime([_TIME]), help="Not after."),
)


def _options(command: _F) -> _F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _fields(
    connection: Connection, actor: Actor, now: int, given: dict[str, Any]
) -> dict[str, Any]:
    """What was given, as the content has it."""
    fields = {name: value for name, value in given.items() if value not in (None, ())}
    if "ways" in fields:
        fields["ways"] = tuple(map(Way, fields["ways"]))
    for name in {"send_at", "expires_at"} & fields.keys():
        fields[name] = _moment(fields[name])
    if path := fields.get("picture"):
        fields["picture"] = notice_pictures.add(connection, actor, now, path.read_bytes())
    return fields


def _moment(local: datetime) -> int:
    return int(local.replace(tzinfo=notice_words().zone).timestamp()) * SECOND


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@_options
@by
def draft(file: TextIO, by: int, **given: Any) -> None:
    """Draft an announcement from a text file (- for standard input)."""
    words = file.read().strip()

    def work(connection: Connection, actor: Actor, now: int) -> int:
        content = Content(words, **_fields(connection, actor, now, given))
        return service.compose(connection, actor, now, content)

    say("drafted", number=done(work, by))


@click.command()
@number
@click.option("--text", type=click.File(encoding="utf-8"), help="File with the new words.")
@_options
@by
def edit(number: int, text: TextIO | None, by: int, **given: Any) -> None:
    """Change what was given and leave the rest; an approval is void by that."""
    words = text.read().strip() if text else None

    def work(connection: Connection, actor: Actor, now: int) -> None:
        kept = service.see(connection, actor, number)
        fields = _fields(connection, actor, now, {**given, "text": words})
        service.edit(connection, actor, now, number, kept.version, **fields)

    done(work, by)
    say("edited", number=number)


@click.command()
@number
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--withdraw", is_flag=True, help="Take it back instead of correcting it.")
@click.option("--template", default="", help="Words to begin with; see `templates`.")
@by
def correct(number: int, file: TextIO | None, template: str, by: int, *, withdraw: bool) -> None:
    """Draft a correction to those who got it or may have; what waits is dropped at once."""
    kind = Kind.CANCEL if withdraw else Kind.UPDATE
    words = file.read().strip() if file else notice_words().templates(kind).get(template, "")
    if not words:
        raise click.UsageError("FILE or a known --template")
    made = done(lambda one, actor, now: service.correct(one, actor, now, number, kind, words), by)
    say("drafted", number=made)


@click.command()
def templates() -> None:
    """Show the words a correction or withdrawal may begin with."""
    for kind in (Kind.UPDATE, Kind.CANCEL):
        for name, text in notice_words().templates(kind).items():
            say("template", kind=kind, name=name, text=text)
