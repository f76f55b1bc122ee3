"""/: what is to be done first, for whoever is in; for everybody else the front door."""

from fastapi import Response
from sqlalchemy import Connection

from bot.core.announcement import State
from bot.core.rights import Actor, Operation
from bot.services import announcements as service
from storage import announcements
from webhooks.console.frame import Console, Visit


def _todo(connection: Connection, actor: Actor) -> dict[str, int]:
    waiting, troubled = 0, 0
    if actor.scopes(Operation.APPROVE_ANNOUNCEMENT):
        waiting = len(announcements.latest(connection, {State.SUBMITTED}, 100))
    if actor.scopes(Operation.COMPOSE_ANNOUNCEMENT):
        troubled = sum(bool(one.trouble) for one in service.health(connection, actor))
    return {"waiting": waiting, "troubled": troubled}


async def _overview(visit: Visit) -> Response:
    todo = await visit.read(lambda one: _todo(one, visit.actor))
    return visit.show("console/overview.html", **todo)


def _front(console: Console) -> Response:
    return console.show("console/front.html", team="")


def add(console: Console) -> None:
    console.get("/", Operation.ENTER_CONSOLE, stranger=_front)(_overview)
