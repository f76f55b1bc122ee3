"""/chi-tieu/muc: a goal and an official count for one place and guide."""

from urllib.parse import quote

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import Operation
from bot.core.weeks import day_of
from bot.report_forms import ReportForm
from bot.services import figures
from bot.services.access import Problem, Refused
from storage.reports import Aim
from webhooks.console.frame import Console, Visit

PATH = "/chi-tieu/muc"
_SET = Operation.SET_GOAL
_FIELDS = {"so": "number", "han": "due", "mau": "base", "nguon": "base_source", "ngay": "base_day"}


class _Pages:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.titles = ReportForm().catalogue(console.wiring.library).titles

    async def show(self, visit: Visit) -> Response:
        area, guide = visit.asked("noi"), visit.asked("bai")
        found = await visit.read(lambda one: self._aim(one, visit, area, guide))
        given = {name: getattr(found, field) or "" for name, field in _FIELDS.items()}
        return await self._page(visit, area, guide, given)

    def _aim(self, connection: Connection, visit: Visit, area: str, guide: str) -> Aim:
        if guide not in self.titles:
            raise Refused(Problem.NO_GUIDE)
        return figures.goal(connection, visit.actor, visit.now, area, guide)

    async def _page(
        self, visit: Visit, area: str, guide: str, given: dict[str, object], *, wrong: bool = False
    ) -> Response:
        name = await visit.read(lambda one: figures.place_name(one, visit.actor, area))
        return visit.show(
            "console/goal.html",
            422 if wrong else 200,
            area=area,
            guide=guide,
            title=self.titles[guide],
            place=name,
            given=given,
            wrong=wrong,
            today=day_of(visit.now, self.console.zone),
        )

    async def save(self, visit: Visit) -> Response:
        area, guide = visit.said("noi"), visit.said("bai")
        if guide not in self.titles:
            raise Refused(Problem.NO_GUIDE)
        given = {name: visit.said(name) for name in _FIELDS}
        number, base = _number(given["so"]), _number(given["mau"])
        due, day = (given["han"] if number else ""), (given["ngay"] if base else "")
        aim = Aim(area, guide, number, due, base, given["nguon"] if base else "", day)

        def work(connection: Connection, now: int) -> None:
            figures.set_goal(connection, visit.actor, now, self.console.zone, aim)

        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason is not Problem.BAD_VALUE:
                raise
            return await self._page(visit, area, guide, {**given}, wrong=True)
        return visit.go(f"/chi-tieu?noi={quote(area)}&bai={guide}", "chi-tieu")


def _number(text: str) -> int:
    """0 for nothing, -1 for what is no number."""
    plain = text.replace(".", "").replace(" ", "")
    if not plain:
        return 0
    return int(plain) if plain.isdecimal() and len(plain) < 9 else -1


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _SET)(pages.show)
    console.post(PATH, _SET)(pages.save)
