"""A SQLite file whose pages were lost: nothing starts on it or copies it, and words say so."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from service import Service
from sqlalchemy import Connection
from village import plant

from bot.cli import main
from storage import schema
from storage.database import Database


def _fill(connection: Connection) -> None:
    schema.upgrade(connection)
    plant(connection)


def _run(tmp_path: Path, *arguments: str) -> Result:
    env = {"GOCUA_DATABASE_URL": f"sqlite:///{tmp_path}/gocua.db", "GOCUA_DATA_DIR": str(tmp_path)}
    return CliRunner().invoke(main, arguments, env=env)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of a service that was backed up."""
    database = Database(f"sqlite:///{tmp_path}/gocua.db")
    database.write_now(_fill)
    database.close()
    assert _run(tmp_path, "backup", str(tmp_path / "good.zip")).exit_code == 0
    return tmp_path / "gocua.db"


def _in_the_middle(whole: bytes) -> bytes:
    """Some pages of zeros, as a disk gives back that lost them."""
    half = len(whole) // 2 // 4096 * 4096
    return whole[: half - 8192] + bytes(16384) + whole[half + 8192 :]


@pytest.mark.parametrize(
    "spoil",
    [lambda whole: b"x" * 4096 + whole[4096:], _in_the_middle, lambda whole: whole[:20480]],
    ids=["head", "middle", "cut"],
)
def test_a_damaged_file_is_refused_in_words(
    file: Path, tmp_path: Path, spoil: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.logs.set_up", lambda _: None)  # this process logs for others, too
    file.write_bytes(spoil(file.read_bytes()))
    damaged = file.read_bytes()
    for command in (["serve", "--port", "1"], ["backup", str(tmp_path / "b.zip")]):
        done = _run(tmp_path, *command)
        assert done.exit_code == 1
        assert "đã hỏng" in done.output
        assert "gocua restore" in done.output
    assert not (tmp_path / "b.zip").exists()
    found = orjson.loads(_run(tmp_path, "doctor", "--json").output)
    assert [one["ok"] for one in found if one["name"] == "damaged"] == [False]
    assert file.read_bytes() == damaged
    file.rename(tmp_path / "kept.db")
    assert _run(tmp_path, "restore", str(tmp_path / "good.zip")).exit_code == 0
    assert "damaged" not in _run(tmp_path, "doctor", "--json").output


def test_a_database_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    service = Service(tmp_path, DATABASE_URL="postgresql://gocua:geheim@127.0.0.1:1/x")
    done = service.run("serve")
    assert done.returncode == 1
    assert "GOCUA_DATABASE_URL" in done.stderr
    assert "geheim" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
