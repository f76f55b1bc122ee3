"""/thu: plays any part of the demo. Exists with `gocua demo` only."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from bot.services import logins as service
from storage import logins, persons, teams
from webhooks.console.frame import Console
from webhooks.console.login import entered


@dataclass(frozen=True, slots=True)
class _Part:
    person: int
    name: str
    roles: list[str]


def _parts(connection: Connection) -> list[_Part]:
    members = teams.members(connection, list(teams.areas_of(connection)))
    ids = [one.person for one in members] + list(logins.listed(connection))
    people, actors = persons.get(connection, ids), teams.actors(connection, ids, service.VIA)
    return [
        _Part(one, people[one].name, [grant.role.value for grant in actors[one].grants])
        for one in ids
    ]


def router(console: Console) -> APIRouter:
    routes, database = APIRouter(), console.wiring.database

    @routes.get("/thu")
    async def parts() -> Response:
        return console.show("console/tryout.html", parts=await database.read(_parts))

    @routes.post("/thu/{person}")
    async def play(person: int) -> Response:
        token = await database.write(lambda one: service.play(one, database.now(one), person))
        return entered(console, token, "/", service.OFFICIAL_LASTS)

    return routes
