"""A list somebody filled in: which column is which, and what its cells may hold. Pure: knows
columns and spelling, not what the list is about.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bot.core.person import phone_number
from bot.core.secrets import Secret, mask
from bot.core.text import searchable, tidy

_CODE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,38}[A-Za-z0-9])?")
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00:00)?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), (3, 2, 1)),
)
_YEAR = re.compile(r"(19|20)\d\d")
_FORMULA = ("=", "+", "@", "-")  # what a spreadsheet may run when the cell is copied on
_EMPTY = ("", "-", "\u2013", "\u2014")


class Is(StrEnum):
    """What the cells of a column hold."""

    CODE = "code"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    PHONE = "phone"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is ours; headings are the list's own and come from content."""

    name: str
    holds: Is = Is.TEXT
    required: bool = False
    longest: int = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell. Rows count from 1 as in the spreadsheet, 0 is the list as a
    whole; `code` names a sentence in guides/imports.yaml, which `values` complete."""

    row: int
    column: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row, by the names of columns; what is empty or not in the list is empty."""

    row: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Reading:
    """`unread` are headings nobody asked for: those cells were not looked at."""

    lines: Sequence[Line]
    faults: Sequence[Fault]
    unread: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """`headings` and, for each column of choices, `words` lead from what people write, made
    searchable, to our names."""

    columns: Sequence[Column]
    headings: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]


Rows = Iterable[tuple[int, Sequence[str]]]
_Place = tuple[int, Column]


def read(form: Form, rows: Rows, told: Callable[[int], None] = lambda _: None) -> Reading:
    """The first row with something in it holds the headings. `told` hears how far it is."""
    found = iter(rows)
    first = next(((row, cells) for row, cells in found if any(map(str.strip, cells))), None)
    if first is None:
        return Reading((), [Fault(0, "", "empty")])
    places, faults, unread = _places(form, *first)
    if faults:
        return Reading((), faults, unread)
    lines: list[Line] = []
    for row, cells in found:
        told(row)
        _line(form, places, row, cells, lines, faults)
    if not (lines or faults):
        faults.append(Fault(0, "", "empty"))
    return Reading(lines, faults, unread)


def _places(
    form: Form, row: int, cells: Sequence[str]
) -> tuple[list[_Place], list[Fault], list[str]]:
    """Which column stands where."""
    columns = {one.name: one for one in form.columns}
    places: dict[str, int] = {}
    faults, unread = [], []
    for place, cell in enumerate(cells):
        name = form.headings.get(searchable(cell))
        if name in places:
            faults.append(Fault(row, name, "heading_twice"))
        elif name:
            places[name] = place
        elif cell.strip():
            unread.append(" ".join(cell.split()))
    faults += [
        Fault(row, one.name, "no_heading")
        for one in form.columns
        if one.required and one.name not in places
    ]
    return [(place, columns[name]) for name, place in places.items()], faults, unread


def _line(
    form: Form,
    places: Sequence[_Place],
    row: int,
    cells: Sequence[str],
    lines: list[Line],
    faults: list[Fault],
) -> None:
    """Rows with nothing in them are passed over."""
    values: dict[str, str] = {}
    wrong: list[Fault] = []
    for place, column in places:
        text = _tidied(cells[place]) if place < len(cells) else ""
        value, code = _value(form, column, text)
        if code:
            wrong.append(Fault(row, column.name, code, _values(column, text)))
        elif value:
            values[column.name] = value
    if values or any(one.code != "required" for one in wrong):
        faults.extend(wrong)
        lines.append(Line(row, values))


def _values(column: Column, text: str) -> Mapping[str, str]:
    """What a sentence about it may say; the number of a paper is never said again."""
    shown = text[:60]
    masked, found = mask(shown)
    if Secret.NUMBER in found and column.holds is not Is.PHONE:
        shown = masked
    return {"value": shown, "longest": str(column.longest), "choices": column.name}


@lru_cache(maxsize=8192)
def _tidied(text: str) -> str:
    kept = " ".join(tidy(text).split())
    return "" if kept in _EMPTY else kept


def _value(form: Form, column: Column, text: str) -> tuple[str, str]:
    """What the cell holds, or what is wrong with it."""
    if not text:
        return "", "required" if column.required else ""
    if len(text) > column.longest:
        return "", "too_long"
    if column.holds is Is.CHOICE:
        found = form.words[column.name].get(searchable(text), "")
        return found, "" if found else "not_choice"
    return _READERS[column.holds](text)


def _text(text: str) -> tuple[str, str]:
    return text, _unfit(text)


def _code(text: str) -> tuple[str, str]:
    return (text, "") if _CODE.fullmatch(text) else ("", "not_code")


def _phone(text: str) -> tuple[str, str]:
    return (text, "") if phone_number(text) else ("", "not_phone")


@lru_cache(maxsize=8192)
def _unfit(text: str) -> str:
    """Formulas are never taken over, nor numbers of papers."""
    if text.startswith(_FORMULA):
        return "formula"
    digits = any(sign.isdigit() for sign in text)
    return "secret" if digits and Secret.NUMBER in mask(text)[1] else ""


def _date(text: str) -> tuple[str, str]:
    for shape, (year, month, day) in _DATES:
        if found := shape.fullmatch(text):
            try:
                return date(int(found[year]), int(found[month]), int(found[day])).isoformat(), ""
            except ValueError:
                break
    return "", "not_date"


def _year(text: str) -> tuple[str, str]:
    """Of a year or of a whole date."""
    whole, _ = _date(text)
    year = whole[:4] or text
    return (year, "") if _YEAR.fullmatch(year) else ("", "not_year")


_READERS: Mapping[Is, Callable[[str], tuple[str, str]]] = {
    Is.TEXT: _text,
    Is.CODE: _code,
    Is.DATE: _date,
    Is.YEAR: _year,
    Is.PHONE: _phone,
}
