"""/ho-dan/them and the small forms of a household's card: who lives where, written down."""

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import Operation
from bot.services import bulletins, households, persons
from bot.services.access import Problem, Refused
from webhooks.console.frame import Console, Visit
from webhooks.console.households import PATH, Cards
from webhooks.console.person_form import details

_SAID_HERE = frozenset({Problem.BAD_VALUE, Problem.BAD_PHONE, Problem.NAME_TAKEN})


class _Pages:
    def __init__(self, console: Console, cards: Cards) -> None:
        self.wiring, self.cards = console.wiring, cards

    async def form(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        scopes = visit.actor.scopes(Operation.ADD_HOUSEHOLD)
        places = await visit.read(lambda one: bulletins.places(one, scopes))
        asked = {"area": visit.said("noi"), "label": visit.said("dia-chi")}
        return visit.show(
            "console/new_household.html", status, places=places, problem=problem, **asked
        )

    async def add(self, visit: Visit) -> Response:
        area, label = visit.said("noi"), visit.said("dia-chi")
        if not area:
            return await self.form(visit, 422, Problem.NO_AREA)
        try:
            code = await visit.write(
                lambda one, now: households.add(one, visit.actor, now, area, label)
            )
        except Refused as refused:
            if refused.reason not in (Problem.BAD_VALUE, Problem.NO_AREA):
                raise
            return await self.form(visit, 422, refused.reason)
        return visit.go(f"{PATH}/{code}", "them-ho")

    async def add_person(self, visit: Visit) -> Response:
        code, vault = visit.path("code"), self.wiring.vault
        written = details(visit)

        def work(connection: Connection, now: int) -> None:
            persons.add(connection, visit.actor, now, vault, code, written)

        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.cards.card(visit, status=422, problem=refused.reason, form="nguoi")
        return visit.go(f"{PATH}/{code}", "them-nguoi")


def add(console: Console) -> None:
    pages = _Pages(console, Cards(console))
    console.get(f"{PATH}/them", Operation.ADD_HOUSEHOLD)(pages.form)
    console.post(f"{PATH}/them", Operation.ADD_HOUSEHOLD)(pages.add)
    console.post(f"{PATH}/{{code}}/nguoi", Operation.ADD_PERSON)(pages.add_person)
