"""`gocua report`: the weekly report as Excel and PDF, goals, and where people get stuck."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.core.rights import EVERYWHERE, Actor
from bot.core.weeks import Week, day_of, of_day
from bot.core.weeks import read as read_week
from bot.library import Library
from bot.report_files import excel, pdf
from bot.report_forms import ReportForm
from bot.services import figures, funnels, reports
from bot.services.access import Problem, Refused
from bot.services.reports import Kept, Now
from bot.settings import Settings
from bot.terminal import Terminal
from storage.database import DAY
from storage.reports import Aim

_area = click.option("--area", default=EVERYWHERE, help="Code of the place; everywhere without it.")


@click.group()
def report() -> None:
    """Weekly reports, goals, and where people get stuck."""


def _zone() -> ZoneInfo:
    return ZoneInfo(Settings().timezone)


def _wanted(text: str, now: int) -> Week:
    """The week that is named, else the last one that is over."""
    if not text:
        return of_day(day_of(now, _zone()) - timedelta(days=7))
    if (week := read_week(text)) is None:
        raise Refused(Problem.BAD_VALUE)
    return week


@report.command()
@_area
@click.option("--week", "named", default="", help="Such as 2027-W02; the last one without it.")
@click.option("--version", default=0, help="An earlier version of a report that was made anew.")
@click.option("--anew", is_flag=True, help="Count once more, as a further version.")
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write it as Excel.")
@click.option("--pdf", "paper", type=click.Path(path_type=Path), help="Write it as PDF.")
@_by
def week(
    area: str,
    named: str,
    version: int,
    xlsx: Path | None,
    paper: Path | None,
    by: int,
    *,
    anew: bool,
) -> None:
    """Report a week of a place; kept once it is over, so it stays the same."""
    today, library = ReportForm(), Library()

    def work(connection: Connection, actor: Actor, now: int) -> Kept:
        made = Now(now, _zone(), today.catalogue(library), today.plain())
        asked = _wanted(named, now)
        if anew:
            return reports.anew(connection, actor, made, area, asked)
        return reports.weekly(connection, actor, made, area, asked, version=version)

    kept = done(work, by)
    form = ReportForm(kept.form)
    for path, make in ((xlsx, excel), (paper, pdf)):
        if path:
            _write(path, make(form.report(kept.figures)))
            click.echo(form.say("written", path=path))
    if not (xlsx or paper):
        _show(form, kept)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Terminal().fail("not_written", path=path) from error


def _show(form: ReportForm, kept: Kept) -> None:
    made = form.report(kept.figures)
    for line in (f"{made.title}: {made.place}", made.period, made.draft, *form.lines(kept.figures)):
        if line:
            click.echo(line)
    for note in made.notes:
        click.echo(note)


@report.command("list")
@_area
@_by
def listed(area: str, by: int) -> None:
    """Show which weeks are kept."""
    form = ReportForm()
    found = done(lambda one, actor, _now: reports.kept(one, actor, area), by)
    for name, version in found:
        click.echo(form.say("kept", week=name, version=version))
    if not found:
        click.echo(form.say("none"))


@report.command()
@click.argument("area")
@click.argument("guide")
@click.option("--number", default=0, help="So many persons verified.")
@click.option("--due", default="", help="By that day, such as 2027-06-30.")
@click.option("--base", default=0, help="Official count of those it is for.")
@click.option("--source", default="", help="Whose count it is.")
@click.option("--day", default="", help="Of which day the count is.")
@_by
def goal(
    area: str, guide: str, number: int, due: str, base: int, source: str, day: str, by: int
) -> None:
    """Set a goal, an official count, or both; nothing takes them back."""
    aim = Aim(area, guide, number, due, base, source, day)
    done(lambda one, actor, now: figures.set_goal(one, actor, now, _zone(), aim), by)
    click.echo(ReportForm().say("goal"))


@report.command()
@click.argument("guide")
@_area
@click.option("--days", default=30, show_default=True)
@_by
def stuck(guide: str, area: str, days: int, by: int) -> None:
    """Show where people get stuck in a guide, step by step."""
    library, form = Library(), ReportForm()
    found = next((one for one in library.guides if one.id == guide), None)
    if found is None:
        known = ", ".join(one.id for one in library.guides)
        raise Terminal().fail("try_unknown", guide=guide, guides=known)

    def work(connection: Connection, actor: Actor, now: int) -> list[funnels.Step]:
        return funnels.funnel(connection, actor, now, found, now - days * DAY, area)

    labels = form.catalogue(library).labels
    for one in done(work, by):
        had = "; ".join(f"{labels[f'{guide} {item}']} ({number})" for item, number in one.troubles)
        counts = {"passed": one.passed, "stuck": one.stuck, "rest": one.rest}
        click.echo(form.say("step", item=labels[f"{guide} {one.item}"], troubles=had, **counts))
