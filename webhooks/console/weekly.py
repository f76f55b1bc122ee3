"""/chi-tieu/bao-cao: the reports of a place week by week, and the lines people add to them."""

from typing import Any
from urllib.parse import quote

from fastapi import Response
from sqlalchemy import Connection

from bot.core import weeks
from bot.core.rights import EVERYWHERE, Operation
from bot.report_forms import ReportForm
from bot.services import remarks, reports
from bot.services.access import Problem, Refused
from storage import areas
from webhooks.console.frame import Console, Visit

PATH = "/chi-tieu/bao-cao"
_SEE = Operation.SEE_FIGURES
_WEEKS = 12
AGAIN = "lai"
_EMPTY = {"kind": "", "text": "", "week": ""}


class _Pages:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.form = ReportForm()
        self.catalogue = self.form.catalogue(console.wiring.library)

    def _now(self, at: int) -> reports.Now:
        return reports.Now(at, self.console.zone, self.catalogue, self.form.plain())

    def _weeks(self, visit: Visit) -> list[weeks.Week]:
        """This one first."""
        found = [weeks.of_day(weeks.day_of(visit.now, self.console.zone))]
        while len(found) < _WEEKS:
            found.append(found[-1].before())
        return found

    async def show(self, visit: Visit) -> Response:
        scopes = visit.actor.scopes(_SEE)
        area = visit.asked("noi") or (EVERYWHERE if EVERYWHERE in scopes else scopes[0])
        return await self._page(visit, area, _EMPTY)

    async def _page(self, visit: Visit, area: str, given: dict[str, str]) -> Response:
        """`given` is what could not be saved."""
        shown = self._weeks(visit)

        def work(connection: Connection) -> dict[str, Any]:
            kept = dict(reports.kept(connection, visit.actor, area))
            lines = {
                week: remarks.listed(connection, visit.actor, area, week) for week in shown[:2]
            }
            known = areas.places(connection)
            return {"kept": kept, "lines": lines, "names": known}

        return visit.show(
            "console/weekly.html",
            200 if given is _EMPTY else 422,
            area=area,
            weeks=shown,
            kinds=self.form.file.remarks,
            given=given,
            wrong=given is not _EMPTY,
            longest=remarks.LONGEST,
            makes=visit.may(Operation.MAKE_REPORT),
            adds=visit.may(Operation.ADD_REMARK),
            **await visit.read(work),
        )

    async def make(self, visit: Visit) -> Response:
        area, week = visit.said("noi"), _week(visit)
        how = reports.anew if visit.said("lam") == AGAIN else reports.keep

        def work(connection: Connection, now: int) -> None:
            how(connection, visit.actor, self._now(now), area, week)

        await visit.write(work)
        return visit.go(f"{PATH}?noi={quote(area)}", "bao-cao")

    async def add(self, visit: Visit) -> Response:
        area, week = visit.said("noi"), _week(visit)
        given = {"kind": visit.said("muc"), "text": visit.said("dong"), "week": str(week)}

        def work(connection: Connection, now: int) -> None:
            remarks.add(
                connection,
                visit.actor,
                now,
                self.console.zone,
                area,
                week,
                given["kind"],
                given["text"],
            )

        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason is not Problem.BAD_VALUE:
                raise
            return await self._page(visit, area, given)
        return visit.go(f"{PATH}?noi={quote(area)}", "dong")


def _week(visit: Visit) -> weeks.Week:
    if week := weeks.read(visit.said("tuan")):
        return week
    raise Refused(Problem.BAD_VALUE)


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _SEE)(pages.show)
    console.post(PATH, Operation.MAKE_REPORT)(pages.make)
    console.post(f"{PATH}/dong", Operation.ADD_REMARK)(pages.add)
