"""/quan-tri/gio-yen-lang: when nobody is written to unasked, tried on any moment with the very
rules that hold messages back. Nothing is changed here."""

from datetime import date, datetime, time

from fastapi import Response

from bot.core.announcement import QUIET_FROM, QUIET_TO, opens
from bot.core.hours import awake
from bot.core.rights import Operation
from storage.database import SECOND
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE

PATH = f"{ABOVE}/gio-yen-lang"
_LATE = time(21, 30)
_SHOWN = 3


class _Pages:
    def __init__(self, console: Console) -> None:
        self.zone, self.calendar = console.zone, console.wiring.beside.calendar

    async def show(self, visit: Visit) -> Response:
        moment = self._moment(visit)
        today = visit.console.local(visit.now).date()
        return visit.show(
            "console/quiet.html",
            begins=QUIET_FROM,
            ends=QUIET_TO,
            moment=moment,
            typed=visit.console.local(moment).strftime("%Y-%m-%dT%H:%M"),
            when={
                "notice": opens(moment, self.zone, urgent=False),
                "urgent": opens(moment, self.zone, urgent=True),
                "guide": self.calendar.opens(moment),
                "help": awake(moment, self.zone),
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


def add(console: Console) -> None:
    console.get(PATH, Operation.ADD_MEMBER)(_Pages(console).show)
