"""A report as Excel and as PDF. The same report gives the same bytes, whenever it is written."""

from bot import spreadsheets
from bot.paper.typesetting import document, printable
from bot.report_forms import Report, Table, shown
from bot.spreadsheets import Value


def excel(report: Report) -> bytes:
    """Each table on a sheet of its own; the first sheet says what it is."""
    lines = [report.title, report.place, report.period, report.draft, *report.notes]
    about: list[list[Value]] = [[line] for line in lines if line]
    about.append([""])
    about.extend([f"{one}:"] for one in report.written)
    sheets = {report.title: about}
    for one in report.tables:
        sheets[one.title] = (
            [list(one.headings), *map(list, one.rows)]
            if one.rows
            else [
                list(one.headings),
                [report.nothing],
            ]
        )
    return spreadsheets.saved(sheets, report.made)


def pdf(report: Report) -> bytes:
    """A4, across. Screen readers can follow it."""
    made = report.made
    return document(
        "report",
        {
            "title": printable(report.title),
            "place": printable(report.place),
            "period": report.period,
            "draft": report.draft,
            "tables": [_table(one, report.nothing) for one in report.tables if one.printed],
            "notes": list(report.notes),
            "written": list(report.written),
            "signed": list(report.signed),
            "made": {"year": made.year, "month": made.month, "day": made.day},
        },
    )


def _table(one: Table, nothing: str) -> dict[str, object]:
    numbers = [
        any(not isinstance(row[place], str) for row in one.rows)
        for place in range(len(one.headings))
    ]
    rows = [[printable(shown(cell)) for cell in row] for row in one.rows]
    return {
        "title": one.title,
        "headings": list(one.headings),
        "numbers": numbers,
        "rows": rows,
        "nothing": nothing,
    }
