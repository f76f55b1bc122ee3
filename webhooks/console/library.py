"""/thu-vien: the guides as those who teach them see them, and where people get stuck in each."""

from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core import weeks
from bot.core.guide import Guide
from bot.core.rights import EVERYWHERE, Operation
from bot.services import bulletins, funnels
from bot.services.access import Problem, Refused
from storage import editions
from webhooks.console.frame import Console, Visit

PATH = "/thu-vien"


class _Pages:
    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring

    async def listed(self, visit: Visit) -> Response:
        today = weeks.day_of(visit.now, self.console.zone)
        library = self.wiring.library
        waiting, ours = await visit.read(lambda one: (editions.waiting(one), editions.current(one)))
        return visit.show(
            "console/library.html",
            guides=list(self.wiring.shelf.guides.current.values()),
            waiting=waiting,
            ours=ours,
            about=library.about,
            overdue=library.expired(today),
        )

    async def guide(self, visit: Visit) -> Response:
        found = self.wiring.shelf.guides.current.get(visit.path("guide"))
        if found is None:
            raise Refused(Problem.NO_GUIDE)
        scopes = visit.actor.scopes(Operation.SEE_FIGURES)
        area = visit.asked("noi") or (EVERYWHERE if EVERYWHERE in scopes else scopes[0])

        def work(connection: Connection) -> dict[str, Any]:
            steps = funnels.lately(
                connection, visit.actor, visit.now, self.console.zone, found, area
            )
            places = bulletins.places(connection, scopes)
            return {
                "steps": _with_words(found, steps),
                "places": places,
                "seen": editions.open_one(connection, found.id),
                "ours": editions.current(connection).get(found.id),
            }

        return visit.show(
            "console/guide.html",
            guide=found,
            about=self.wiring.library.about[found.id],
            shipped=next(one for one in self.wiring.library.every if one.id == found.id),
            area=area,
            everywhere=EVERYWHERE in scopes,
            edits=EVERYWHERE in visit.actor.scopes(Operation.EDIT_GUIDE),
            **await visit.read(work),
        )


def _with_words(guide: Guide, steps: list[funnels.Step]) -> list[dict[str, Any]]:
    """Each step with its words, its troubles by name, and how many in a hundred were stuck."""
    most = max((one.came for one in steps), default=0)
    aside = _aside(guide)
    shown = []
    for step, counted in zip(guide.steps, steps, strict=True):
        came = counted.came
        labels = {one.id: one.label for one in step.troubles}
        shown.append(
            {
                "text": step.text.strip().partition("\n")[0],
                "counted": counted,
                "came": came,
                "aside": step.id in aside,
                "bar": 100 * came // most if most else 0,
                "share": 100 * counted.stuck // came if came else 0,
                "troubles": [(labels.get(item, item), many) for item, many in counted.troubles],
            }
        )
    return shown


def _aside(guide: Guide) -> set[str]:
    """Steps that some choose their way around: another phone, or done before."""
    places = {step.id: place for place, step in enumerate(guide.steps)}
    found: set[str] = set()
    for place, step in enumerate(guide.steps):
        for go in (step.go, *(choice.go for choice in step.choices)):
            found |= {one.id for one in guide.steps[place + 1 : places.get(go, 0)]}
    return found


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, Operation.SEE_GUIDES)(pages.listed)
    console.get(f"{PATH}/{{guide}}", Operation.SEE_FIGURES)(pages.guide)
