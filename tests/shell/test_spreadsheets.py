"""Files of rows: Excel and CSV as officials save them, and files made to do harm."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bot import spreadsheets
from bot.spreadsheets import SheetError


def _excel(*rows: list[object]) -> bytes:
    book, saved = Workbook(), BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(saved)
    return saved.getvalue()


def _rows(data: bytes) -> list[list[str]]:
    return [cells for _, cells in spreadsheets.rows(data)]


def _why(data: bytes) -> str:
    with pytest.raises(SheetError) as caught:
        _rows(data)
    return caught.value.code


def test_excel_cells_read_as_on_the_screen() -> None:
    day = datetime(2026, 4, 30, 8)
    data = _excel(["Mã", "Tên"], [26368, "Hộ"], [1.0, 2.5], [day, date(2026, 5, 1)], [True, None])
    assert _rows(data) == [
        ["Mã", "Tên"],
        ["26368", "Hộ"],
        ["1", "2.5"],
        ["2026-04-30", "2026-05-01"],
        ["1"],
    ]


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffMã;Tên\r\n1;An, Ba\r\n".encode(),
        'Mã,Tên\n1,"An, Ba"\n'.encode(),
        "Mã\tTên\n1\tAn, Ba\n".encode("utf-16"),
    ],
)
def test_csv_is_read_with_any_usual_mark(data: bytes) -> None:
    assert _rows(data) == [["Mã", "Tên"], ["1", "An, Ba"]]


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    """One cell far out and a dimension of everything cost nothing."""
    data = _excel(["Mã"], [1])
    wide = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(wide, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
                assert b"XFD1048576" in part
            new.writestr(name, part)
    assert _rows(wide.getvalue()) == [["Mã"], ["1"]]


def test_files_made_to_do_harm_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (8 << 20))
    monkeypatch.setattr(spreadsheets, "_MOST_UNPACKED", 4 << 20)
    assert _why(bomb.getvalue()) == "too_big"
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 1)
    assert _why(b"a;b\n1;2\n") == "too_many_rows"
    monkeypatch.setattr(spreadsheets, "_MOST_BYTES", 3)
    assert _why(b"a;b\n1;2\n") == "too_big"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b"PK\x03\x04 broken", "unreadable"),
        ("Mã;Tên".encode("latin-1", "replace"), "not_utf8"),
        (b"a;\0b", "unreadable"),
        (b'a;b\n"' + b"x" * 200_000, "bad_csv"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes, code: str) -> None:
    assert _why(data) == code


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    other = BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    assert _why(other.getvalue()) == "unreadable"


def test_what_is_written_is_text_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    spreadsheets.save(path, {"Danh sách": [["Tên", "Số"], ["=1+1", 5], ["An"]]})
    sheet = load_workbook(path)["Danh sách"]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value) == ("=1+1", "s", 5)
    assert sheet.freeze_panes == "A2"
