"""/quan-tri/du-lieu: what residents asked about their own data, with the law's clocks, and the
ways of settling it. For leads, in their own place."""

from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import Connection

from bot.core.data_rights import CORRECT, REASONS
from bot.core.rights import Operation
from bot.services import data_requests as service
from bot.services import own_data
from bot.services.access import Problem, Refused
from storage import persons as rows
from storage.rows import Row
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE
from webhooks.console.person_form import typed

PATH = f"{ABOVE}/du-lieu"
_SETTLE = Operation.SETTLE_DATA
_SAID_HERE = frozenset(
    {
        Problem.BAD_VALUE,
        Problem.BAD_PHONE,
        Problem.NAME_TAKEN,
        Problem.NO_REASON,
        Problem.SERVES,
        Problem.NOT_SURE,
    }
)


class _Pages:
    def __init__(self, console: Console) -> None:
        self.wiring = console.wiring
        self.clerk = self.wiring.beside.clerk(self.wiring.database, self.wiring.signals)

    async def listed(self, visit: Visit) -> Response:
        is_open = visit.asked("loc") != "xong"
        cases = await visit.read(lambda one: service.listed(one, visit.actor, is_open=is_open))
        return visit.show("console/data_requests.html", cases=cases, is_open=is_open)

    async def one(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        number = visit.number("number")

        def work(connection: Connection) -> dict[str, Any]:
            case = service.get(connection, visit.actor, number)
            looks: list[Row] = service.looks(connection, visit.actor, number)
            ids = {int(one["actor"]) for one in looks} | {case.asked.done_by}
            names = {one.id: one.name for one in rows.get(connection, ids).values()}
            return {"case": case, "looks": looks, "names": names}

        values = await visit.read(work)
        return visit.show(
            "console/data_request.html", status, problem=problem, reasons=REASONS, **values
        )

    async def correct(self, visit: Visit) -> Response:
        number, vault = visit.number("number"), self.wiring.vault

        def work(connection: Connection, now: int) -> None:
            case = service.get(connection, visit.actor, number)
            mends = case.person if case.asked.kind == CORRECT else None
            fields = typed(visit, mends) if mends else {}
            asked = service.correct(connection, visit.actor, now, vault, number, **fields)
            self.clerk.tell(connection, asked, "data.corrected", now)

        return await self._settled(visit, work, "du-lieu-sua")

    async def decline(self, visit: Visit) -> Response:
        number, reason = visit.number("number"), visit.said("ly-do")

        def work(connection: Connection, now: int) -> None:
            asked = service.decline(connection, visit.actor, now, number, reason)
            self.clerk.tell(connection, asked, f"data.declined.{reason}", now)

        return await self._settled(visit, work, "du-lieu-khong")

    async def erase(self, visit: Visit) -> Response:
        number, vault = visit.number("number"), self.wiring.vault
        is_sure = bool(visit.said("chac"))

        def work(connection: Connection, now: int) -> None:
            asked = service.erase(connection, visit.actor, now, vault, number, is_sure=is_sure)
            self.clerk.tell(connection, asked, "data.erased", now)

        return await self._settled(visit, work, "du-lieu-xoa")

    async def _settled(self, visit: Visit, work: Any, done: str) -> Response:
        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.one(visit, 422, refused.reason)
        return visit.go(PATH, done)

    async def taken(self, visit: Visit) -> Response:
        """Everything kept of them, as a file to hand over; looking is written down."""
        number, vault = visit.number("number"), self.wiring.vault

        def work(connection: Connection, now: int) -> dict[str, object]:
            asked = service.get(connection, visit.actor, number).asked
            kept = own_data.see(connection, visit.actor, now, vault, asked.person, asked.address)
            return own_data.export(kept)

        plain = await visit.write(work)
        headers = {
            "content-disposition": f'attachment; filename="du-lieu-{number}.json"',
            "cache-control": "no-store",
        }
        content = orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
        return Response(content, media_type="application/json", headers=headers)


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _SETTLE)(pages.listed)
    console.get(f"{PATH}/{{number}}", _SETTLE)(pages.one)
    console.post(f"{PATH}/{{number}}/sua", _SETTLE)(pages.correct)
    console.post(f"{PATH}/{{number}}/khong", _SETTLE)(pages.decline)
    console.post(f"{PATH}/{{number}}/xoa", _SETTLE)(pages.erase)
    console.post(f"{PATH}/{{number}}/tai", _SETTLE)(pages.taken)
