"""`gocua admin invite`, `link` and `out`: people let into the console from the terminal."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOCUA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GOCUA_DATABASE_URL", f"sqlite:///{tmp_path}/g.db")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["admin", *arguments])


def _number(name: str) -> str:
    found = re.search(r"\d+", _run("add", name, "--role", "author").output)
    assert found
    return found[0]


def test_an_official_is_invited_again_and_put_out() -> None:
    number = _number("Chị Mai")
    invited = _run("invite", number, "--login", "mai")
    first = re.search(r"/thiet-lap/(\S+)", invited.output)
    assert first, invited.output
    again = re.search(r"/thiet-lap/(\S+)", _run("invite", number).output)
    assert again
    assert again[1] != first[1]
    assert "/vao/" in _run("link", number).output
    assert "0 phiên" in _run("out", number).output


def test_a_refusal_is_said_in_words() -> None:
    nobody = _run("link", "999")
    assert nobody.exit_code == 1
    assert "không có người này" in nobody.output
    nameless = _run("invite", _number("Chị Mai"))
    assert nameless.exit_code == 1
    assert "giá trị không hợp lệ" in nameless.output
