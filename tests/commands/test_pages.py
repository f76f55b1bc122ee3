"""What docs/operate tells operators to type: run as it stands, or marked with why not."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from conftest import ENGINES, NewUrl
from sqlalchemy import text
from village import plant

from bot.cli import main
from storage import schema
from storage.database import Database

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/operate").glob("*.md"))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
UNTRIED = "# Not tried by a test: "
# The test that runs a page's snippets, as they stand there.
RUN_BY = {
    "breach.md": "tests/services/test_breaches.py",
    "upgrade.md": "tests/commands/test_pages.py",
}


def _snippets(page: str) -> Iterator[tuple[str, list[str]]]:
    """Language and lines of each."""
    for language, lines in FENCE.findall(page):
        yield language, [line.strip() for line in lines.splitlines() if line.strip()]


def _untried(name: str, page: str) -> list[str]:
    """First lines of snippets that nobody runs and that do not say so."""
    return [
        lines[0]
        for language, lines in _snippets(page)
        if language != "yaml"
        and (language != "sh" or name not in RUN_BY)
        and not (language == "sh" and lines[0].startswith(UNTRIED))
    ]


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_every_snippet_is_run_or_says_why_not(path: Path) -> None:
    assert _untried(path.name, path.read_text("utf-8")) == []
    if path.name in RUN_BY:
        assert f"docs/operate/{path.name}" in (ROOT / RUN_BY[path.name]).read_text("utf-8")


def test_a_snippet_that_nobody_runs_is_found() -> None:
    page = "```sh\nls\n```\n```\nrm x\n```\n```sh\n# Not tried by a test: root\nid\n```\n"
    assert _untried("new.md", page) == ["ls", "rm x"]
    assert _untried("upgrade.md", page) == ["rm x"]


def _known(words: Sequence[str]) -> bool:
    """Whether there is such a command with such options; values are the reader's."""
    command: click.Command = main
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            if word not in command.commands:
                return False
            command = command.commands[word]
        elif word.startswith("--") and not any(word in one.opts for one in command.params):
            return False
    return True


def test_every_command_on_the_pages_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    written = [
        (path.name, line)
        for path in [*PAGES, *(ROOT / "docs/vi").glob("*.md")]
        for line in re.findall(r"`((?:gocua|make) [a-z-][^`]*)`", path.read_text("utf-8"))
    ]
    assert len(written) > 100
    unknown = [
        (page, line)
        for page, line in written
        for name, *words in [shlex.split(line)]
        if not (_known(words) if name == "gocua" else words[0] in {*targets, "-C"})
    ]
    assert unknown == []
    assert not _known(["backup", "--nothing"])
    assert not _known(["admin", "nothing"])


def _gocua(line: str, url: str, folder: Path) -> Result:
    name, *words = shlex.split(line)
    assert name == "gocua"
    env = {"GOCUA_DATABASE_URL": url, "GOCUA_DATA_DIR": str(folder)}
    return CliRunner().invoke(main, words, env=env)


def _typed(part: str, url: str, folder: Path) -> list[str]:
    """What is said to every line of a part of the page that is not marked."""
    said = []
    for _, lines in _snippets(part):
        for line in [] if lines[0].startswith(UNTRIED) else lines:
            done = _gocua(line, url, folder)
            assert done.exit_code == 0, line + done.output
            said.append(done.output)
    return said


@pytest.mark.parametrize("engine", ENGINES)
def test_an_upgrade_and_the_way_back(
    engine: str, new_url: NewUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/operate/upgrade.md, with a database that a newer version has taken over."""
    monkeypatch.chdir(tmp_path)
    before, back = new_url(engine), new_url(engine)
    database = Database(before)
    database.write_now(schema.upgrade)
    database.write_now(plant)
    page = (ROOT / "docs/operate/upgrade.md").read_text("utf-8")
    forth, home = page.split("## Go back")
    _, noted = _typed(forth, before, tmp_path)
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    database.write_now(lambda one: one.execute(newer))
    database.close()
    for line in ("gocua db upgrade", "gocua serve"):
        refused = _gocua(line, before, tmp_path)
        assert refused.exit_code == 1
        assert "mới hơn" in refused.output, line
    assert _typed(home, back, tmp_path)[-1] == noted
