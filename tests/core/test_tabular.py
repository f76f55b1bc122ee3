"""Lists somebody filled in: headings in any order and spelling, cells checked one by one."""

import pytest

from bot.core.person import age_band
from bot.core.tabular import Column, Fault, Form, Is, Reading, read
from bot.core.text import searchable

COLUMNS = (
    Column("code", Is.CODE, required=True, longest=5),
    Column("name", required=True, longest=20),
    Column("since", Is.DATE),
    Column("born", Is.YEAR),
    Column("way", Is.CHOICE),
    Column("phone", Is.PHONE),
)
HEADINGS = {
    "Mã": "code",
    "Mã số": "code",
    "Tên": "name",
    "Từ ngày": "since",
    "Năm sinh": "born",
    "Kênh": "way",
    "Điện thoại": "phone",
}
FORM = Form(
    COLUMNS,
    {searchable(heading): name for heading, name in HEADINGS.items()},
    {"way": {searchable("Có"): "yes"}},
)


def _read(*rows: list[str], first: int = 1) -> Reading:
    return read(FORM, enumerate(rows, first))


def _cells(column: str, text: str) -> Reading:
    """One row with a code, a name, and a further cell."""
    return _read(["ma so", "TÊN", column], ["a", "An", text])


def test_headings_stand_in_any_order_and_spelling() -> None:
    reading = _read(
        ["", ""], ["tên", "MA", "Ghi  chú", ""], ["An", "a1", "đi"], ["", "", "x"], ["Ba"]
    )
    assert [(line.row, dict(line.cells)) for line in reading.lines] == [
        (3, {"name": "An", "code": "a1"}),
        (5, {"name": "Ba"}),
    ]
    assert reading.faults == [Fault(5, "code", "required", reading.faults[0].values)]
    assert reading.unread == ["Ghi chú"]
    assert reading.lines[0]["since"] == ""


def test_it_says_how_far_it_is() -> None:
    heard: list[int] = []
    read(FORM, enumerate([["Mã", "Tên"], ["a", "An"], ["b", "Ba"]], 1), heard.append)
    assert heard == [2, 3]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([], ["empty"]),
        ([["", " "]], ["empty"]),
        ([["Mã", "Tên"]], ["empty"]),
        ([["Mã", "Tên"], ["", "-"]], ["empty"]),
        ([["Tên"], ["An"]], ["no_heading"]),
        ([["Mã", "Tên", "mã số"], ["a", "An"]], ["heading_twice"]),
        ([["Mã", "Tên"], ["", "An"]], ["required"]),
    ],
)
def test_lists_without_the_needed_are_refused(rows: list[list[str]], codes: list[str]) -> None:
    assert [one.code for one in _read(*rows).faults] == codes


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("Từ ngày", "30/4/2026", "2026-04-30"),
        ("Từ ngày", "2026-04-30", "2026-04-30"),
        ("Từ ngày", "2026-04-30 00:00:00", "2026-04-30"),
        ("Từ ngày", "30.04.2026", "2026-04-30"),
        ("Năm sinh", "1950", "1950"),
        ("Năm sinh", "2/9/1945", "1945"),
        ("Kênh", " co ", "yes"),
        ("Điện thoại", "0912 345 678", "0912 345 678"),
        ("Điện thoại", "+84912345678", "+84912345678"),
        ("Từ ngày", "–", ""),
    ],
)
def test_cells_are_understood(column: str, text: str, value: str) -> None:
    reading = _cells(column, text)
    name = HEADINGS[column]
    assert (reading.faults, reading.lines[0][name]) == ([], value)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("Từ ngày", "31/02/2026", "not_date"),
        ("Từ ngày", "hôm nay", "not_date"),
        ("Năm sinh", "50", "not_year"),
        ("Kênh", "zalo", "not_choice"),
        ("Điện thoại", "912345", "not_phone"),
    ],
)
def test_cells_that_cannot_be_are_named(column: str, text: str, code: str) -> None:
    (fault,) = _cells(column, text).faults
    assert (fault.row, fault.column, fault.code) == (2, HEADINGS[column], code)
    assert fault.values["value"] == text


@pytest.mark.parametrize(
    ("code", "name", "found"),
    [
        ("a b", "An", "not_code"),
        ("-a", "An", "not_code"),
        ("abcdef", "An", "too_long"),
        ("a", "=HYPERLINK(1)", "formula"),
        ("a", "@SUM(1)", "formula"),
        ("a", "+84 Nam", "formula"),
        ("a", "An 079123456789", "secret"),
    ],
)
def test_what_could_harm_is_not_taken_over(code: str, name: str, found: str) -> None:
    (fault,) = _read(["Mã", "Tên"], [code, name]).faults
    assert fault.code == found
    assert "079123456789" not in fault.values["value"]


def test_numbers_of_houses_are_no_secrets() -> None:
    reading = _read(["Mã", "Tên"], ["a", "Hẻm 12, nhà số 3"], ["b", "1234567890"])
    assert reading.faults == []


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-13"), (13, "0-13"), (14, "14-17"), (59, "18-59"), (60, "60-79"), (93, "80+")],
)
def test_ages_fall_into_bands(age: int, band: str) -> None:
    assert age_band(age) == band
