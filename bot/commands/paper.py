"""`gocua print`: step sheets, posters and visit lists as PDF files."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from bot.commands.acting import by, done
from bot.core.guide import Guide
from bot.core.links import is_code
from bot.core.reminding import Calendar
from bot.core.rights import Actor
from bot.core.state import Guides
from bot.desk.rounds import on_paper
from bot.desk.words import DeskWords
from bot.guide_schema import GuideFile
from bot.holidays import days_off
from bot.installed import here
from bot.library import Library
from bot.paper import rounds, sheets
from bot.services.doors import week
from bot.terminal import Terminal
from storage import teams

_Make = Callable[[Guide, GuideFile, sheets.Target, sheets.Team], bytes]


@click.group("print")
def paper() -> None:
    """Paper."""


@dataclass(frozen=True, slots=True)
class _Speech:
    words: DeskWords
    guides: Guides

    def say(self, key: str, **values: object) -> str:
        return self.words.say(key, **values)


def _printed(make: _Make, guide: str, out: Path, code: str, team: sheets.Team) -> None:
    library, settings, terminal = Library(), here(), Terminal()
    found = next((one for one in library.guides if one.id == guide), None)
    if found is None:
        known = ", ".join(one.id for one in library.guides)
        raise terminal.fail("try_unknown", guide=guide, guides=known)
    if code and not is_code(code):
        raise terminal.fail("bad_code", code=code)
    target = sheets.Target(settings.base_url, settings.telegram_name, code)
    try:
        out.write_bytes(make(found, library.about[guide], target, team))
    except OSError as error:
        raise terminal.fail("not_written", path=out) from error
    terminal.say("printed", path=out, base=settings.base_url)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    @click.argument("guide")
    @click.option("--out", required=True, type=click.Path(path_type=Path), help="The PDF file.")
    @click.option("--code", default="", help="Of the hamlet or household; goes into the link.")
    @click.option("--team", default="", help="Name of the team.")
    @click.option("--phone", default="", help="Phone of the team.")
    @wraps(command)
    def wrapped(team: str, phone: str, **rest: Any) -> None:
        command(team=sheets.Team(team, phone), **rest)

    return wrapped


@paper.command()
@_options
def sheet(guide: str, out: Path, code: str, team: sheets.Team) -> None:
    """An A5 sheet with every step, to be left in a house."""
    _printed(sheets.sheet, guide, out, code, team)


@paper.command()
@_options
def poster(guide: str, out: Path, code: str, team: sheets.Team) -> None:
    """An A4 poster for a hamlet's wall."""
    _printed(sheets.poster, guide, out, code, team)


@paper.command()
@click.argument("team")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The PDF file.")
@click.option("--doors", "number", default=30, show_default=True, help="How many at most.")
@by
def visits(team: str, out: Path, number: int, by: int) -> None:
    """The week's doors of a team, A5, with boxes to tick and what to type for each."""
    settings, terminal, library = here(), Terminal(), Library()
    calendar = Calendar(ZoneInfo(settings.timezone), days_off())
    speech = _Speech(DeskWords(calendar), library.content())

    def work(connection: Connection, actor: Actor, now: int) -> rounds.Sheet:
        found = week(connection, actor, now, calendar, size=number, team=team)
        day = speech.words.day(calendar.week(now)[1])
        return on_paper(speech, found, teams.name_of(connection, team), day)

    made = rounds.sheet(done(work, by))
    try:
        out.write_bytes(made)
    except OSError as error:
        raise terminal.fail("not_written", path=out) from error
    terminal.say("visits_printed", path=out)
