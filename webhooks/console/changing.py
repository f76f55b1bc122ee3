"""/ho-dan/…/thay-doi and /ho-dan/…/nguoi/…: what changes in a household, each with its history: its
address, its head, where it lives, who left, two that are one; and a person of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.data_rights import ERASURES, IN_PERSON
from bot.core.rights import EVERYWHERE, Operation
from bot.services import access, bulletins, data_requests, households, own_data, persons
from bot.services.access import Problem, Refused
from storage.database import DAY, SECOND
from storage.persons import Someone
from webhooks.console.data_requests import PATH as REQUESTS
from webhooks.console.frame import Console, Visit
from webhooks.console.households import PATH
from webhooks.console.person_form import typed

_SEE, _CHANGE = Operation.SEE_HOUSEHOLDS, Operation.CHANGE_HOUSEHOLD
_MERGE, _MOVE = Operation.MERGE_HOUSEHOLDS, Operation.MOVE_HOUSEHOLD
_SHOWN = 8
_PEACE = (30, 90, 365)  # days somebody may ask to be left alone
_AWAY = "di"
_SAID_HERE = frozenset(
    {
        Problem.BAD_VALUE,
        Problem.BAD_PHONE,
        Problem.NAME_TAKEN,
        Problem.NO_PERSON,
        Problem.NO_AREA,
        Problem.NO_HOUSEHOLD,
        Problem.NOBODY_LEFT,
        Problem.NO_REASON,
        Problem.NOT_SURE,
        Problem.SAME,
        Problem.SERVES,
    }
)
Step = Callable[[Visit, Connection, int, str], str]


def _relabel(visit: Visit, connection: Connection, now: int, code: str) -> str:
    households.relabel(connection, visit.actor, now, code, visit.said("dia-chi"))
    return f"{PATH}/{code}"


def _head(visit: Visit, connection: Connection, now: int, code: str) -> str:
    households.set_head(connection, visit.actor, now, code, _number(visit.said("chu")))
    return f"{PATH}/{code}"


def _move(visit: Visit, connection: Connection, now: int, code: str) -> str:
    """To another place, perhaps out of sight of whoever moves it."""
    to = visit.said("den")
    access.active(connection, visit.actor, _MOVE, code)
    if not to:
        raise Refused(Problem.NO_AREA)
    area = "" if to == _AWAY else to
    households.move(connection, visit.actor, now, code, area, visit.said("dia-chi-moi"))
    return PATH


def _mute(visit: Visit, connection: Connection, now: int, code: str) -> str:
    days = _number(visit.said("ngay"))
    access.active(connection, visit.actor, _CHANGE, code)
    if days not in _PEACE:
        raise Refused(Problem.BAD_VALUE)
    households.mute(connection, visit.actor, now, code, "refused", now + days * DAY)
    return f"{PATH}/{code}"


def _unmute(visit: Visit, connection: Connection, now: int, code: str) -> str:
    households.unmute(connection, visit.actor, now, code)
    return f"{PATH}/{code}"


def _split(visit: Visit, connection: Connection, now: int, code: str) -> str:
    leaving = [_number(one) for one in visit.chosen("ra")]
    new = households.split(connection, visit.actor, now, code, leaving, visit.said("dia-chi-tach"))
    return f"{PATH}/{new}"


def _merge(visit: Visit, connection: Connection, now: int, code: str) -> str:
    into = visit.said("vao")
    households.merge(connection, visit.actor, now, code, into)
    return f"{PATH}/{into}"


_STEPS: Mapping[str, tuple[Operation, Step]] = {
    "sua": (_CHANGE, _relabel),
    "chu-ho": (_CHANGE, _head),
    "chuyen": (_MOVE, _move),
    "khong-nhan": (_CHANGE, _mute),
    "nhan-lai": (_CHANGE, _unmute),
    "tach": (_MERGE, _split),
    "gop": (_MERGE, _merge),
}


def _number(given: str) -> int:
    return int(given) if given.isdecimal() and len(given) < 16 else 0


class _Pages:
    def __init__(self, console: Console) -> None:
        self.wiring, self.calendar = console.wiring, console.wiring.beside.calendar

    async def show(
        self, visit: Visit, status: int = 200, problem: str = "", form: str = ""
    ) -> Response:
        """`form` is the one that has the problem."""
        code, text = visit.path("code"), visit.asked("tim")

        def work(connection: Connection) -> dict[str, Any]:
            access.active(connection, visit.actor, _CHANGE, code)
            card = households.see(connection, visit.actor, code)
            return {
                "home": card.home,
                "people": card.people,
                "places": bulletins.places(connection, (EVERYWHERE,)),
                "found": _alike(connection, visit, code, text),
            }

        values = await visit.read(work)
        return visit.show(
            "console/changing.html",
            status,
            problem=problem,
            form=form,
            text=text,
            peace=_PEACE,
            said=visit.said,
            leaving=visit.chosen("ra"),
            **values,
        )

    async def act(self, name: str, visit: Visit) -> Response:
        code, (_, step) = visit.path("code"), _STEPS[name]
        try:
            on = await visit.write(lambda one, now: step(visit, one, now, code))
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.show(visit, 422, refused.reason, name)
        return visit.go(on, f"ho-{name}")

    # A person

    async def person(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        code, number = visit.path("code"), visit.number("number")

        def work(connection: Connection) -> dict[str, Any]:
            card = households.see(connection, visit.actor, code)
            return {"home": card.home, "one": _of(card, number)}

        values = await visit.read(work)
        given = {name: visit.said(name) for name in ("loai", "cach", "ngay")}
        today = f"{datetime.now(self.calendar.zone):%Y-%m-%d}"
        values |= {"kinds": IN_PERSON, "given": given, "today": today}
        return visit.show(
            "console/changing_person.html", status, problem=problem, reasons=ERASURES, **values
        )

    async def note(self, visit: Visit) -> Response:
        """A request about data, made in person."""
        hours = self.wiring.beside.hours
        made: list[int] = []

        def work(connection: Connection, now: int, one: Someone) -> None:
            day, kind, way = visit.said("ngay"), visit.said("loai"), visit.said("cach")
            asked = self._morning(day, now)
            sure = bool(visit.said("biet-mat"))
            number = data_requests.note(
                connection, visit.actor, now, hours, one.id, kind, asked, way, is_sure=sure
            )
            made.append(number)

        answer = await self._changed(visit, work, "")
        return visit.go(f"{REQUESTS}/{made[0]}", "du-lieu-ghi") if made else answer

    def _morning(self, day: str, now: int) -> int:
        """When that day began; now for today. 0 for what is no day."""
        if day == self.calendar.day(now):
            return now
        try:
            began = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=self.calendar.zone)
        except ValueError:
            return 0
        return int(began.timestamp()) * SECOND

    async def change(self, visit: Visit) -> Response:
        vault = self.wiring.vault

        def work(connection: Connection, now: int, one: Someone) -> None:
            fields = typed(visit, one)
            persons.correct(connection, visit.actor, now, vault, one.id, **fields)

        return await self._changed(visit, work, "sua-nguoi")

    async def erase(self, visit: Visit) -> Response:
        def work(connection: Connection, now: int, one: Someone) -> None:
            access.person(connection, visit.actor, Operation.ERASE_PERSON, one.id)
            reason = visit.said("ly-do")
            if reason not in ERASURES:
                raise Refused(Problem.NO_REASON)
            if not visit.said("chac"):
                raise Refused(Problem.NOT_SURE)
            vault = self.wiring.vault
            own_data.erase(connection, visit.actor, now, vault, one.id, reason=reason)

        return await self._changed(visit, work, "xoa-nguoi")

    async def _changed(
        self, visit: Visit, work: Callable[[Connection, int, Someone], None], done: str
    ) -> Response:
        code, number = visit.path("code"), visit.number("number")

        def whole(connection: Connection, now: int) -> None:
            work(connection, now, _of(households.see(connection, visit.actor, code), number))

        try:
            await visit.write(whole)
        except Refused as refused:
            if refused.reason not in _SAID_HERE - {Problem.NO_PERSON}:
                raise
            return await self.person(visit, 422, refused.reason)
        return visit.go(f"{PATH}/{code}", done)


def _of(card: households.Card, number: int) -> Someone:
    """Somebody who lives there. Raises Refused."""
    for one in card.people:
        if one.id == number:
            return one
    raise Refused(Problem.NO_PERSON)


def _alike(connection: Connection, visit: Visit, code: str, text: str) -> list[households.Card]:
    """Households it may be merged into, found by what was typed."""
    if not (text and visit.may(_MERGE)):
        return []
    found = households.search(connection, visit.actor, text, _SHOWN + 1)
    return [one for one in found if one.home.code != code][:_SHOWN]


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(f"{PATH}/{{code}}/thay-doi", _CHANGE)(pages.show)
    for name, (operation, _) in _STEPS.items():
        console.post(f"{PATH}/{{code}}/{name}", operation)(partial(pages.act, name))
    person = f"{PATH}/{{code}}/nguoi/{{number}}"
    console.get(person, Operation.CHANGE_PERSON)(pages.person)
    console.post(person, Operation.CHANGE_PERSON)(pages.change)
    console.post(f"{person}/xoa", Operation.ERASE_PERSON)(pages.erase)
    console.post(f"{person}/yeu-cau", Operation.SETTLE_DATA)(pages.note)
