"""/chi-tieu: a week's indicators by place and guide, as tables with bars, Excel and PDF."""

from collections.abc import Callable
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot import report_files
from bot.core import weeks
from bot.core.rights import EVERYWHERE, Operation
from bot.report_forms import Report, ReportForm, shown
from bot.services import bulletins, reports
from bot.spreadsheets import Share
from webhooks.console.frame import Console, Visit

PATH = "/chi-tieu"
_SEE = Operation.SEE_FIGURES
_WEEKS = 8
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Pages:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.form = ReportForm()
        self.catalogue = self.form.catalogue(console.wiring.library)

    def _week(self, visit: Visit) -> weeks.Week:
        """The one that is asked for, else this one as far as it has gone."""
        this = weeks.of_day(weeks.day_of(visit.now, self.console.zone))
        return weeks.read(visit.asked("tuan")) or this

    def _area(self, visit: Visit) -> str:
        scopes = visit.actor.scopes(_SEE)
        given = visit.asked("noi")
        return given or (EVERYWHERE if EVERYWHERE in scopes else scopes[0])

    async def _report(self, visit: Visit) -> tuple[Report, str, weeks.Week]:
        week, area = self._week(visit), self._area(visit)
        plain = self.form.plain()

        def work(connection: Connection) -> reports.Kept:
            at = reports.Now(visit.now, self.console.zone, self.catalogue, plain)
            return reports.look(connection, visit.actor, at, area, week)

        kept = await visit.read(work)
        return ReportForm(kept.form).report(kept.figures), area, week

    async def show(self, visit: Visit) -> Response:
        report, area, week = await self._report(visit)
        scopes = visit.actor.scopes(_SEE)
        places = await visit.read(lambda one: bulletins.places(one, scopes))
        this = weeks.of_day(weeks.day_of(visit.now, self.console.zone))
        return visit.show(
            "console/figures.html",
            report=report,
            area=area,
            week=week,
            weeks=_last(this),
            places=places,
            everywhere=EVERYWHERE in scopes,
            shown=shown,
            width=_width,
        )

    def file(self, write: Callable[[Report], bytes], kind: str, media: str) -> Any:
        async def answer(visit: Visit) -> Response:
            report, area, week = await self._report(visit)
            name = f"chi-tieu-{area or 'tat-ca'}-{week}.{kind}"
            headers = {"content-disposition": f'attachment; filename="{name}"'}
            return Response(write(report), 200, headers, media)

        return answer


def _last(week: weeks.Week) -> list[weeks.Week]:
    found = [week]
    while len(found) < _WEEKS:
        found.append(found[-1].before())
    return found


def _width(cell: object) -> int:
    """Of a share's bar, in hundredths; -1 for what is no share."""
    return min(100, cell.tenths // 10) if isinstance(cell, Share) else -1


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _SEE)(pages.show)
    console.get(f"{PATH}.xlsx", _SEE)(pages.file(report_files.excel, "xlsx", _EXCEL))
    console.get(f"{PATH}.pdf", _SEE)(pages.file(report_files.pdf, "pdf", "application/pdf"))
