"""Files of rows: Excel and CSV read as plain texts, Excel written. No word of their content.

What comes from outside is bounded before it is opened: a small file may unpack to a huge one.
openpyxl is loaded when first needed: it takes 20 MiB, and most processes never see a sheet.
"""

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 500_000
MOST_COLUMNS = 60
_MOST_BYTES = 60 << 20
_MOST_UNPACKED = 600 << 20
_MOST_PARTS = 500
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Rows = Iterator[tuple[int, list[str]]]
_NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]]+")
_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


@dataclass(frozen=True, slots=True)
class Share:
    """In tenths of a percent."""

    tenths: int


Value = str | int | Share
Sheets = Mapping[str, Sequence[Sequence[Value]]]


class SheetError(Exception):
    """A file that cannot be read as rows. `code` names a sentence in guides/imports.yaml."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def rows(data: bytes) -> Rows:
    """Every row of the first sheet with its number from 1. Raises SheetError, also midway."""
    if len(data) > _MOST_BYTES:
        raise SheetError("too_big", most=_MOST_BYTES >> 20)
    if data.startswith(_OLD_EXCEL):
        raise SheetError("old_excel")
    found = _excel(data) if data.startswith(_ZIP) else _csv(data)
    for number, cells in found:
        if number > MOST_ROWS:
            raise SheetError("too_many_rows", most=MOST_ROWS)
        yield number, cells


def _excel(data: bytes) -> Rows:
    from openpyxl import load_workbook

    _bounded(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not believed
        cells = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for number, row in enumerate(cells, 1):
            yield number, [_text(one) for one in row[: _width(row)]]
        book.close()
    except Exception as error:  # the library lets through whatever its parts stumble over
        raise SheetError("unreadable") from error


def _width(row: Sequence[object]) -> int:
    """Without the empty cells at the end."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)


def _bounded(data: bytes) -> None:
    try:
        parts = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SheetError("unreadable") from error
    if len(parts) > _MOST_PARTS or sum(one.file_size for one in parts) > _MOST_UNPACKED:
        raise SheetError("too_big", most=_MOST_BYTES >> 20)


def _text(value: object) -> str:
    """A cell as it is read on the screen: whole numbers without a point, dates as ISO."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
    return str(value)


def _csv(data: bytes) -> Rows:
    text = _decoded(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(";,\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=mark)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield number, cells[:MOST_COLUMNS]
    except csv.Error as error:
        raise SheetError("bad_csv", row=number + 1) from error


def _decoded(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError("not_utf8") from error
    if "\0" in text:
        raise SheetError("unreadable")
    return text


def save(path: Path, sheets: Sheets, made: date | None = None) -> None:
    path.write_bytes(saved(sheets, made or date.today()))


def saved(sheets: Sheets, made: date) -> bytes:
    """Title -> rows, the first of them headings. Texts stay texts: nothing a person wrote becomes
    a formula. The same rows and day give the same bytes."""
    from openpyxl import Workbook

    book, written = Workbook(), BytesIO()
    book.remove(book.worksheets[0])
    for title, table in sheets.items():
        sheet: Any = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:31])
        _fill(sheet, table)
    book.properties.created = datetime(made.year, made.month, made.day)
    book.save(written)
    return _timeless(written.getvalue(), made)


def _timeless(data: bytes, made: date) -> bytes:
    """Without the times at which it was written."""
    when, kept = (max(made.year, 1980), made.month, made.day, 0, 0, 0), BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == _PROPERTIES:
                part = _MODIFIED.sub(rb"\g<1>%sT00:00:00Z\g<2>" % str(made).encode(), part)
            new.writestr(zipfile.ZipInfo(name, when), part, zipfile.ZIP_DEFLATED, 6)
    return kept.getvalue()


def _fill(sheet: "Worksheet", table: Sequence[Sequence[Value]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    heading, filled = Font(bold=True), PatternFill("solid", fgColor="DDE9E2")
    wrapped = Alignment(wrap_text=True, vertical="top")
    for line, row in enumerate(table, 1):
        for place, value in enumerate(row, 1):
            put(sheet.cell(line, place), value)
    for cell in sheet[1]:
        cell.font, cell.fill, cell.alignment = heading, filled, wrapped
    sheet.freeze_panes = "A2"
    for place in range(1, sheet.max_column + 1):
        cells = (str(row[place - 1]) for row in table[1:] if len(row) >= place)
        longest = max(map(len, cells), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 12), 60)


def put(cell: "Cell | Any", value: Value) -> None:
    """Numbers as numbers, everything else as text that is never run."""
    match value:
        case Share(tenths):
            cell.value, cell.number_format = tenths / 1000, "0.0%"
        case str():
            cell.value, cell.data_type = value, "s"
        case _:
            cell.value = value
