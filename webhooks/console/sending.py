"""/ho-dan/<code>/gui: which guides, to whom, how; what would happen is shown before it does."""

from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import Operation
from bot.services import households, sequences
from bot.services.access import Problem, Refused
from bot.services.sequences import Plan, Way, Wish
from storage import candidates
from webhooks.console.frame import Console, Visit
from webhooks.console.households import PATH, ahead

_START = Operation.START_SEQUENCE


class _Sending:
    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring

    def _wish(self, visit: Visit, given: Any) -> Wish:
        """What was ticked, in a query or in a form."""
        guides = self.wiring.shelf.guides.current
        chosen = tuple(one for one in guides if one in given.getlist("bai"))
        persons = [one for one in given.getlist("nguoi") if str(one).isdecimal()]
        way = str(given.get("cach", ""))
        return Wish(
            chosen,
            Way(way) if way in tuple(Way) else Way.CHAT,
            (visit.path("code"),),
            persons=tuple(int(one) for one in persons),
        )

    async def form(self, visit: Visit) -> Response:
        wish = self._wish(visit, visit.request.query_params)
        if not visit.asked("cach") and not await visit.read(partial(_chats, visit.path("code"))):
            wish = replace(wish, way=Way.HOME)
        return await self.show(visit, wish)

    async def show(self, visit: Visit, wish: Wish, status: int = 200) -> Response:
        guides = self.wiring.shelf.guides.current

        def work(connection: Connection, now: int) -> dict[str, Any]:
            found = households.see(connection, visit.actor, wish.households[0])
            plan = self._plan(connection, visit, now, wish)
            return {"home": found.home, "people": found.people, "plan": plan}

        database = self.wiring.database
        values = await visit.read(lambda one: work(one, database.now(one)))
        plan = values["plan"]
        where = {
            (one.who.person, one.guide): ahead(guides[one.guide], one.item)
            for one in (plan.left if plan else ())
            if one.guide in guides
        }
        return visit.show(
            "console/sending.html", status, wish=wish, guides=guides, where=where, **values
        )

    def _plan(self, connection: Connection, visit: Visit, now: int, wish: Wish) -> Plan | None:
        if not wish.guides:
            return None
        guides = self.wiring.shelf.guides.current
        return sequences.plan(connection, visit.actor, now, wish, guides)

    async def send(self, visit: Visit) -> Response:
        wish = self._wish(visit, visit.form)
        guides = self.wiring.shelf.guides.current
        calendar = self.wiring.beside.calendar
        try:
            await visit.write(
                lambda one, now: sequences.start(one, visit.actor, now, wish, guides, calendar)
            )
        except Refused as refused:
            if refused.reason not in (Problem.NOTHING, Problem.NO_GUIDE):
                raise
            return await self.show(visit, wish, 422)
        done = "gui-bai" if wish.way is Way.CHAT else "giao-bai"
        return visit.go(f"{PATH}/{wish.households[0]}", done)


def _chats(code: str, connection: Connection) -> bool:
    """Whether anybody of a household can be written to."""
    return any(one.chat for one in candidates.of_households(connection, [code], ()))


def add(console: Console) -> None:
    pages = _Sending(console)
    console.get(f"{PATH}/{{code}}/gui", _START)(pages.form)
    console.post(f"{PATH}/{{code}}/gui", _START)(pages.send)
