"""/quan-tri/gio-yen-lang: when nobody is written to unasked, tried on any moment with the very
rules that hold messages back, and changed by who operates the whole."""

from datetime import date, datetime, time

from fastapi import Response

from bot.core.rights import EVERYWHERE, Operation
from bot.services import quiet
from bot.services.access import Problem, Refused
from storage.database import SECOND
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE

PATH = f"{ABOVE}/gio-yen-lang"
_SET = Operation.SET_QUIET_HOURS
_LATE = time(21, 30)
_SHOWN = 3
_SAID_HERE = (Problem.BAD_VALUE, Problem.SAME, Problem.SHORT_NIGHT, Problem.SHORT_DAY)


class _Pages:
    def __init__(self, console: Console) -> None:
        self.wiring, self.zone = console.wiring, console.zone
        self.calendar, self.known = self.wiring.beside.calendar, self.wiring.beside.quiet

    async def show(self, visit: Visit) -> Response:
        hours = self.known.hours()
        return self._page(visit, f"{hours.begins:%H:%M}", f"{hours.ends:%H:%M}")

    def _page(
        self, visit: Visit, begins: str, ends: str, problem: Problem | None = None
    ) -> Response:
        moment = self._moment(visit)
        hours, today = self.known.hours(), visit.console.local(visit.now).date()
        return visit.show(
            "console/quiet.html",
            422 if problem else 200,
            quiet=hours,
            sets=EVERYWHERE in visit.actor.scopes(_SET),
            given={"tu": begins, "den": ends},
            problem=problem and problem.value,
            moment=moment,
            typed=visit.console.local(moment).strftime("%Y-%m-%dT%H:%M"),
            when={
                "notice": hours.opens(moment, self.zone),
                "urgent": hours.opens(moment, self.zone, urgent=True),
                "guide": self.calendar.opens(moment),
                "help": self.calendar.quiet(moment),
            },
            days=sorted(one for one in self.calendar.days_off if one >= today)[:_SHOWN],
        )

    def _moment(self, visit: Visit) -> int:
        """What was asked for, or half past nine tonight."""
        tonight = datetime.combine(visit.console.local(visit.now).date(), _LATE)
        try:
            asked = datetime.fromisoformat(visit.asked("luc")).replace(tzinfo=None)
        except ValueError:
            asked = tonight
        kept = asked if date(2000, 1, 2) <= asked.date() < date(2100, 1, 1) else tonight
        return int(kept.replace(tzinfo=self.zone).timestamp()) * SECOND

    async def change(self, visit: Visit) -> Response:
        begins, ends = visit.said("tu"), visit.said("den")
        vault, wish = self.wiring.vault, f"{begins}-{ends}"
        try:
            await visit.write(lambda one, now: quiet.change(one, visit.actor, now, vault, wish))
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return self._page(visit, begins, ends, Problem(refused.reason))
        await visit.read(self.known.know)
        return visit.go(PATH, "gio-yen-lang")


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, Operation.ADD_MEMBER)(pages.show)
    console.post(f"{PATH}/doi", _SET)(pages.change)
