"""/thong-bao/nguon: feeds of official sites, whose news become drafts for a person to edit."""

from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Operation
from bot.services import bulletins, feeds
from bot.services.access import Problem, Refused
from storage import areas
from webhooks.console.frame import Console, Visit
from webhooks.console.notice_steps import PATH as ABOVE

PATH = f"{ABOVE}/nguon"
_COMPOSE = Operation.COMPOSE_ANNOUNCEMENT
_SAID_HERE = (Problem.BAD_VALUE, Problem.SAME)


class _Pages:
    def __init__(self, console: Console) -> None:
        self.words = console.wiring.notice_words

    async def show(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        def work(connection: Connection) -> dict[str, Any]:
            scopes = visit.actor.scopes(_COMPOSE)
            found = feeds.listed(connection, visit.actor)
            names = areas.places(connection, {area for one in found for area in one.areas})
            return {
                "feeds": [(one, self.words.feed_error(one.error)) for one in found],
                "names": {code: place.name for code, place in names.items()},
                "places": bulletins.places(connection, scopes),
                "everywhere": EVERYWHERE in scopes,
            }

        asked = {"dia-chi": visit.said("dia-chi"), "noi": visit.chosen("noi")}
        values = await visit.read(work)
        return visit.show("console/sources.html", status, problem=problem, asked=asked, **values)

    async def add(self, visit: Visit) -> Response:
        url, places = visit.said("dia-chi"), visit.chosen("noi")
        try:
            await visit.write(lambda one, now: feeds.add(one, visit.actor, now, url, places))
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.show(visit, 422, refused.reason)
        return visit.go(PATH, "them-nguon")

    async def remove(self, visit: Visit) -> Response:
        number = visit.number("feed")
        await visit.write(lambda one, now: feeds.remove(one, visit.actor, now, number))
        return visit.go(PATH, "bo-nguon")


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _COMPOSE)(pages.show)
    console.post(PATH, _COMPOSE)(pages.add)
    console.post(f"{PATH}/{{feed}}/bo", _COMPOSE)(pages.remove)
