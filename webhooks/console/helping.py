"""/can-giup: who waits for a person, longest first; claimed by the first, answered, handed on."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import Response
from sqlalchemy import Connection
from sse_starlette import EventSourceResponse

from bot import trails
from bot.core.rights import Actor, Operation
from bot.services import help as service
from bot.services import help_pictures
from bot.services.access import Problem, Refused
from bot.services.logins import VIA
from storage import calls, persons, sights, teams
from storage.database import MINUTE
from webhooks.console.frame import Console, Visit
from webhooks.console.live import Live
from webhooks.console.looks import Looks

PATH = "/can-giup"
_SEE, _GIVE = Operation.SEE_HELP, Operation.GIVE_HELP
_SAID_HERE = frozenset(
    {
        *(Problem.TAKEN, Problem.BAD_VALUE, Problem.OWN_WORK, Problem.WRONG_STATE),
        *(Problem.BAD_PICTURE, Problem.TOO_MANY),
    }
)
_TALK = ("said", "reply")


def _claim(visit: Visit, connection: Connection, now: int, number: int) -> None:
    service.claim(connection, visit.actor, now, number)


def _release(visit: Visit, connection: Connection, now: int, number: int) -> None:
    service.release(connection, visit.actor, now, number)


def _done(visit: Visit, connection: Connection, now: int, number: int) -> None:
    service.hand_back(connection, visit.actor, now, number)


def _reply(small: bytes, visit: Visit, connection: Connection, now: int, number: int) -> None:
    """`small` is a picture made ready, or empty."""
    actor, text = visit.actor, visit.said("loi")
    path = help_pictures.keep(connection, actor, number, small, text) if small else ""
    service.reply(connection, actor, now, number, text, path)


_STEPS = {"nhan-viec": _claim, "chuyen": _release, "giup-xong": _done}


class _Pages:
    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring
        self.looks = Looks(console.wiring.database)
        self.queues = Live(self._draw_queues, self._mark_queues)
        self.talks = Live(self._draw_talks, self._mark_talks)

    # The queue: who may see the same sees the same drawing

    async def _mark_queues(self, keys: Sequence[str]) -> dict[str, object]:
        """Minutes of waiting stand in it."""
        stamp = await self.wiring.database.read(calls.stamp)
        return dict.fromkeys(keys, (stamp, self.console.now() // MINUTE))

    async def _draw_queues(self, keys: Sequence[str]) -> dict[str, str]:
        drawn, looks = await self.wiring.database.read(lambda one: self._drawn(one, keys))
        await self.looks.note(looks)
        return drawn

    def _drawn(
        self, connection: Connection, keys: Sequence[str]
    ) -> tuple[dict[str, str], set[sights.Shown]]:
        actors = teams.actors(connection, [int(one) for one in keys], VIA)
        queues = service.queues(connection, list(actors.values()))
        every = {line.request.id: line for lines in queues.values() for line in lines}
        around = self._around(connection, list(every.values()))
        drawn: dict[tuple[int, ...], str] = {}
        found = {}
        for person, lines in queues.items():
            mine = person if any(one.request.claimed_by == person for one in lines) else 0
            look = (mine, *(one.request.id for one in lines))
            if look not in drawn:
                values = {**around, "lines": lines, "mine": mine}
                drawn[look] = self.console.draw("console/queue.html", **values)
            found[str(person)] = drawn[look]
        looks = {(person, one.household) for person, lines in queues.items() for one in lines}
        return found, looks

    def _around(self, connection: Connection, lines: Sequence[service.Line]) -> dict[str, Any]:
        now = self.wiring.database.now(connection)
        return {
            "waits": {one.request.id: (now - one.request.asked_at) // MINUTE for one in lines},
            "where": self._steps(connection, [one.request for one in lines]),
            "words": calls.last_words(connection, [one.request.id for one in lines]),
        }

    def _queue(self, connection: Connection, actor: Actor) -> dict[str, Any]:
        lines = service.queue(connection, actor)
        return self._around(connection, lines) | {"lines": lines, "mine": actor.person}

    def _steps(
        self, connection: Connection, requests: Sequence[calls.Request]
    ) -> dict[int, Mapping[str, Any]]:
        walked = trails.places(connection, self.wiring.shelf.guides, requests)
        return {one.id: self._step(one, walked[one.id]) for one in requests}

    def _step(self, request: calls.Request, walked: trails.Place) -> Mapping[str, Any]:
        """Where they are in which guide; nothing for who called without one."""
        guide = self.wiring.shelf.guides.current.get(request.guide)
        if guide is None:
            return {"title": "", "number": 0, "of": 0, "step": None}
        number, of = walked
        step = guide.step(request.item)
        return {"title": guide.title, "number": number, "of": of, "step": step}

    async def show(self, visit: Visit) -> Response:
        values = await visit.read(lambda one: self._queue(one, visit.actor))
        await self.looks.note({(visit.actor.person, one.household) for one in values["lines"]})
        return visit.show("console/help.html", **values)

    async def stream(self, visit: Visit) -> Response:
        return EventSourceResponse(self.queues.stream(str(visit.actor.person)))

    # One call

    async def _mark_talks(self, keys: Sequence[str]) -> dict[str, object]:
        numbers = [int(one) for one in keys]
        newest = await self.wiring.database.read(lambda one: calls.newest(one, numbers))
        return {key: newest.get(int(key)) for key in keys}

    async def _draw_talks(self, keys: Sequence[str]) -> dict[str, str]:
        found = await self.wiring.database.read(
            lambda one: {key: self._talk(one, int(key)) for key in keys}
        )
        return {key: self.console.draw("console/talk.html", **one) for key, one in found.items()}

    def _talk(self, connection: Connection, number: int) -> dict[str, Any]:
        """What was said and done, for whoever was let in already."""
        happened = calls.history(connection, number)
        people = persons.get(connection, {one.actor for one in happened})
        return {
            "happened": [one for one in happened if one.kind != "told"],
            "names": {one.id: one.name for one in people.values()},
            "talk": _TALK,
        }

    async def one(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        number = visit.number("call")

        def work(connection: Connection) -> dict[str, Any]:
            service.thread(connection, visit.actor, number)
            request = calls.get(connection, [number])[number]
            people = persons.get(connection, {request.person, request.claimed_by})
            values = self._talk(connection, number)
            now = self.wiring.database.now(connection)
            return values | {
                "request": request,
                "waits": (now - request.asked_at) // MINUTE,
                "who": people.get(request.person),
                "helper": people.get(request.claimed_by),
                "where": self._steps(connection, [request])[number],
                "mine": request.claimed_by == visit.actor.person,
            }

        values = await visit.read(work)
        if who := values["who"]:
            await self.looks.note({(visit.actor.person, who.household)})
        said = visit.said("loi") if problem else ""
        return visit.show("console/call.html", status, problem=problem, said=said, **values)

    async def talk(self, visit: Visit) -> Response:
        number = visit.number("call")
        await visit.read(lambda one: service.thread(one, visit.actor, number))
        return EventSourceResponse(self.talks.stream(str(number)))

    async def act(self, name: str, visit: Visit) -> Response:
        number = visit.number("call")
        try:
            work = _STEPS.get(name) or partial(_reply, await _uploaded(visit))
            await visit.write(lambda one, now: work(visit, one, now, number))
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.one(visit, 422, refused.reason)
        on = PATH if name in ("chuyen", "giup-xong") else f"{PATH}/{number}"
        return visit.go(on, "" if name == "tra-loi" else name)


async def _uploaded(visit: Visit) -> bytes:
    """The picture that was chosen, made small; empty for none."""
    raw = await visit.picture()
    return await asyncio.to_thread(help_pictures.clean, raw) if raw else b""


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _SEE)(pages.show)
    console.get(f"{PATH}/dong", _SEE)(pages.stream)
    console.get(f"{PATH}/{{call}}", _SEE)(pages.one)
    console.get(f"{PATH}/{{call}}/dong", _SEE)(pages.talk)
    for name in (*_STEPS, "tra-loi"):
        console.post(f"{PATH}/{{call}}/{name}", _GIVE)(partial(pages.act, name))
