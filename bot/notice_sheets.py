"""An announcement's audience as a sheet: who has it, who does not, why, and what to do."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from bot.notice_words import NoticeWords
from bot.services.outlook import Call
from storage import areas, groups, persons, recipients
from storage.recipients import Line

_CALL_COLUMNS = ("area", "name", "who", "place", "why", "do", "done")
_COLUMNS = ("target", "way", "area", "state", "at", "why", "do", "seen")


def rows(connection: Connection, words: NoticeWords, announcement: int) -> list[list[str]]:
    """Headings first, then one line for each copy."""
    lines = recipients.lines(connection, announcement)
    called = names(connection, lines)
    places = areas.places(connection, {one.area for one in lines})
    found = [[words.say(f"columns.{one}") for one in _COLUMNS]]
    for one in lines:
        why, do = words.reason(one.reason) if one.reason else ("", "")
        place = places[one.area].name if one.area in places else one.area
        state = words.copy_state(one.way, one.state)
        at, seen = words.moment(one.at), words.moment(one.seen_at)
        found.append([called.get(one.target, one.target), one.way, place, state, at, why, do, seen])
    return found


def calls(connection: Connection, words: NoticeWords, found: Sequence[Call]) -> list[list[str]]:
    """Whom to call: headings first, then place by place."""
    places = areas.places(connection, {one.area for one in found})
    table = [[words.say(f"call_columns.{one}") for one in _CALL_COLUMNS]]
    for one in found:
        what, do = words.reason(one.reason) if one.reason else ("", "")
        area = places[one.area].name if one.area in places else one.area
        table.append([area, one.name, one.who, one.place, what, do, ""])
    return table


def names(connection: Connection, lines: Sequence[Line]) -> dict[str, str]:
    codes = [one.target.removeprefix("group:") for one in lines if one.target.startswith("group:")]
    known = {f"group:{code}": name for code, name in groups.names(connection, codes).items()}
    people = persons.get(connection, {one.person for one in lines if one.person})
    return known | {f"person:{one.id}": one.name for one in people.values()}


def save(table: Sequence[Sequence[str]], path: Path | IO[bytes]) -> None:
    """Text only: nothing a person wrote becomes a formula."""
    from openpyxl import Workbook  # 20 MiB that most processes never need
    from openpyxl.styles import Font

    book, heading, plain = Workbook(), Font(bold=True), Font()
    sheet = book.worksheets[0]
    for line, row in enumerate(table, 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(line, place)
            cell.value, cell.data_type = value, "s"
            cell.font = heading if line == 1 else plain
    book.save(path)
