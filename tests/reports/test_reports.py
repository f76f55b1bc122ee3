"""Weekly reports: kept when the week is over, and the same bytes however much later."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Connection, text
from village import COMMUNE, FAR, NEAR, find, plant

from bot.core.figures import Figures, from_plain, to_plain
from bot.core.indicators import Base, Goal
from bot.core.rights import Actor, Grant, Refusal, Role, terminal
from bot.core.weeks import Week
from bot.library import Library
from bot.report_files import excel, pdf
from bot.report_forms import Report, ReportForm
from bot.services import figures, households, reports
from bot.services.access import Problem, Refused
from bot.services.reports import Kept, Now
from storage import areas, persons, progress, rows
from storage.database import DAY, HOUR, Database
from storage.reports import Aim
from storage.tables import Visit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEK = Week(2027, 2)
START, END = WEEK.start(ZONE), WEEK.end(ZONE)
IN, AFTER = START + HOUR, END + HOUR


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    database.write_now(plant)
    with database.engine.begin() as made:
        yield made


def _now(library: Library, at: int) -> Now:
    form = ReportForm()
    return Now(at, ZONE, form.catalogue(library), form.plain())


def _did(connection: Connection, name: str, outcome: str, at: int, item: str = "") -> None:
    row = {"address": "fake:one:a", "person": find(connection, name), "guide": "vneid"}
    more = {"revision": "r", "item": item, "outcome": outcome, "at": at}
    progress.record(connection, [row | more])


def _visited(connection: Connection, home: str, at: int) -> None:
    row = {"household": home, "person": 0, "guide": "", "outcome": "away"}
    rows.insert(connection, Visit, [row | {"member": 1, "day": str(at), "at": at}])


def _lived(connection: Connection) -> None:
    _did(connection, "Bà Năm", "started", IN)
    _did(connection, "Bà Năm", "stuck", IN + 1, "nhap-ma")
    _did(connection, "Bà Năm", "finished", IN + 2)
    _visited(connection, "H001", IN)
    aim = Aim(COMMUNE, "vneid", 40, "2027-06-30", 200, "Công an phường", "2027-01-01")
    figures.set_goal(connection, terminal(), START - HOUR, ZONE, aim)


def _made(connection: Connection, library: Library, at: int, version: int = 0) -> Kept:
    now = _now(library, at)
    return reports.weekly(connection, terminal(), now, COMMUNE, WEEK, version=version)


def _report(kept: Kept) -> Report:
    return ReportForm(kept.form).report(kept.figures)


def _files(kept: Kept) -> tuple[bytes, bytes]:
    return excel(_report(kept)), pdf(_report(kept))


def test_a_past_week_comes_out_byte_for_byte_whatever_happens_later(
    connection: Connection, library: Library
) -> None:
    _lived(connection)
    before = _files(_made(connection, library, AFTER))
    _did(connection, "Ông Bảy", "finished", IN + 3)
    _visited(connection, "H002", IN + 4)
    households.move(connection, terminal(), AFTER, "H001", FAR, "Hẻm 9")
    persons.erase(connection, find(connection, "Ông Bảy"))
    place = {"parent": COMMUNE, "kind": "khu-pho", "name": "Khu phố Mới Tên", "aliases": ""}
    areas.put(
        connection,
        [{"code": NEAR, **place, "valid_from": "", "valid_to": "", "successor": ""}],
    )
    later = _now(library, AFTER + 90 * DAY)
    changed = replace(later, form={**later.form, "title": "Mẫu khác {number} {year}"})
    again = reports.weekly(connection, terminal(), changed, COMMUNE, WEEK)
    assert _files(again) == before
    fresh = reports.anew(connection, terminal(), changed, COMMUNE, WEEK)
    assert fresh.figures != again.figures
    assert _report(fresh).title == "Mẫu khác 2 2027"
    assert _files(_made(connection, library, AFTER, version=1)) == before
    assert _made(connection, library, AFTER).figures == fresh.figures
    assert reports.kept(connection, terminal(), COMMUNE) == [("2027-W02", 2)]


def test_a_week_nobody_kept_is_counted_by_when_things_happened(
    connection: Connection, library: Library
) -> None:
    """From the rows alone: what came after the week does not change its counts."""
    _lived(connection)
    kept = _made(connection, library, AFTER)
    connection.execute(text("DELETE FROM report_snapshot"))
    _did(connection, "Ông Bảy", "finished", AFTER + DAY)
    _visited(connection, "H002", AFTER + DAY)
    assert _made(connection, library, AFTER).figures == kept.figures
    assert _files(_made(connection, library, AFTER + DAY)) == _files(kept)


def test_a_week_that_is_not_over_is_shown_and_not_kept(
    connection: Connection, library: Library
) -> None:
    _lived(connection)
    early = _made(connection, library, IN + DAY)
    assert _report(early).draft
    assert reports.kept(connection, terminal(), COMMUNE) == []
    with pytest.raises(Refused) as caught:
        _made(connection, library, IN, version=7)
    assert caught.value.reason is Problem.NO_REPORT


def test_reports_are_for_ones_own_places(connection: Connection, library: Library) -> None:
    member = Actor(7, "test", (Grant(Role.MEMBER, NEAR),))
    now = _now(library, AFTER)
    assert reports.weekly(connection, member, now, NEAR, WEEK).figures.places
    for work in (
        lambda: reports.weekly(connection, member, now, COMMUNE, WEEK),
        lambda: reports.kept(connection, member, FAR),
    ):
        with pytest.raises(Refused) as caught:
            work()
        assert caught.value.reason is Refusal.AREA
    with pytest.raises(Refused) as caught:
        reports.anew(connection, member, now, NEAR, WEEK)
    assert caught.value.reason is Refusal.ROLE


@pytest.fixture
def figured(connection: Connection, library: Library) -> Figures:
    _lived(connection)
    return _made(connection, library, AFTER).figures


def _sheet(report: Report, title: str) -> list[dict[str, object]]:
    book = load_workbook(BytesIO(excel(report)))
    headings, *rest = book[title].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rest]


def test_excel_holds_numbers_and_says_what_is_unknown(figured: Figures) -> None:
    report = ReportForm().report(figured)
    vneid = _sheet(report, "Theo bài hướng dẫn")[0]
    assert vneid["Bài hướng dẫn"] == "Cài và dùng VNeID an toàn"
    assert (vneid["Lượt hướng dẫn trong tuần"], vneid["Cộng dồn tự nói"]) == (1, 1)
    assert (vneid["Tỷ lệ tự nói"], vneid["Tỷ lệ tổ xác nhận"]) == (0.005, 0)
    assert (vneid["Mẫu số"], vneid["Nguồn mẫu số"]) == (200, "Công an phường")
    assert (vneid["Chỉ tiêu tổ xác nhận"], vneid["Cần thêm mỗi tuần"]) == (40, 2)
    whole, far, near = _sheet(report, "Theo ấp, khu phố")
    assert (whole["Địa bàn"], whole["Tổng số hộ"]) == ("Cả địa bàn", 4)
    assert whole["Hộ đã đến trong tuần"] == "1 (thiếu 1 nơi)"
    assert (near["Hộ đã đến trong tuần"], far["Hộ đã đến trong tuần"]) == (1, "không rõ")
    assert (near["Tỷ lệ hộ đã đến"], far["Tỷ lệ hộ đã đến"]) == (0.333, "không rõ")
    (snag,) = _sheet(report, "Kẹt ở đâu trong tuần")
    assert (snag["Loại"], snag["Số người"]) == ("kẹt ở bước", 1)
    assert str(snag["Bước hoặc chỗ vướng"]).startswith("Bác ")


def test_impossible_and_missing_shares_are_said_in_words(figured: Figures) -> None:
    whole = figured.guides[0]
    faulty = [
        replace(whole, base=Base(0, "x", "2027-01-01")),
        replace(whole, guide="an-toan", base=Base(None)),
        replace(whole, guide="la", times=None, people=None, goal=Goal(9, "2027-01-10")),
    ]
    report = ReportForm().report(replace(figured, guides=faulty, snags=[], unplaced=3))
    first, second, third = _sheet(report, "Theo bài hướng dẫn")
    assert first["Tỷ lệ tự nói"] == "vô lý: tử số lớn hơn mẫu số"
    assert (second["Tỷ lệ tự nói"], second["Mẫu số"]) == ("chưa có mẫu số", "không rõ")
    assert (third["Bài hướng dẫn"], third["Cộng dồn tự nói"]) == ("la", "không rõ")
    assert (third["Tỷ lệ tự nói"], third["Cần thêm mỗi tuần"]) == ("không rõ", "quá hạn")
    assert _sheet(report, "Kẹt ở đâu trong tuần")[0]["Bài hướng dẫn"] == "Không có."
    assert "3 lượt hoàn thành" in report.notes[0]


def test_the_pdf_is_tagged_and_says_the_same(figured: Figures) -> None:
    reader = PdfReader(BytesIO(pdf(ReportForm().report(figured))))
    said = " ".join(page.extract_text() for page in reader.pages)
    said = " ".join(said.split())
    for words in ("Báo cáo tuần 2 năm 2027", "Phường Long Thành", "0,5 %", "1 (thiếu 1 nơi)"):
        assert words in said
    assert "Từ 11/01/2027 đến hết 17/01/2027" in said
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"


def test_a_place_alone_has_no_line_for_the_whole(connection: Connection, library: Library) -> None:
    now = _now(library, AFTER)
    kept = reports.weekly(connection, terminal(), now, NEAR, WEEK)
    assert len(_sheet(_report(kept), "Theo ấp, khu phố")) == 1
    assert from_plain(to_plain(kept.figures)) == kept.figures
