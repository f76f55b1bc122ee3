"""The console script `gocua`. Each command is a few calls; what it says is in terminal.yaml."""

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click
import uvicorn

from bot import logs
from bot.core.conversation import advance
from bot.core.effects import Say
from bot.core.events import Event, GuideStarted, TextReceived
from bot.core.secrets import mask
from bot.core.state import Conversation, from_plain, to_plain
from bot.demo import places
from bot.doctor import examine
from bot.guide_checks import check
from bot.library import GUIDES, Library, guide_folders
from bot.settings import Settings
from bot.terminal import Terminal
from bot.wiring import Role, Wiring
from storage import archive, people, schema
from storage.database import Database

_GRACE_SECONDS = 5


@click.group()
@click.version_option(package_name="gocua", message="%(version)s")
def main() -> None:
    """Gõ Cửa."""


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """SQLite belongs to one process: a second one would take its sends for dead ones."""
    if not settings.database_url.startswith("sqlite"):
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "lock").open("w") as lock:
        _lock(lock, settings)
        yield


def _lock(lock: IO[str], settings: Settings) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Terminal().fail("locked", folder=settings.data_dir) from error


def _serve(settings: Settings, role: Role, host: str, port: int, *, demo: bool = False) -> None:
    from webhooks.app import create_app  # commands without a server start fast

    logs.set_up()
    if (
        settings.telegram_token.get_secret_value()
        and not settings.telegram_webhook_secret.get_secret_value()
    ):
        raise Terminal().fail("no_secret")
    with _alone(settings):
        wiring = Wiring(settings, role)
        wiring.migrate()
        if demo:
            _seed(wiring, settings)
        uvicorn.run(
            create_app(wiring),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )


def _seed(wiring: Wiring, settings: Settings) -> None:
    found = places()
    wiring.database.write_now(lambda connection: people.seed(connection, found))
    Terminal().say(
        "demo",
        base=settings.base_url,
        folder=settings.data_dir,
        areas=len(found["areas"]),
        teams=len(found["teams"]),
        households=len(found["households"]),
    )


_host = click.option("--host", default="127.0.0.1", show_default=True)
_port = click.option("--port", default=8000, show_default=True)


@main.command()
@click.option("--role", type=click.Choice(["all", "web", "worker"]), default="all")
@_host
@_port
def serve(role: Role, host: str, port: int) -> None:
    """Run the service."""
    _serve(Settings(), role, host, port)


@main.command()
@_host
@_port
def demo(host: str, port: int) -> None:
    """Run with demo data; no token is needed."""
    settings = Settings(base_url=f"http://{host}:{port}")
    _serve(settings, "all", host, port, demo=True)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def doctor(*, as_json: bool) -> None:
    """Say what is well, what is not and what to do."""
    settings = Settings()
    database = Database(settings.database_url)
    findings = examine(settings, database)
    database.close()
    if as_json:
        click.echo(
            json.dumps([{"name": one.name, "value": one.value, "ok": one.ok} for one in findings])
        )
    else:
        terminal = Terminal()
        for one in findings:
            click.echo(
                f"{'✓' if one.ok else '✗'} {terminal.text(f'doctor.{one.name}')}: {one.value}"
            )
            if not one.ok:
                click.echo(f"    → {terminal.text(f'advice.{one.name}')}")
    sys.exit(0 if all(one.ok for one in findings) else 1)


@main.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date."""
    database = Database(Settings().database_url)
    database.write_now(schema.upgrade)
    database.close()
    Terminal().say("upgraded", head=schema.head())


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Write a consistent copy of everything into one file; the service may be running."""
    database = Database(Settings().database_url)
    rows = database.read_now(lambda connection: archive.backup(connection, path))
    database.close()
    Terminal().say("backed_up", rows=rows, path=path)


@main.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def restore(path: Path) -> None:
    """Fill an empty database from a backup; also the way from SQLite to PostgreSQL."""
    database = Database(Settings().database_url)
    database.write_now(schema.upgrade)
    try:
        rows = database.write_now(lambda connection: archive.restore(connection, path))
    except (ValueError, OSError, KeyError) as error:
        raise Terminal().fail("not_restored", path=path) from error
    finally:
        database.close()
    Terminal().say("restored", rows=rows, path=path)


@main.group()
def guides() -> None:
    """Guides."""


@guides.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=GUIDES)
def guides_check(path: Path) -> None:
    """Check content: structure, words, links, safety."""
    terminal, sentences = Terminal(), Library().messages.checks
    faults = 0
    for finding in check(path, datetime.now(UTC).date()):
        kind = "warning" if finding.warning else "fault"
        faults += not finding.warning
        terminal.say(kind, text=sentences[finding.code].format(**finding.values))
    if faults:
        sys.exit(1)
    terminal.say("checked", guides=len(guide_folders(path)))


@guides.command("try")
@click.argument("guide")
def guides_try(guide: str) -> None:
    """Walk through a guide in the terminal, as a resident would."""
    content, terminal = Library().content(), Terminal()
    if guide not in content.current:
        raise terminal.fail("try_unknown", guide=guide, guides=", ".join(content.current))
    terminal.say("try_hint")
    state, event = Conversation(), GuideStarted(guide)
    heard: Event = event
    while True:
        state, effects = advance(from_plain(to_plain(state)), heard, content)
        for effect in effects:
            if isinstance(effect, Say):
                click.echo(f"\n{effect.message.text}")
                for place, choice in enumerate(effect.message.choices, 1):
                    click.echo(f"  {place}. {choice.label}")
        line = sys.stdin.readline()
        if not line.strip():
            return
        heard = TextReceived(*mask(line))


@main.command()
@_host
@_port
@click.option("--phone-port", default=8001, show_default=True)
def rehearse(host: str, port: int, phone_port: int) -> None:
    """Run against the built-in Telegram stand-in: nothing leaves this machine."""
    from bot.rehearsal import rehearse as start

    start(host, port, phone_port, _serve)
