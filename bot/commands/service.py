"""`gocua serve`, `demo` and `rehearse`: the running service."""

import fcntl
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from socket import socket
from threading import Timer
from types import FrameType
from typing import IO

import click
import uvicorn
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.commands.options import host as host_option
from bot.commands.options import port as port_option
from bot.demo import places, plant
from bot.demo_care import code, show
from bot.installed import installed
from bot.services import set_up
from bot.settings import Settings
from bot.terminal import Terminal
from bot.vault import vault_of
from bot.wiring import Role, Wiring
from bot.zalo import missing
from storage import schema, wholeness
from storage.database import Database

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 5
_NOT_STARTED = 3
_END_SECONDS = 8.5  # container engines kill after ten


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What has not ended in time (a platform that does not answer, a locked database) is left
        as after a kill, which loses nothing."""
        late = Timer(_END_SECONDS, os._exit, [0])
        late.daemon = True
        late.start()
        super().handle_exit(sig, frame)


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


def _whole(settings: Settings) -> Settings:
    """With what the database keeps, brought up to date; refused when something is missing."""
    database = Database(settings.database_url)
    try:
        database.read_now(wholeness.demand)
        database.write_now(schema.upgrade)
        whole = database.read_now(lambda one: installed(settings, one))
    finally:
        database.close()
    if channel := whole.unguarded:
        raise Terminal().fail("no_secret", channel=channel)
    if lacking := missing(whole):
        raise Terminal().fail("zalo_incomplete", missing=", ".join(lacking))
    return whole


def _run(
    settings: Settings,
    role: Role,
    host: str,
    port: int,
    *,
    demo: bool = False,
    seed: Callable[[Connection, int], None] | None = None,
) -> None:
    """One life of the service after another: the set-up page ends one to begin the next with
    what it was given. The door stays open meanwhile; whoever comes then waits."""
    logs.set_up(settings.log_level)
    with _alone(settings), ExitStack() as held:
        wiring = _wired(settings, role)
        if demo:
            _seed(wiring, wiring.settings)
        if seed:
            wiring.database.write_now(lambda one: seed(one, wiring.database.now(one)))
        config = _config(wiring, host, port, demo=demo)
        door = held.enter_context(config.bind_socket())
        if not (demo or wiring.settings.rehearses):
            _invite(wiring)
        while _served(settings, wiring, config, door):
            wiring = _wired(settings, role)
            config = _config(wiring, host, port, demo=False)


def _may_begin(settings: Settings) -> bool:
    """What runs goes on rather than end over a token without its secret."""
    try:
        _whole(settings)
    except (click.ClickException, SQLAlchemyError) as error:
        _log.error("the service does not begin anew: %s", error)
        return False
    return True


def _wired(settings: Settings, role: Role) -> Wiring:
    wiring = Wiring(_whole(settings), role)
    wiring.migrate()
    return wiring


def _config(wiring: Wiring, host: str, port: int, *, demo: bool) -> uvicorn.Config:
    from webhooks.app import create_app  # commands without a server start fast

    app = create_app(wiring, demo=demo)
    _settle()
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _served(settings: Settings, wiring: Wiring, config: uvicorn.Config, door: socket) -> bool:
    """Whether to begin anew."""
    server, again = _Server(config), []

    def anew() -> None:
        if _may_begin(settings):
            again.append(True)
            server.should_exit = True

    wiring.anew = anew
    with suppress(KeyboardInterrupt):
        server.run(sockets=[door.dup()])
    if not server.started:
        sys.exit(_NOT_STARTED)
    return bool(again)


def _invite(wiring: Wiring) -> None:
    """Nobody operates it yet: where to set it up, with a code that only who sees this has."""
    if wiring.role != "worker" and wiring.database.read_now(set_up.is_open):
        Terminal().say("set_up", base=wiring.settings.base_url, code=set_up.code(wiring.vault))
        sys.stdout.flush()


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
