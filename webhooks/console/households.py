"""/ho-dan: finding a household without accents, and its card: who lives there, how far they are."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.effects import Purpose
from bot.core.guide import Guide
from bot.core.person import shown
from bot.core.rights import Operation
from bot.services import bulletins, consents, households, persons, sequences, visits
from bot.services.access import Problem, Refused
from bot.services.visits import Outcome, Report
from bot.vault import SealedError
from storage import areas, candidates, runs, sights
from storage import persons as people_rows
from webhooks.console.frame import Console, Visit

PATH = "/ho-dan"
_PAGE = 20
_SEE = Operation.SEE_HOUSEHOLDS


class Cards:
    def __init__(self, console: Console) -> None:
        self.wiring = console.wiring

    async def listed(self, visit: Visit) -> Response:
        text, area, after = visit.asked("tim"), visit.asked("noi"), visit.asked("sau")

        def work(connection: Connection) -> dict[str, Any]:
            scopes = visit.actor.scopes(_SEE)
            found = households.search(
                connection, visit.actor, text, _PAGE + 1, after=after, area=area
            )
            places = bulletins.places(connection, scopes)
            return {"cards": found, "places": places, "names": {p.code: p.name for p in places}}

        values = await visit.read(work)
        cards = values.pop("cards")
        await _shown(visit, [one.home.code for one in cards[:_PAGE]])
        last = cards[_PAGE - 1].home.code if len(cards) > _PAGE else ""
        return visit.show(
            "console/households.html",
            cards=cards[:_PAGE],
            text=text,
            area=area,
            begun=bool(after),
            last=last,
            **values,
        )

    async def card(
        self,
        visit: Visit,
        phone: tuple[int, str] = (0, ""),
        status: int = 200,
        problem: str = "",
        form: str = "",
    ) -> Response:
        """`form` is the one on the card that has the problem; empty for that of visits."""
        code = visit.path("code")

        def work(connection: Connection) -> dict[str, Any]:
            return self._card(connection, visit, code)

        values = await visit.read(work)
        await _shown(visit, [code])
        return visit.show(
            "console/household.html", status, phone=phone, problem=problem, form=form, **values
        )

    def _card(self, connection: Connection, visit: Visit, code: str) -> dict[str, Any]:
        found = households.see(connection, visit.actor, code)
        ids = [one.id for one in found.people]
        guides = self.wiring.shelf.guides.current
        history = households.history(connection, visit.actor, code)
        actors = people_rows.get(connection, {one.actor for one in history})
        going: dict[int, list[runs.Run]] = {}
        for run in runs.live(connection, ids):
            going.setdefault(run.person, []).append(run)
        return {
            "home": found.home,
            "people": found.people,
            "places": _line(connection, found.home.area),
            "reach": {
                one.person: one for one in candidates.of_households(connection, [code], guides)
            },
            "going": going,
            "confirmed": runs.confirmed(connection, ids),
            "guides": guides,
            "where": {
                run.id: ahead(guides[run.guide], run.item)
                for each in going.values()
                for run in each
                if run.guide in guides
            },
            "history": list(reversed(history)),
            "actors": actors,
            "names": {one.id: one.name for one in found.people},
        }

    async def phone(self, visit: Visit) -> Response:
        """Looking is written down, so it is asked for with a button."""
        number = visit.number("number")
        vault = self.wiring.vault

        def work(connection: Connection, now: int) -> str:
            households.see(connection, visit.actor, visit.path("code"))
            return persons.phone(connection, visit.actor, now, vault, number)

        try:
            found = await visit.write(work)
        except SealedError:
            found = ""
        return await self.card(visit, (number, shown(found) if found else "-"))

    async def visited(self, visit: Visit) -> Response:
        """What became of a visit. "Done" needs somebody and a guide, else nothing is verified."""
        code, given = visit.path("code"), visit.said("kq")
        persons_ = [int(one) for one in visit.chosen("ai") if one.isdecimal()]
        guides, books = visit.chosen("bai"), self.wiring.shelf.guides.current
        if given not in tuple(Outcome) or (given == Outcome.DONE and not (persons_ and guides)):
            return await self.card(visit, status=422, problem=Problem.BAD_VALUE)
        report = Report(code, Outcome(given), tuple(guides), tuple(persons_))
        calendar = self.wiring.beside.calendar
        try:
            await visit.write(
                lambda one, now: visits.record(one, visit.actor, now, report, books, calendar)
            )
        except Refused as refused:
            if refused.reason not in (Problem.NO_CONSENT, Problem.NO_GUIDE, Problem.NO_PERSON):
                raise
            return await self.card(visit, status=422, problem=refused.reason)
        return visit.go(f"{PATH}/{code}", "da-lam")

    async def take_back(self, visit: Visit) -> Response:
        """What somebody agreed to, at their own wish."""
        code, number, given = visit.path("code"), visit.number("number"), visit.path("purpose")
        if given not in tuple(Purpose):
            raise Refused(Problem.NOTHING)

        def work(connection: Connection, now: int) -> None:
            here = households.see(connection, visit.actor, code).people
            if number not in {one.id for one in here}:
                raise Refused(Problem.NO_PERSON)
            consents.withdraw(connection, visit.actor, now, number, Purpose(given))

        await visit.write(work)
        return visit.go(f"{PATH}/{code}", f"thoi-{given}")

    async def stop(self, visit: Visit) -> Response:
        code = visit.path("code")
        await visit.write(lambda one, now: sequences.stop(one, visit.actor, now, code))
        return visit.go(f"{PATH}/{code}", "thoi-gui")


async def _shown(visit: Visit, codes: Sequence[str]) -> None:
    """Who sees whom is written down, once a day."""
    viewer = visit.actor.person
    await visit.write(lambda one, now: sights.seen(one, viewer, codes, now))


def _line(connection: Connection, area: str) -> list[str]:
    """What a place and those around it are called, nearest first."""
    codes = areas.line(connection, area)
    known = areas.places(connection, codes)
    return [known[one].name for one in codes if one in known]


def ahead(guide: Guide, item: str) -> int | None:
    """How many steps may still follow, whichever way they go; None when the item is no step."""
    return guide.ahead(item) if guide.step(item) else None


def add(console: Console) -> None:
    pages = Cards(console)
    console.get(PATH, _SEE)(pages.listed)
    console.get(f"{PATH}/{{code}}", _SEE)(pages.card)
    console.post(f"{PATH}/{{code}}/thoi-gui", Operation.STOP_SEQUENCE)(pages.stop)
    console.post(f"{PATH}/{{code}}/nguoi/{{number}}/thoi/{{purpose}}", Operation.RECORD_CONSENT)(
        pages.take_back
    )
    console.post(f"{PATH}/{{code}}/da-lam", Operation.RECORD_VISIT)(pages.visited)
    console.post(f"{PATH}/{{code}}/so/{{number}}", Operation.SEE_PHONE)(pages.phone)
