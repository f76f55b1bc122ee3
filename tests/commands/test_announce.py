"""`gocua announce` and `gocua group`: from a draft to the sheet of who has it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import Connection
from village import NEAR, NOW, plant

from bot.cli import main
from bot.core.rights import Role
from storage import announcements, people, persons, schema, teams
from storage.database import Database


class Console:
    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/gocua.db"
        database = Database(self.url)
        database.write_now(schema.upgrade)
        database.write_now(plant)
        self.author, self.approver = database.write_now(_officials)
        database.close()

    def __call__(self, *arguments: str, text: str = "", fails: bool = False, **more: str) -> str:
        env = {"GOCUA_DATABASE_URL": self.url, "GOCUA_BASE_URL": "https://gocua.test", **more}
        result = CliRunner().invoke(main, arguments, env=env, input=text)
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    def digest(self, number: int) -> str:
        database = Database(self.url)
        kept = database.read_now(lambda one: announcements.get(one, number))
        database.close()
        assert kept
        return kept.digest


def _officials(connection: Connection) -> tuple[str, str]:
    found = []
    for name, role in (("Mai", Role.AUTHOR), ("Hùng", Role.APPROVER)):
        person = persons.add_one(connection, {"call_name": name}, NOW)
        row = {"person": person, "role": role, "area": "26368", "granted_by": 0}
        teams.grant(connection, [row], NOW)
        found.append(str(person))
    return found[0], found[1]


@pytest.fixture
def gocua(tmp_path: Path) -> Console:
    return Console(tmp_path)


def _drafted(gocua: Console) -> None:
    gocua("group", "add", "g1", "--area", NEAR, "--way", "telegram", "--name", "Xóm 1")
    way = ("--way", "telegram", "--by", gocua.author)
    assert "bản nháp 1" in gocua(
        "announce", "draft", "-", "--area", NEAR, *way, text="Họp lúc 7 giờ"
    )


def test_the_whole_way(gocua: Console, tmp_path: Path) -> None:
    _drafted(gocua)
    assert "1 nhóm, 1 nơi nhận" in gocua("announce", "submit", "1", "--by", gocua.author)
    seen = ("--digest", gocua.digest(1))
    wrong = gocua(
        "announce", "approve", "1", *seen, "--groups", "5", "--by", gocua.approver, fails=True
    )
    assert "sẽ tới 1 nhóm" in wrong
    approved = ("announce", "approve", "1", *seen, "--groups", "1", "--by", gocua.approver)
    assert "Đã duyệt" in gocua(*approved)
    shown = gocua("announce", "show", "1")
    assert "skipped 1" in shown
    assert "Họp lúc 7 giờ" in shown
    assert "approved" in gocua("announce", "list")
    path = tmp_path / "nhan.xlsx"
    assert "1 dòng" in gocua("announce", "excel", "1", str(path))
    head, row = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    assert head[0] == "Nơi nhận"
    assert (row[0], row[3], row[5]) == ("Xóm 1", "Không gửi", "Nhóm chưa nối với hệ thống")


def test_what_cannot_be_done_is_said(gocua: Console) -> None:
    _drafted(gocua)
    for step in ("pause", "resume", "resend"):
        assert "trạng thái" in gocua("announce", step, "1", "--by", gocua.author, fails=True)
    early = gocua("announce", "correct", "1", "-", "--withdraw", text="Sai", fails=True)
    assert "trạng thái" in early
    gocua("announce", "submit", "1", "--by", gocua.author)
    assert "Xong" in gocua(
        "announce", "return", "1", "--reason", "Thiếu giờ", "--by", gocua.approver
    )
    assert "không có thông báo" in gocua("announce", "submit", "9", fails=True)
    role = gocua("announce", "return", "1", "--reason", "x", "--by", gocua.author, fails=True)
    assert "vai trò" in role


def test_faults_keep_it_from_being_submitted(gocua: Console) -> None:
    _drafted(gocua)
    assert "Không có lỗi" in gocua("announce", "check", "1", "--by", gocua.author)
    bad = "Bà con gửi mã OTP cho cán bộ. Xem bit.ly/abc và trang-la.com, số 0671004123456"
    way = ("--way", "telegram", "--by", gocua.author)
    gocua("announce", "draft", "-", "--area", NEAR, *way, text=bad)
    found = gocua("announce", "check", "2", "--by", gocua.author)
    assert "đòi mã" in found
    assert "rút gọn" in found
    assert found.count("Lưu ý") >= 2
    assert "còn lỗi" in gocua("announce", "submit", "2", "--by", gocua.author, fails=True)
    gocua("announce", "draft", "-", "--area", NEAR, *way, text="dài " * 2000)
    assert "còn lỗi (too_long)" in gocua(
        "announce", "submit", "3", "--by", gocua.author, fails=True
    )
    gocua("announce", "draft", "-", "--area", NEAR, *way, text="")
    assert "chưa có chữ" in gocua("announce", "check", "4", "--by", gocua.author)


def test_words_picture_times_and_what_comes_of_them(gocua: Console, tmp_path: Path) -> None:
    gocua("group", "add", "g1", "--area", NEAR, "--way", "telegram", "--name", "Xóm 1")
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    author = ("--by", gocua.author)
    times = ("--at", "2030-01-15 20:00", "--expires", "2030-01-16 20:00")
    more = ("--way", "telegram", "--picture", str(tmp_path / "a.png"), *times)
    gocua("announce", "draft", "-", "--area", NEAR, *more, *author, text="Họp lúc 7 giờ")
    seen = gocua("announce", "preview", "1", *author)
    assert "(ảnh)" in seen
    assert "[ 👍 Đã xem ]" in seen
    reach = gocua("announce", "reach", "1", *author)
    assert "Bắt đầu 20:00 15/01/2030" in reach
    assert "1 trong 1 nhóm không nhận được" in reach
    assert "chưa nối" in reach
    assert "chưa nhắn được" in gocua("announce", "try", "1", *author, fails=True)
    new = tmp_path / "moi.txt"
    new.write_text("Họp lúc 8 giờ", "utf-8")
    edited = ("announce", "edit", "1", "--text", str(new), "--urgent", "--way", "relay", *author)
    assert "Đã sửa bản 1" in gocua(*edited)
    assert "Họp lúc 8 giờ" in gocua("announce", "preview", "1", *author)
    assert "gui-nham" in gocua("announce", "templates")
    assert "trạng thái" in gocua(
        "announce", "correct", "1", "--withdraw", "--template", "gui-nham", *author, fails=True
    )
    gocua("announce", "correct", "1", "--template", "gui-nham", *author, fails=True)
    path = tmp_path / "goi.xlsx"
    assert "0 dòng" in gocua("announce", "calls", "1", str(path), *author)
    assert load_workbook(path).worksheets[0]["A1"].value == "Địa bàn"
    fails = ("review", "1", "--words", "x"), ("hand-over", "1", "--copy", "1", "--to", "1")
    for arguments in fails:
        gocua("announce", *arguments, "--by", gocua.approver, fails=True)


def test_the_end_is_foretold_at_the_rate_that_is_paid_for(gocua: Console) -> None:
    """9 000 persons take five minutes for free, and nine seconds else."""
    database = Database(gocua.url)
    author = ("--by", database.write_now(_willing))
    database.close()
    when = ("--at", "2030-01-15 20:00", "--channel", "telegram")
    gocua("announce", "draft", "-", "--area", "*", *when, *author, text="Họp lúc 7 giờ")
    assert "20:05" in gocua("announce", "reach", "1", *author)
    paid = gocua("announce", "reach", "1", *author, GOCUA_TELEGRAM_PAID_BROADCAST="true")
    assert "20:05" not in paid
    assert "9000" in paid


def _willing(connection: Connection) -> str:
    """Persons of no known place; returns who may write to all."""
    author = persons.add_one(connection, {"call_name": "Lan"}, NOW)
    row = {"person": author, "role": Role.AUTHOR, "area": "", "granted_by": 0}
    teams.grant(connection, [row], NOW)
    chats = [f"telegram:123456:{number}" for number in range(9000)]
    people.see(connection, dict.fromkeys(chats, "telegram"), NOW)
    agreed = {"person": 0, "purpose": "news", "granted": True, "version": "v", "recorder": "self"}
    people.record_consents(connection, [{**agreed, "address": one, "at": NOW} for one in chats])
    return str(author)


def test_feeds_are_added_and_listed(gocua: Console) -> None:
    url = "https://longthanh.dongnai.gov.vn/rss"
    added = ("announce", "feed", "add", url, "--area", NEAR, "--by", gocua.author)
    assert "nguồn tin 1" in gocua(*added)
    assert "đã có rồi" in gocua(*added, fails=True)
    assert url in gocua("announce", "feed", "list", "--by", gocua.author)
    gocua("announce", "feed", "remove", "1", "--by", gocua.author)
    assert gocua("announce", "feed", "list") == ""


def test_groups_and_their_health(gocua: Console) -> None:
    gocua("group", "add", "g1", "--area", NEAR, "--way", "relay", "--name", "Xóm 1")
    assert "1 trong 1 nhóm" in gocua("group", "list")
    assert "/noi " in gocua("group", "code", "g1")
    assert "không có nhóm" in gocua("group", "code", "g2", fails=True)
