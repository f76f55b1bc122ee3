"""`gocua import`: lists of areas, teams, members, households and groups from spreadsheets."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.commands.acting import by as _by
from bot.commands.acting import done
from bot.core.rights import Actor
from bot.core.tabular import Reading
from bot.import_forms import SHIPPED, ImportForms
from bot.services import imports
from bot.services.imports import COLUMNS, Kind, Report
from bot.settings import Settings
from bot.spreadsheets import SheetError
from bot.terminal import Terminal
from bot.vault import vault_of

_MOST_SHOWN = 50
_TELL_EVERY = 20_000


@click.command("import")
@click.argument("kind", type=click.Choice([one.value for one in Kind]))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--template", is_flag=True, help="Write an empty list with examples to the file.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@_by
def take_over(kind: str, path: Path, by: int, *, template: bool, dry_run: bool) -> None:
    """Take over a list from Excel or CSV: all of it or nothing."""
    forms, asked = ImportForms(), Kind(kind)
    if template:
        _write_template(forms, asked, path)
        return
    reading = _read(forms, asked, path)
    settings = Settings()
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)

    def work(connection: Connection, actor: Actor, now: int) -> Report:
        return imports.run(connection, actor, now, vault, asked, reading, dry_run=dry_run)

    _tell(forms, done(work, by), dry_run=dry_run)


def _write_template(forms: ImportForms, kind: Kind, path: Path) -> None:
    try:
        forms.save_template(kind, path)
    except OSError as error:
        raise Terminal().fail("not_written", path=path) from error
    click.echo(forms.say("template", title=forms.title(kind), path=path))


def _read(forms: ImportForms, kind: Kind, path: Path) -> Reading:
    def told(row: int) -> None:
        if row % _TELL_EVERY == 0:
            click.echo(forms.say("reading", row=row), err=True)

    shipped = SHIPPED / f"{path}.csv"
    try:
        data = (path if path.exists() or not shipped.exists() else shipped).read_bytes()
        return forms.read(kind, COLUMNS[kind], data, told)
    except SheetError as error:
        raise click.ClickException(forms.unread(error)) from error
    except OSError as error:
        raise Terminal().fail("not_read", path=path) from error


def _tell(forms: ImportForms, report: Report, *, dry_run: bool) -> None:
    if report.unread:
        click.echo(forms.say("unread", columns=", ".join(report.unread)))
    if report.faults:
        _lines([forms.fault(report.kind, one) for one in report.faults], forms)
        raise click.ClickException(forms.say("faults", number=len(report.faults)))
    for line in forms.counted(report.counts):
        click.echo(line)
    if report.left:
        click.echo(forms.say("left"))
        _lines([forms.left(report.kind, one) for one in report.left], forms)
    click.echo(forms.say("dry" if dry_run else "saved", title=forms.title(report.kind)))


def _lines(lines: Sequence[str], forms: ImportForms) -> None:
    for line in lines[:_MOST_SHOWN]:
        click.echo(f"  {line}")
    if len(lines) > _MOST_SHOWN:
        click.echo("  " + forms.say("more", number=len(lines) - _MOST_SHOWN))
