"""/quan-tri/nhom: neighbourhood groups, how they are, and the code that ties one to its chat."""

from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.announcement import Way, short_code
from bot.core.rights import Operation
from bot.services import announcements, bulletins
from bot.services import groups as service
from bot.services.access import Problem, Refused
from storage import persons
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE

PATH = f"{ABOVE}/nhom"
_CLAIM = Operation.CLAIM_GROUP


class _Pages:
    def __init__(self, console: Console) -> None:
        self.words = console.wiring.notice_words

    async def show(
        self, visit: Visit, status: int = 200, problem: str = "", made: tuple[str, str] = ("", "")
    ) -> Response:
        def work(connection: Connection) -> dict[str, Any]:
            found = announcements.health(connection, visit.actor)
            keepers = persons.get(connection, {one.claimed_by for one in found})
            places = bulletins.places(connection, visit.actor.scopes(_CLAIM))
            return {"groups": found, "keepers": keepers, "places": places}

        values = await visit.read(work)
        found = sorted(values["groups"], key=lambda one: (not one.trouble, one.name))
        return visit.show(
            "console/groups.html",
            status,
            found=[(one, self.words.reason(one.trouble) if one.trouble else None) for one in found],
            keepers=values["keepers"],
            places=values["places"],
            names={one.code: one.name for one in values["places"]},
            ways=[one.value for one in Way],
            problem=problem,
            made=made,
            asked={name: visit.said(name) for name in ("ten", "noi", "kenh")},
        )

    async def register(self, visit: Visit) -> Response:
        """The group's own code is ours to make: nobody has to think one up."""
        way, name, area = visit.said("kenh"), visit.said("ten"), visit.said("noi")
        if way not in tuple(Way):
            return await self.show(visit, 422, Problem.BAD_VALUE)

        def work(connection: Connection, now: int) -> None:
            code = f"n{short_code(now)}".lower()
            service.register(connection, visit.actor, now, code, area, Way(way), name)

        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason not in (Problem.BAD_VALUE, Problem.SAME, Problem.NO_AREA):
                raise
            return await self.show(visit, 422, refused.reason)
        return visit.go(PATH, "them-nhom")

    async def code(self, visit: Visit) -> Response:
        """Shown once, on this page only: it lets a group in."""
        group = visit.path("group")
        made = await visit.write(lambda one, now: service.claim_code(one, visit.actor, now, group))
        return await self.show(visit, made=(group, made))


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _CLAIM)(pages.show)
    console.post(PATH, _CLAIM)(pages.register)
    console.post(f"{PATH}/{{group}}/ma", _CLAIM)(pages.code)
