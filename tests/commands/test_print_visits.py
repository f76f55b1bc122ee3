"""`gocua print visits`: the sheet names the doors, why, and exactly what the desk understands."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from office import ZONE
from pypdf import PdfReader
from village import NOW, find, plant

from bot.cli import main
from bot.core.reminding import Calendar
from bot.core.rights import terminal
from bot.desk.words import DeskWords
from bot.library import Library
from bot.services import sequences
from bot.services.sequences import Way, Wish
from storage import schema
from storage.database import Database


@pytest.fixture
def env(tmp_path: Path, library: Library) -> dict[str, str]:
    """Bà Năm and Ông Bảy are to be shown VNeID at home."""
    url = f"sqlite:///{tmp_path}/g.db"
    database = Database(url)
    database.write_now(schema.upgrade)
    database.write_now(plant)
    current = library.content().current
    database.write_now(
        lambda one: sequences.start(
            one,
            terminal(),
            NOW,
            Wish(
                ("vneid",),
                Way.HOME,
                ("H001", "H002"),
                persons=(find(one, "Bà Năm"), find(one, "Ông Bảy")),
            ),
            current,
            Calendar(ZONE),
        )
    )
    database.close()
    return {"GOCUA_DATABASE_URL": url}


def _text(path: Path) -> str:
    pages = [page.extract_text() for page in PdfReader(path).pages]
    return " ".join(" ".join(pages).split())


def test_the_sheet_has_a_box_and_a_code_for_each_door(env: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "t.pdf"
    result = CliRunner(env=env).invoke(main, ["print", "visits", "near", "--out", str(out)])
    assert result.exit_code == 0, result.output
    text = _text(out)
    assert "Nhà nên ghé tuần từ" in text
    for said in ("H001", "Bà Năm, Anh Tư", "H1 BÀ NĂM VNEID XONG", "H2 VNEID XONG", "H003"):
        assert said in text
    assert "H004" not in text
    assert "Tổ Cầu Xéo" in text
    page = PdfReader(out).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (420, 595)


def test_a_short_sheet_says_there_are_more(env: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "t.pdf"
    options = ["--out", str(out), "--doors", "1"]
    assert CliRunner(env=env).invoke(main, ["print", "visits", "near", *options]).exit_code == 0
    assert "Còn nhà nữa" in _text(out)


def test_mistakes_are_explained(env: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "t.pdf"
    runner = CliRunner(env=env)
    unknown = runner.invoke(main, ["print", "visits", "nope", "--out", str(out)])
    assert (unknown.exit_code, out.exists()) == (1, False)
    assert "tổ" in unknown.output
    stranger = runner.invoke(main, ["print", "visits", "near", "--out", str(out), "--by", "1"])
    assert (stranger.exit_code, out.exists()) == (1, False)
    nowhere = ["print", "visits", "near", "--out", str(tmp_path / "x" / "t.pdf")]
    assert runner.invoke(main, nowhere).exit_code == 1


def test_words_and_calendar_agree() -> None:
    assert DeskWords(Calendar(ZONE)).day(NOW) == "15/01/2027"
