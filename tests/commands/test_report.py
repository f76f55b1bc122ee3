"""`gocua report`: weeks as files and in the terminal, goals, and where people get stuck."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from village import COMMUNE, NEAR, plant

from bot.cli import main
from bot.core.weeks import day_of, of_day
from bot.settings import Settings
from storage import schema
from storage.database import Database


class Console:
    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/gocua.db"
        database = Database(self.url)
        database.write_now(schema.upgrade)
        database.write_now(plant)
        self.now = database.read_now(database.now)
        database.close()

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        env = {"GOCUA_DATABASE_URL": self.url}
        result = CliRunner().invoke(main, ["report", *arguments], env=env)
        assert (result.exit_code != 0) is fails, result.output
        return result.output


@pytest.fixture
def gocua(tmp_path: Path) -> Console:
    return Console(tmp_path)


def test_the_last_week_is_written_and_kept(gocua: Console, tmp_path: Path) -> None:
    assert "Chưa có báo cáo nào" in gocua("list", "--area", COMMUNE)
    xlsx, pdf = tmp_path / "a.xlsx", tmp_path / "a.pdf"
    said = gocua("week", "--area", COMMUNE, "--xlsx", str(xlsx), "--pdf", str(pdf))
    assert (str(xlsx) in said, str(pdf) in said) == (True, True)
    assert load_workbook(xlsx).sheetnames[1] == "Theo bài hướng dẫn"
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "bản 1" in gocua("list", "--area", COMMUNE)
    first = xlsx.read_bytes()
    gocua("week", "--area", COMMUNE, "--anew")
    assert "bản 2" in gocua("list", "--area", COMMUNE)
    gocua("week", "--area", COMMUNE, "--version", "1", "--xlsx", str(xlsx))
    assert xlsx.read_bytes() == first
    nowhere = str(tmp_path / "missing" / "a.pdf")
    assert nowhere in gocua("week", "--pdf", nowhere, fails=True)


def test_a_week_is_shown_in_the_terminal(gocua: Console) -> None:
    said = gocua("week", "--area", NEAR)
    assert "Cài và dùng VNeID an toàn: 0 lượt, 0 người; tự nói 0 (0,0 %)" in said
    assert "trên 5." in said
    assert "Báo cáo tuần" in gocua("week")
    assert "giá trị không hợp lệ" in gocua("week", "--week", "tuần này", fails=True)
    assert "tuần này chưa bắt đầu" in gocua("week", "--week", "2099-W01", fails=True)


def test_goals_are_set_and_counted_down(gocua: Console) -> None:
    count = ("--base", "200", "--source", "Công an phường", "--day", "2026-01-01")
    assert "Đã ghi" in gocua(
        "goal", COMMUNE, "vneid", "--number", "50", "--due", "2099-01-01", *count
    )
    assert "giá trị không hợp lệ" in gocua("goal", COMMUNE, "vneid", "--number", "5", fails=True)
    this_week = str(of_day(day_of(gocua.now, _zone())))
    assert "trên 200." in gocua("week", "--area", COMMUNE, "--week", this_week)


def _zone() -> ZoneInfo:
    return ZoneInfo(Settings().timezone)


def test_steps_say_where_people_get_stuck(gocua: Console) -> None:
    assert "qua 0, kẹt 0, đứng lại 0" in gocua("stuck", "vneid")
    assert "vneid" in gocua("stuck", "nope", fails=True)
