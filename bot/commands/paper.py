"""`gocua print`: step sheets and posters as PDF files."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bot.core.guide import Guide
from bot.core.links import is_code
from bot.guide_schema import GuideFile
from bot.library import Library
from bot.paper import sheets
from bot.settings import Settings
from bot.terminal import Terminal

_Make = Callable[[Guide, GuideFile, sheets.Target, sheets.Team], bytes]


@click.group("print")
def paper() -> None:
    """Paper."""


def _printed(make: _Make, guide: str, out: Path, code: str, team: sheets.Team) -> None:
    library, settings, terminal = Library(), Settings(), Terminal()
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
