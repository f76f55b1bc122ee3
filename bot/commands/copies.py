"""`gocua backup`, `restore` and `backup-key`: copies of everything, sealed or not."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot import sealed_files
from bot.sealed_files import WrongKeyError
from bot.settings import Settings
from bot.terminal import Terminal
from storage import archive, upkeep, wholeness
from storage.archive import About, DamagedError, NewerError, OccupiedError
from storage.database import Database


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
    database.write_now(lambda one: upkeep.ran(one, upkeep.BACKUP, database.now(one), about.total))
    return about


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--key", type=click.Path(path_type=Path, exists=True), help="File with the private key."
)
def restore(path: Path, key: Path | None) -> None:
    """Fill an empty database from a backup; also the way from SQLite to PostgreSQL."""
    database = Database(Settings().database_url)
    try:
        with _opened(path, key) as plain:
            about = database.write_now(lambda connection: archive.restore(connection, plain))
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
