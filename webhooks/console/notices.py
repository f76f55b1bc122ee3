"""/thong-bao: the list, one announcement from draft to done, its live progress and its sheet."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any

from fastapi import Response
from sqlalchemy import Connection
from sse_starlette import EventSourceResponse

from bot import notice_sheets
from bot.core.announcement import EDITABLE, PUBLIC, State
from bot.core.announcement import STEPS as ORDER
from bot.core.changes import changes
from bot.core.rights import Actor, Operation
from bot.services import bulletins, outlook
from bot.services.access import Problem, Refused
from bot.services.progress import HEAPS, Progress, progress
from storage import areas, recipients, teams, views
from storage.announcements import Kept
from webhooks.console.frame import Console, Visit
from webhooks.console.live import Live
from webhooks.console.notice_steps import PATH, STEPS, Work

_PAGE = 20
_ROWS = 50
_SEE = Operation.SEE_ANNOUNCEMENTS
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAID_HERE = frozenset(Problem) - {Problem.NO_ANNOUNCEMENT}
# What the filters of the list stand for.
SHELVES: dict[str, tuple[State, ...]] = {
    "": tuple(State),
    "nhap": (State.DRAFT, State.RETURNED),
    "cho-duyet": (State.SUBMITTED,),
    "dang-gui": (State.APPROVED, State.SCHEDULED, State.SENDING, State.PAUSED),
    "xong": (State.DONE, State.REJECTED),
}


async def _list(visit: Visit) -> Response:
    shelf = visit.asked("loc") if visit.asked("loc") in SHELVES else ""
    after = int(visit.asked("sau")) if visit.asked("sau").isdecimal() else 0

    def work(connection: Connection) -> list[Kept]:
        return bulletins.listed(connection, visit.actor, SHELVES[shelf], _PAGE + 1, after)

    found = await visit.read(work)
    return visit.show(
        "console/notices.html",
        notices=found[:_PAGE],
        shelf=shelf,
        after=found[_PAGE - 1].id if len(found) > _PAGE else 0,
    )


class _Pages:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.words = console.wiring.notice_words
        self.live = Live(self._draw)

    async def _draw(self, keys: Sequence[str]) -> dict[str, str]:
        """The progress as everybody sees it who watches these announcements."""
        found = await self.console.wiring.database.read(
            lambda one: {key: self._far(one, int(key)) for key in keys}
        )
        return {
            key: self.console.draw("console/progress.html", id=key, progress=one)
            for key, one in found.items()
        }

    def _far(self, connection: Connection, number: int) -> Progress:
        wiring = self.console.wiring
        calendar, rates = wiring.beside.calendar, wiring.intervals
        return progress(connection, calendar, rates, number, self.console.now())

    async def show(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        number = visit.number("number")
        heap = visit.asked("loc") if visit.asked("loc") in HEAPS else ""
        after = int(visit.asked("sau")) if visit.asked("sau").isdecimal() else 0

        def work(connection: Connection) -> dict[str, Any]:
            kept = bulletins.look(connection, visit.actor, number)
            values = self._whole(connection, visit.actor, kept, visit.now)
            if kept.state in PUBLIC or kept.approved_at:
                values["rows"] = self._rows(connection, kept, heap, after)
                if "steer" in values["can"] and heap == "cho":
                    values |= _relays(connection, kept)
                values["progress"] = self._far(connection, kept.id)
            return values

        empty: dict[str, Any] = {"rows": [], "progress": None, "heap": heap, "problem": problem}
        empty |= {"asked": [], "members": []}
        values = await visit.read(work)
        return visit.show("console/notice.html", status, **(empty | values))

    def _whole(self, connection: Connection, actor: Actor, kept: Kept, now: int) -> dict[str, Any]:
        told = bulletins.story(connection, kept)
        places = areas.places(connection, kept.content.areas)
        shown = outlook.alike(outlook.previews(connection, self.words, kept))
        operations = {
            "compose": Operation.COMPOSE_ANNOUNCEMENT,
            "approve": Operation.APPROVE_ANNOUNCEMENT,
            "steer": Operation.STEER_ANNOUNCEMENT,
        }
        tally = bulletins.tally(connection, kept.content, now) if _is_open(kept) else []
        return {
            "kept": kept,
            "shown": shown,
            "told": told,
            "own": actor.person in told.editors,
            "places": [places[one].name for one in kept.content.areas if one in places],
            "changes": changes(told.before.text, kept.content.text) if told.before else [],
            "tally": tally,
            "left_out": [(one, self.words.reason(one.reason)) for one in tally if one.reason],
            "can": {
                name
                for name, one in operations.items()
                if bulletins.may(connection, actor, one, kept.content)
            },
            "steps": {step.value for step, (before, _) in ORDER.items() if kept.state in before},
            "seen": views.views(connection, kept.id),
        }

    def _rows(
        self, connection: Connection, kept: Kept, heap: str, after: int
    ) -> list[dict[str, Any]]:
        lines = recipients.lines(connection, kept.id, HEAPS.get(heap, ()), _ROWS + 1, after)
        names = notice_sheets.names(connection, lines)
        return [
            {
                "id": one.id,
                "name": names.get(one.target, one.target),
                "way": one.way,
                "state": one.state,
                "word": self.words.copy_state(one.way, one.state),
                "why": self.words.reason(one.reason) if one.reason else ("", ""),
                "at": one.at,
                "seen_at": one.seen_at,
            }
            for one in lines
        ]

    async def step(self, name: str, work: Work, visit: Visit) -> Response:
        """A refusal is shown on the page it came from."""
        try:
            on = await visit.write(lambda one, now: work(visit, one, now))
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.show(visit, 422, refused.reason)
        return visit.go(on or f"{PATH}/{visit.number('number')}", "" if on else name)

    async def stream(self, visit: Visit) -> Response:
        number = visit.number("number")
        await visit.read(lambda one: bulletins.look(one, visit.actor, number))
        return EventSourceResponse(self.live.stream(str(number)))

    async def calls(self, visit: Visit) -> Response:
        """Whom it did not reach, to be called or visited: a page that prints."""
        number = visit.number("number")

        def work(connection: Connection) -> dict[str, Any]:
            kept = bulletins.look(connection, visit.actor, number)
            found = outlook.calls(connection, visit.actor, number)
            table = notice_sheets.calls(connection, self.words, found)
            return {"kept": kept, "heads": table[0], "lines": table[1:]}

        return visit.show("console/calls.html", **await visit.write(lambda one, _now: work(one)))

    async def call_sheet(self, visit: Visit) -> Response:
        number = visit.number("number")

        def work(connection: Connection) -> list[list[str]]:
            found = outlook.calls(connection, visit.actor, number)
            return notice_sheets.calls(connection, self.words, found)

        return _excel(await visit.write(lambda one, _now: work(one)), f"goi-dien-{number}")

    async def sheet(self, visit: Visit) -> Response:
        number = visit.number("number")

        def work(connection: Connection) -> list[list[str]]:
            bulletins.look(connection, visit.actor, number)
            return notice_sheets.rows(connection, self.words, number)

        return _excel(await visit.read(work), f"thong-bao-{number}")


def _excel(table: list[list[str]], name: str) -> Response:
    file = BytesIO()
    notice_sheets.save(table, file)
    heading = {"content-disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(file.getvalue(), 200, heading, _SHEET)


def _relays(connection: Connection, kept: Kept) -> dict[str, Any]:
    """Groups whose member has not posted yet, and who could do it for them."""
    waiting = recipients.lines(connection, kept.id, [recipients.ASKED])
    names = notice_sheets.names(connection, waiting)
    lines = areas.lines(connection, {one.area for one in waiting}).values()
    _, crews = teams.crews(connection, {place for line in lines for place in line})
    return {
        "asked": [(one.id, names.get(one.target, one.target)) for one in waiting],
        "members": sorted({(one.name, one.person) for crew in crews.values() for one in crew}),
    }


def _is_open(kept: Kept) -> bool:
    return kept.state in EDITABLE and not kept.sent_at


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _SEE)(_list)
    console.get(f"{PATH}/{{number}}", _SEE)(pages.show)
    console.get(f"{PATH}/{{number}}/dong", _SEE)(pages.stream)
    console.get(f"{PATH}/{{number}}/danh-sach.xlsx", _SEE)(pages.sheet)
    console.get(f"{PATH}/{{number}}/goi-dien", _SEE)(pages.calls)
    console.get(f"{PATH}/{{number}}/goi-dien.xlsx", _SEE)(pages.call_sheet)
    for name, (operation, work) in STEPS.items():
        console.post(f"{PATH}/{{number}}/{name}", operation)(partial(pages.step, name, work))
