"""`gocua data seen` and `breach`: who saw whom, and whose data a breach is about."""

import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.services import breaches
from bot.services.breaches import Breach
from bot.settings import Settings
from bot.terminal import Terminal
from storage.database import SECOND
from storage.sights import Asked, Look

_since = click.option(
    "--since", default="", help="From this moment on: 2026-11-26 or 2026-11-26T14:00."
)
_until = click.option("--until", default="", help="Before this moment; a day counts as a whole.")
_viewer = click.option("--viewer", type=int, default=0, help="Number of whoever looked.")


def _moment(text: str, *, end: bool = False) -> int:
    if not text:
        return 0
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(Settings().timezone))
    except ValueError as error:
        raise click.BadParameter(text) from error
    whole = timedelta(days=1) if end and len(text) == len("2026-11-26") else timedelta()
    return int((found + whole).timestamp()) * SECOND


def _line(one: Look) -> list[str]:
    at = datetime.fromtimestamp(one.at // SECOND, ZoneInfo(Settings().timezone))
    return [f"{at:%Y-%m-%d %H:%M}", str(one.viewer), str(one.person), one.what]


@click.command()
@click.option("--person", type=int, default=0, help="Number of who was looked at.")
@_viewer
@_since
@_until
@_by
def seen(person: int, viewer: int, since: str, until: str, by: int) -> None:
    """Show who saw a person, or whom a viewer saw; numbers only."""
    if not (person or viewer):
        raise Terminal().fail("looks.whom")
    asked = Asked(_moment(since), _moment(until, end=True), viewer, person)
    found = done(lambda one, actor, now: breaches.shown(one, actor, now, asked), by)
    sheet = csv.writer(sys.stdout)
    sheet.writerows([["at", "viewer", "person", "what"], *map(_line, found)])


@click.command()
@click.option("--area", default="", help="Only this place and below.")
@click.option("--list", "path", type=click.Path(path_type=Path), help="Write whom to tell here.")
@_viewer
@_since
@_until
@_by
def breach(area: str, path: Path | None, viewer: int, since: str, until: str, by: int) -> None:
    """Whose data: what is kept of a place, and whom something was shown of."""
    asked = Asked(_moment(since), _moment(until, end=True), viewer)
    found = done(lambda one, actor, now: breaches.examine(one, actor, now, asked, area), by)
    words, persons = Terminal(), found.persons
    words.say("looks.kept", **found.kept)
    closer = {what: sum(what in each for each in persons.values()) for what in _kinds(found)}
    words.say("looks.shown", persons=len(persons), viewers=len({one.viewer for one in found.looks}))
    for what, number in sorted(closer.items()):
        click.echo(f"  {words.text(f'looks.{what}')}: {number}")
    if len(found.looks) >= breaches.MOST:
        words.say("looks.more", most=breaches.MOST)
    if path:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = [[str(one), " ".join(sorted(what))] for one, what in sorted(persons.items())]
            csv.writer(file).writerows([["person", "what"], *rows])


def _kinds(found: Breach) -> set[str]:
    return {one.what for one in found.looks}
