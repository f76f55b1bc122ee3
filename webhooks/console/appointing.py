"""/quan-tri/nguoi/…: who joins and leaves a team, who is appointed to an office, and their ways
in. The lists themselves are staff.py's."""

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import Operation, Role
from bot.services import access, logins, members, persons, roles
from bot.services.access import Problem, Refused
from webhooks.console.frame import Console, Visit
from webhooks.console.staff import PATH, Staff

OFFICES = (Role.AUTHOR, Role.APPROVER, Role.CONTENT_AUTHOR, Role.OPERATOR)
_SAID_HERE = frozenset(
    {
        Problem.BAD_VALUE,
        Problem.NAME_TAKEN,
        Problem.NO_AREA,
        Problem.NO_HOUSEHOLD,
        Problem.NO_PERSON,
        Problem.OWN_OFFICE,
        Problem.SAME,
    }
)


class _Pages:
    def __init__(self, console: Console, staff: Staff) -> None:
        self.staff, self.wiring = staff, console.wiring

    async def join(self, visit: Visit) -> Response:
        """A new member gets a link to pass on at once."""
        team, called = visit.path("team"), (visit.said("xung-ho"), visit.said("ten"))
        role, household = visit.said("vai"), visit.said("ho")

        def work(connection: Connection, now: int) -> tuple[int, str]:
            number = members.join(connection, visit.actor, now, team, called, role, household)
            return number, logins.link(connection, visit.actor, now, number)

        return await self.staff.made(visit, work, "/vao", f"to-{team}")

    async def leave(self, visit: Visit) -> Response:
        team, number = visit.path("team"), visit.number("member")
        await visit.write(lambda one, now: members.leave(one, visit.actor, now, team, number))
        return visit.go(PATH, "roi-to")

    async def appoint(self, visit: Visit) -> Response:
        name, role, area = visit.said("ho-ten"), visit.said("vai-tro"), visit.said("noi")
        login, vault = visit.said("dang-nhap"), self.wiring.vault

        def work(connection: Connection, now: int) -> tuple[int, str]:
            if not name or role not in OFFICES or not login:
                raise Refused(Problem.BAD_VALUE)
            number = persons.official(connection, visit.actor, now, name, area)
            roles.appoint(connection, visit.actor, now, number, Role(role), area)
            return number, logins.invite(connection, visit.actor, now, vault, number, login)

        return await self.staff.made(visit, work, "/thiet-lap", "can-bo")

    async def dismiss(self, visit: Visit) -> Response:
        number, role, area = visit.number("member"), visit.said("vai-tro"), visit.said("noi")

        def work(connection: Connection, now: int) -> None:
            access.require(connection, visit.actor, Operation.GRANT_ROLE, area)
            if role not in tuple(Role):
                raise Refused(Problem.BAD_VALUE)
            if number == visit.actor.person and role == Role.OPERATOR:
                raise Refused(Problem.OWN_OFFICE)
            roles.end(connection, visit.actor, now, number, Role(role), area)

        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.staff.show(visit, 422, refused.reason)
        return visit.go(PATH, "thoi-viec")


def add(console: Console) -> None:
    pages = _Pages(console, Staff(console))
    team = f"{PATH}/to/{{team}}"
    console.post(team, Operation.ADD_MEMBER)(pages.join)
    console.post(f"{team}/{{member}}/roi", Operation.REMOVE_MEMBER)(pages.leave)
    console.post(f"{PATH}/can-bo", Operation.GRANT_ROLE)(pages.appoint)
    console.post(f"{PATH}/{{member}}/thoi", Operation.GRANT_ROLE)(pages.dismiss)
