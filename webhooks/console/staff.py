"""/quan-tri/nguoi: members and officials, their ways in, and ending their sessions."""

from collections.abc import Callable
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Operation
from bot.services import bulletins, logins, roles
from bot.services.access import Problem, Refused
from storage import areas, teams
from storage import logins as rows
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE

PATH = f"{ABOVE}/nguoi"
_LEADS = Operation.ADD_MEMBER


class Staff:
    def __init__(self, console: Console) -> None:
        self.wiring = console.wiring
        self.base = console.wiring.settings.base_url

    async def show(
        self,
        visit: Visit,
        status: int = 200,
        problem: str = "",
        made: tuple[int, str] = (0, ""),
        form: str = "",
    ) -> Response:
        """`made` is whose address to pass on; `form` the one that was
        sent: with its problem, or with what it made shown on top."""
        grants = visit.actor.scopes(Operation.GRANT_ROLE)

        def work(connection: Connection) -> dict[str, Any]:
            places = {one.code for one in bulletins.places(connection, visit.actor.scopes(_LEADS))}
            known = teams.known(connection)
            mine = [code for code, one in known.items() if one.serves & places]
            members = teams.members(connection, mine)
            held = roles.listed(connection, visit.actor) if visit.may(Operation.GRANT_ROLE) else []
            ids = [one.person for one in members] + [one.person for one in held]
            now = self.wiring.database.now(connection)
            return {
                "teams": {code: known[code].name for code in mine},
                "members": members,
                "held": held,
                "places": areas.places(connection, {one.area for one in held}),
                "logins": rows.listed(connection),
                "grants": bulletins.places(connection, grants),
                "everywhere": EVERYWHERE in grants,
                "inside": [one.person for one in rows.sessions(connection, ids, now)],
            }

        values = await visit.read(work)
        return visit.show(
            "console/staff.html",
            status,
            problem=problem,
            made=made,
            form=form,
            said=visit.said,
            **values,
        )

    async def made(
        self,
        visit: Visit,
        work: Callable[[Connection, int], tuple[int, str]],
        path: str,
        form: str = "",
    ) -> Response:
        """The address is shown once, to be passed on by hand."""
        try:
            number, token = await visit.write(work)
        except Refused as refused:
            if refused.reason not in tuple(Problem):
                raise
            return await self.show(visit, 422, refused.reason, form=form)
        return await self.show(visit, made=(number, f"{self.base}{path}/{token}"), form=form)

    async def link(self, visit: Visit) -> Response:
        number = visit.number("member")
        return await self.made(
            visit, lambda one, now: (number, logins.link(one, visit.actor, now, number)), "/vao"
        )

    async def invite(self, visit: Visit) -> Response:
        number, name, vault = visit.number("member"), visit.said("ten"), self.wiring.vault
        return await self.made(
            visit,
            lambda one, now: (
                number,
                logins.invite(one, visit.actor, now, vault, number, name),
            ),
            "/thiet-lap",
        )

    async def out(self, visit: Visit) -> Response:
        number = visit.number("member")
        await visit.write(lambda one, now: logins.end_sessions(one, visit.actor, now, number))
        return visit.go(PATH, "ket-thuc")


def add(console: Console) -> None:
    pages = Staff(console)
    console.get(PATH, _LEADS)(pages.show)
    console.post(f"{PATH}/{{member}}/duong-dan", _LEADS)(pages.link)
    console.post(f"{PATH}/{{member}}/moi", Operation.GRANT_ROLE)(pages.invite)
    console.post(f"{PATH}/{{member}}/ra", Operation.END_SESSIONS)(pages.out)
