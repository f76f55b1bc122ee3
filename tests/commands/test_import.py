"""`gocua import`: from the template to what is said of a list."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import text
from village import NEAR, find, plant

from bot.cli import main
from storage import households, schema
from storage.database import Database

HOMES = "Mã hộ;Khu phố;Địa chỉ;Xưng hô;Tên;SĐT;Ghi chú\n"


class Console:
    def __init__(self, folder: Path) -> None:
        self.url, self.folder = f"sqlite:///{folder}/gocua.db", folder
        self.database = Database(self.url)
        self.database.write_now(schema.upgrade)
        self.database.write_now(plant)

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        env = {"GOCUA_DATABASE_URL": self.url, "GOCUA_DATA_DIR": str(self.folder)}
        result = CliRunner().invoke(main, ["import", *arguments], env=env)
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    def write(self, rows: str) -> str:
        path = self.folder / "a.csv"
        path.write_text(HOMES + rows, "utf-8")
        return str(path)


@pytest.fixture
def gocua(tmp_path: Path) -> Console:
    return Console(tmp_path)


def test_a_list_is_tried_and_taken_over(gocua: Console) -> None:
    path = gocua.write(f"H010;{NEAR};Hẻm 1;Bà;Sáu;0912345678;hay đi vắng\n")
    tried = gocua("households", path, "--dry-run")
    assert tried == (
        "Cột không đọc: Ghi chú.\n"
        "Hộ: 1 mới, 0 thay đổi, 0 như cũ, 0 để lại.\n"
        "Người: 1 mới, 0 thay đổi, 0 như cũ, 0 để lại.\n"
        "Xem thử, chưa lưu gì. Bỏ --dry-run để nhập.\n"
    )
    assert "Đã nhập danh sách Hộ dân." in gocua("households", path)
    assert gocua.database.read_now(lambda one: households.get(one, ["H010"]))
    kept = gocua.database.read_now(
        lambda one: one.execute(text("SELECT phone FROM person WHERE phone <> ''")).scalar()
    )
    assert "912345678" not in str(kept)


def test_long_lists_of_faults_and_of_rows_left_out_are_cut_short(gocua: Console) -> None:
    faulty = "".join(f"H{n};nope;Hẻm;Bà;Sáu;;\n" for n in range(100, 160))
    said = gocua("households", gocua.write(faulty), fails=True)
    assert "… và 10 chỗ nữa." in said
    assert "Có 60 lỗi. Chưa lưu gì cả; sửa tệp rồi nhập lại." in said
    twice = f"H010;{NEAR};Hẻm;Bà;Sáu;;\n" * 3
    said = gocua("households", gocua.write(twice))
    assert "Để lại (không nhập):\n  Dòng 3: giống hệt dòng 2.\n" in said


def test_rights_are_those_of_the_person_named(gocua: Console) -> None:
    dung = gocua.database.read_now(lambda one: find(one, "Anh Dũng"))
    path = gocua.write(f"H010;{NEAR};Hẻm;Bà;Sáu;;\n")
    assert "vai trò này không được làm" in gocua("households", path, "--by", str(dung), fails=True)


def test_templates_are_written_and_explain_themselves(gocua: Console, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    assert "Đã ghi mẫu Tổ viên" in gocua("members", str(path), "--template")
    book = load_workbook(path)
    assert book.sheetnames == ["Tổ viên", "Cách điền"]
    assert [cell.value for cell in book["Tổ viên"][1]][:3] == ["Tổ", "Xưng hô", "Tên gọi"]
    nowhere = str(tmp_path / "missing" / "a.xlsx")
    assert nowhere in gocua("members", nowhere, "--template", fails=True)


def test_files_that_cannot_be_read_are_named(gocua: Console, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.csv")
    assert "Không mở được" in gocua("teams", missing, fails=True)
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0")
    assert "lưu lại kiểu .xlsx" in gocua("teams", str(old), fails=True)


def test_long_files_say_how_far_they_are(gocua: Console) -> None:
    said = gocua("households", gocua.write("\n" * 20_000 + f"H010;{NEAR};Hẻm;Bà;Sáu;;\n"))
    assert "Đang đọc dòng 20000…" in said


def test_a_list_that_comes_with_the_program_is_taken_by_name(gocua: Console) -> None:
    assert "Đã nhập danh sách Địa bàn." in gocua("areas", "long-thanh")
    assert "Không mở được" in gocua("areas", "nowhere", fails=True)
