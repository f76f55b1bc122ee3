"""`gocua backup`, `restore` and `backup-key`: copies of everything, sealed or not."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
import orjson
from sqlalchemy import Connection

from bot import sealed_files
from bot.sealed_files import WrongKeyError
from bot.services import forgetting
from bot.services.forgetting import Erased
from bot.settings import Settings
from bot.terminal import Terminal
from bot.vault import vault_of
from storage import archive, upkeep, wholeness
from storage.archive import About, DamagedError, NewerError, OccupiedError
from storage.database import Database

_ERASED = ".erased"


@click.command("backup-key")
def backup_key() -> None:
    """Make a pair of keys: the public one seals backups, the private one opens them."""
    private, public = sealed_files.new_key()
    Terminal().say("backup_key", private=private, public=public)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--recipient", default="", help="Seal for this key instead of the setting's.")
def backup(path: Path, recipient: str) -> None:
    """Write a consistent copy of everything into one file and read it back; the service may
    be running."""
    settings = Settings()
    recipient = recipient or settings.backup_recipient
    database = Database(settings.database_url)
    try:
        about = _made(database, path, recipient)
    except (OSError, DamagedError) as error:
        raise Terminal().fail("not_backed_up", path=path, why=type(error).__name__) from error
    except WrongKeyError as error:
        raise Terminal().fail("bad_recipient") from error
    finally:
        database.close()
    name = "backed_up_sealed" if recipient else "backed_up"
    Terminal().say(name, rows=about.total, path=path)


def _made(database: Database, path: Path, recipient: str) -> About:
    """What is to be sealed is written beside its place, for the owner only, and taken away."""
    plain = path.with_name(f".{path.name}.plain") if recipient else path
    try:
        database.read_now(lambda one: wholeness.demand(one, thorough=True))
        database.read_now(lambda one: archive.backup(one, plain, database.now(one)))
        about = archive.verify(plain)
        if recipient:
            sealed_files.seal(plain, path, recipient)
    finally:
        if recipient:
            plain.unlink(missing_ok=True)
    _tell(database, path)
    database.write_now(lambda one: upkeep.ran(one, upkeep.BACKUP, database.now(one), about.total))
    return about


def _tell(database: Database, path: Path) -> None:
    """What was deleted until now, beside the copy: for copies that are older."""
    lines = [orjson.dumps(asdict(one)) for one in database.read_now(forgetting.told)]
    beside = path.with_name(path.name + _ERASED)
    beside.touch(mode=0o600)
    beside.write_bytes(b"".join(one + b"\n" for one in lines))


def _told(paths: Collection[Path]) -> list[Erased]:
    lines = [line for path in paths for line in path.read_bytes().splitlines()]
    try:
        return [Erased(**orjson.loads(line)) for line in lines]
    except (TypeError, ValueError) as error:
        raise DamagedError("erased") from error


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--key", type=click.Path(path_type=Path, exists=True), help="File with the private key."
)
@click.option(
    "--erased",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A list of deletions that lies elsewhere.",
)
def restore(path: Path, key: Path | None, lists: tuple[Path, ...]) -> None:
    """Fill an empty database from a backup; also the way from SQLite to PostgreSQL. What was
    deleted since, by the lists beside backups, is deleted again."""
    settings = Settings()
    database = Database(settings.database_url)
    vault = vault_of(settings.secret_key.get_secret_value(), settings.data_dir)
    try:
        erased = _told({*lists, *path.absolute().parent.glob(f"*{_ERASED}")})
        with _opened(path, key) as plain:

            def work(connection: Connection) -> tuple[About, tuple[int, list[int]]]:
                about, now = archive.restore(connection, plain), database.now(connection)
                return about, forgetting.again(connection, vault, now, erased, about.at)

            about, (again, left) = database.write_now(work)
    except WrongKeyError as error:
        raise Terminal().fail("wrong_key", path=path) from error
    except OccupiedError as error:
        raise Terminal().fail("not_empty", path=path) from error
    except NewerError as error:
        raise Terminal().fail("newer_copy", path=path) from error
    except (DamagedError, OSError) as error:
        raise Terminal().fail("not_restored", path=path) from error
    finally:
        database.close()
    Terminal().say("restored", rows=about.total, path=path)
    if again:
        Terminal().say("erased_again", number=again)
    if left:
        Terminal().say("erased_left", people=", ".join(map(str, left)))


@contextmanager
def _opened(path: Path, key: Path | None) -> Iterator[Path]:
    """A sealed file is opened into a folder only its owner can enter."""
    if not sealed_files.is_sealed(path):
        yield path
        return
    if key is None:
        raise WrongKeyError
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.zip"
        sealed_files.unseal(path, plain, key.read_text())
        yield plain
