"""`gocua admin` and `gocua audit`."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from village import COMMUNE, plant

from bot.cli import main
from bot.core import passcode
from storage import schema
from storage.database import Database


class Console:
    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/gocua.db"
        self.database = Database(self.url)
        self.database.write_now(schema.upgrade)
        self.database.write_now(plant)

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        env = {"GOCUA_DATABASE_URL": self.url, "GOCUA_SECRET_KEY": "word"}
        result = CliRunner().invoke(main, arguments, env=env)
        assert (result.exit_code != 0) is fails, result.output
        return result.output


@pytest.fixture
def gocua(tmp_path: Path) -> Console:
    return Console(tmp_path)


def test_offices_are_given_shown_and_ended(gocua: Console) -> None:
    author = ("--role", "author", "--area", COMMUNE)
    number = gocua("admin", "add", "Chị Mai", *author).split()[-1]
    made = gocua("admin", "code", number)
    assert f"ma={passcode.shown(passcode.found(made))}" in made
    assert "không có người này" in gocua("admin", "code", "999", fails=True)
    gocua("admin", "add", number, "--role", "operator")
    lines = gocua("admin", "list").splitlines()
    assert lines == [f"{number}  Chị Mai  operator  mọi nơi", f"{number}  Chị Mai  author  26368"]
    gocua("admin", "end", number, "--role", "operator")
    refusal = gocua("admin", "add", "Anh Ba", "--role", "lead", "--by", number, fails=True)
    assert "vai trò này không được" in refusal
    assert "không có địa bàn" in gocua(
        "admin", "add", "Anh Ba", "--role", "lead", "--area", "x", fails=True
    )


def test_a_changed_trail_is_told(gocua: Console) -> None:
    gocua("admin", "add", "Chị Mai", "--role", "author", "--area", COMMUNE)
    assert "nguyên vẹn: 2 dòng" in gocua("audit", "verify")
    gocua.database.write_now(
        lambda one: one.execute(text("UPDATE audit_entry SET at=1 WHERE id=2"))
    )
    assert "sai từ dòng 2" in gocua("audit", "verify", fails=True)
