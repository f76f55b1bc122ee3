"""`gocua doctor` and `db`: looking after an installation."""

import json
import sys
from collections.abc import Sequence

import click

from bot import doctor_live
from bot.doctor import Finding, examine
from bot.installed import here
from bot.settings import Settings
from bot.terminal import Terminal
from storage import schema
from storage.database import Database


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--offline", is_flag=True, help="Ask no platform.")
def doctor(*, as_json: bool, offline: bool) -> None:
    """Say what is well, what is not and what to do."""
    settings = here()
    database = Database(settings.database_url)
    findings = examine(settings, database)
    if not offline:
        findings += doctor_live.examine(settings)
    database.close()
    if as_json:
        click.echo(json.dumps([_plain(one) for one in findings], ensure_ascii=False))
    else:
        _report(findings)
    sys.exit(0 if all(one.ok for one in findings) else 1)


def _plain(one: Finding) -> dict[str, object]:
    """With what to do in words, as whoever reads the report sees it."""
    words = Terminal()
    title = one.title or words.text(f"doctor.{one.name}")
    do = "" if one.ok else one.do or words.text(f"advice.{one.name}")
    return {"name": one.name, "value": one.value, "ok": one.ok, "title": title, "do": do}


def _report(findings: Sequence[Finding]) -> None:
    terminal = Terminal()
    for one in findings:
        title = one.title or terminal.text(f"doctor.{one.name}")
        click.echo(f"{'✓' if one.ok else '✗'} {title}: {one.value}")
        if not one.ok:
            click.echo(f"    → {one.do or terminal.text(f'advice.{one.name}')}")


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date."""
    database = Database(Settings().database_url)
    try:
        database.write_now(schema.upgrade)
    finally:
        database.close()
    Terminal().say("upgraded", head=schema.head())
