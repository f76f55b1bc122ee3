"""/quan-tri/nhat-ky: who did what, when, found by person, kind of work and day. For operators."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot.core.rights import Operation, Role
from storage import audit, persons, teams
from storage.database import SECOND
from storage.rows import Row
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE

PATH = f"{ABOVE}/nhat-ky"
_PAGE = 50
_ASKED = ("ve", "ai", "viec", "tu", "den")


def _day(visit: Visit, name: str, later: int = 0) -> int:
    """Its beginning, or 0 for none; `later` is days after it."""
    try:
        day = date.fromisoformat(visit.asked(name)) + timedelta(days=later)
    except (ValueError, OverflowError):
        return 0
    return int(datetime.combine(day, time(), visit.console.zone).timestamp()) * SECOND


async def _trail(visit: Visit) -> Response:
    before = int(visit.asked("truoc")) if visit.asked("truoc").isdecimal() else 0
    asked = {name: visit.asked(name) for name in _ASKED}
    who = [int(asked["ai"])] if asked["ai"].isdecimal() and len(asked["ai"]) < 16 else []

    def work(connection: Connection) -> dict[str, Any]:
        rows = audit.page(
            connection,
            _PAGE + 1,
            before=before,
            target=asked["ve"],
            operations=[asked["viec"]] if asked["viec"] else (),
            actors=who,
            since=_day(visit, "tu"),
            until=_day(visit, "den", 1),
        )
        people = persons.get(connection, {int(one["actor"]) for one in rows})
        names = {one.id: one.name for one in people.values()}
        return {"rows": rows, "names": names, "staff": _staff(connection)}

    values = await visit.read(work)
    rows: list[Row] = values.pop("rows")
    return visit.show(
        "console/trail.html",
        rows=rows[:_PAGE],
        changed={one["id"]: _changed(one) for one in rows},
        before=rows[_PAGE - 1]["id"] if len(rows) > _PAGE else 0,
        asked=asked,
        **values,
    )


def _changed(row: Row) -> tuple[str, str]:
    """From what to what, where the entry says it in words for everybody."""
    if row["operation"] != Operation.SET_QUIET_HOURS:
        return "", ""
    detail = json.loads(row["detail"])
    return detail["before"], detail["after"]


def _staff(connection: Connection) -> dict[int, str]:
    """Whoever works here now, to choose from."""
    members = teams.members(connection, list(teams.areas_of(connection)))
    officials = teams.officers(connection, [role.value for role in Role])
    found = {one.person: one.name for one in members}
    found |= {one.person: one.name for one in officials}
    return dict(sorted(found.items(), key=lambda one: one[1]))


def add(console: Console) -> None:
    console.get(PATH, Operation.SEE_AUDIT)(_trail)
