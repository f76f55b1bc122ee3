"""`gocua serve`, `demo` and `rehearse`: the running service."""

import fcntl
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import click
import uvicorn
from sqlalchemy import Connection

from bot import logs
from bot.commands.options import host as host_option
from bot.commands.options import port as port_option
from bot.demo import places, plant
from bot.demo_care import code, show
from bot.settings import Settings
from bot.terminal import Terminal
from bot.vault import vault_of
from bot.wiring import Role, Wiring
from bot.zalo import missing

_GRACE_SECONDS = 5


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


def _run(
    settings: Settings,
    role: Role,
    host: str,
    port: int,
    *,
    demo: bool = False,
    seed: Callable[[Connection, int], None] | None = None,
) -> None:
    from webhooks.app import create_app  # commands without a server start fast

    logs.set_up()
    if channel := settings.unguarded:
        raise Terminal().fail("no_secret", channel=channel)
    if lacking := missing(settings):
        raise Terminal().fail("zalo_incomplete", missing=", ".join(lacking))
    with _alone(settings):
        wiring = Wiring(settings, role)
        wiring.migrate()
        if demo:
            _seed(wiring, settings)
        if seed:
            wiring.database.write_now(lambda one: seed(one, wiring.database.now(one)))
        app = create_app(wiring, demo=demo)
        _settle()
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )


def _settle() -> None:
    """What was loaded stays: the collector need not walk it again while people wait."""
    gc.collect()
    gc.freeze()


def _seed(wiring: Wiring, settings: Settings) -> None:
    found = places()
    database = wiring.database
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    known = database.write_now(lambda one: plant(one, vault, found, database.now(one)))
    books, words = wiring.shelf.guides.current, wiring.beside.desk_words
    database.write_now(lambda one: show(one, found, books, words, database.now(one)))
    made = database.write_now(lambda one: code(one, vault, found, database.now(one)))
    Terminal().say(
        "demo",
        base=settings.base_url,
        folder=settings.data_dir,
        code=made,
        areas=known,
        teams=len(found["teams"]),
        households=len(found["households"]),
    )


@click.command()
@click.option("--role", type=click.Choice(["all", "web", "worker"]), default="all")
@host_option
@port_option
def serve(role: Role, host: str, port: int) -> None:
    """Run the service."""
    _run(Settings(), role, host, port)


@click.command()
@host_option
@port_option
def demo(host: str, port: int) -> None:
    """Run with demo data; no token is needed."""
    settings = Settings(base_url=f"http://{host}:{port}")
    _run(settings, "all", host, port, demo=True)


@click.command()
@host_option
@port_option
@click.option("--telegram-port", default=8001, show_default=True)
@click.option("--zalo-port", default=8002, show_default=True)
@click.option("--practice", is_flag=True, help="With as many groups and persons as really are.")
def rehearse(host: str, port: int, telegram_port: int, zalo_port: int, *, practice: bool) -> None:
    """Run against built-in stand-ins of Telegram and Zalo: nothing leaves this machine."""
    from bot.rehearsal import rehearse as start

    start(host, port, telegram_port, zalo_port, _run, practice=practice)
