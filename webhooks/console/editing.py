"""/thu-vien/…/sua and …/ban-moi: a guide in words of one's own, judged while it is written,
compared with what residents have, approved by another and published as a new version."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from bot import editions as texts
from bot.content_files import Finding
from bot.core import weeks
from bot.core.changes import changes
from bot.core.guide import Guide
from bot.core.rights import EVERYWHERE, Operation
from bot.editions import Field, Judged
from bot.services import access
from bot.services import editions as service
from bot.services.access import Problem, Refused
from storage import editions, persons
from storage.editions import Edition
from webhooks.console.frame import Console, Visit
from webhooks.console.library import PATH

_EDIT, _APPROVE = Operation.EDIT_GUIDE, Operation.APPROVE_GUIDE
_SEE = Operation.SEE_GUIDES
_SAID_HERE = frozenset(
    {
        Problem.CHANGED,
        Problem.FAULTY,
        Problem.NOTHING,
        Problem.NO_REASON,
        Problem.OWN_WORK,
        Problem.WRONG_STATE,
    }
)
_SHIPPED = "goc"


class Pages:
    """Also what trying a draft and taking up a release begin with."""

    def __init__(self, console: Console) -> None:
        self.console, self.wiring = console, console.wiring
        self.library, self.shelf = self.wiring.library, self.wiring.shelf

    async def guide(self, visit: Visit, operation: Operation) -> Guide:
        """As residents have it now, for whoever may do that with it: guides are everybody's."""
        if operation is not _SEE:
            await visit.read(lambda one: access.require(one, visit.actor, operation, EVERYWHERE))
        found = self.shelf.guides.find(visit.path("guide"))
        if found is None or found.id not in self.library.about:
            raise Refused(Problem.NO_GUIDE)
        return found

    async def seen(self, visit: Visit) -> tuple[Edition | None, Mapping[str, str]]:
        """What is open, and the texts residents have now."""
        guide = visit.path("guide")

        def work(connection: Connection) -> tuple[Edition | None, Mapping[str, str]]:
            now = editions.current(connection).get(guide)
            return service.open_one(connection, visit.actor, guide), now.texts if now else {}

        return await visit.read(work)

    async def judged(self, guide: str, changed: Mapping[str, str], visit: Visit) -> Judged:
        today = weeks.day_of(visit.now, self.console.zone)
        return await asyncio.to_thread(texts.judge, self.library.root / guide, changed, today)

    def _fields(self, guide: str, changed: Mapping[str, str]) -> list[Field]:
        return texts.fields(self.library.root / guide, self.library.about[guide], changed)

    def _said(self, finding: Finding) -> str:
        checks = self.library.messages.checks
        text = checks.get(finding.code, checks["schema"]).format(**finding.values)
        return f"{text[:1].upper()}{text[1:]}"

    def _faults(self, judged: Judged, shown: list[Field]) -> dict[str, list[tuple[str, bool]]]:
        sorted_ = texts.by_field(judged.findings, shown)
        return {
            name: [(self._said(one), one.warning) for one in found]
            for name, found in sorted_.items()
        }

    # Writing

    async def form(
        self,
        visit: Visit,
        status: int = 200,
        problem: str = "",
        written: Mapping[str, str] | None = None,
    ) -> Response:
        """`written` is what was sent but could not be kept."""
        guide = await self.guide(visit, _EDIT)
        seen, now = await self.seen(visit)
        changed = written if written is not None else seen.texts if seen else now
        shown = self._fields(guide.id, changed)
        before = {one.name: one.text for one in self._fields(guide.id, now)}
        faults = self._faults(await self.judged(guide.id, changed, visit), shown)
        return visit.show(
            "console/editing.html",
            status,
            guide=guide,
            parts=_parts(guide, shown),
            faults=faults,
            differs={one.name for one in shown if one.text != before.get(one.name)},
            seen=seen,
            problem=problem,
        )

    async def save(self, visit: Visit) -> Response:
        guide = await self.guide(visit, _EDIT)
        seen, now = await self.seen(visit)
        changed = self._written(visit, guide.id, seen.texts if seen else now)
        if seen is None and changed == now:
            return visit.go(f"{PATH}/{guide.id}")
        base = next(one.revision for one in self.library.every if one.id == guide.id)
        seen_at = int(visit.said("luc")) if visit.said("luc").isdecimal() else 0
        try:
            await visit.write(
                lambda one, at: service.save(one, visit.actor, at, guide.id, base, changed, seen_at)
            )
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.form(visit, 422, refused.reason, changed)
        if visit.said("lam") == "xem":
            return visit.go(f"{PATH}/{guide.id}/ban-moi")
        return visit.go(f"{PATH}/{guide.id}/sua", "luu-bai")

    def _written(self, visit: Visit, guide: str, before: Mapping[str, str]) -> dict[str, str]:
        if visit.said("lam") == _SHIPPED:
            return {}
        said = {name: visit.said(name) for name in visit.form if ":" in name}
        folder, about = self.library.root / guide, self.library.about[guide]
        return texts.rewritten(folder, about, before, said)

    async def check(self, visit: Visit) -> Response:
        """What the form would be told, while it is written; nothing is kept."""
        guide = await self.guide(visit, _EDIT)
        seen, now = await self.seen(visit)
        changed = self._written(visit, guide.id, seen.texts if seen else now)
        shown = self._fields(guide.id, changed)
        faults = self._faults(await self.judged(guide.id, changed, visit), shown)
        return visit.show("console/editing_faults.html", fields=shown, faults=faults)

    # Approving

    async def new(self, visit: Visit, status: int = 200, problem: str = "") -> Response:
        guide = await self.guide(visit, _SEE)
        seen, now = await self.seen(visit)
        may = {
            "edits": EVERYWHERE in visit.actor.scopes(_EDIT),
            "approves": EVERYWHERE in visit.actor.scopes(_APPROVE),
        }
        if seen is None:
            return visit.show(
                "console/edition.html", guide=guide, seen=None, problem=problem, **may
            )
        shown, before = self._fields(guide.id, seen.texts), self._fields(guide.id, now)
        judged = await self.judged(guide.id, seen.texts, visit)
        people = await visit.read(lambda one: persons.get(one, {*seen.editors, seen.decided_by}))
        return visit.show(
            "console/edition.html",
            status,
            guide=guide,
            seen=seen,
            problem=problem,
            changed=_changed(before, shown),
            faults=[(self._said(one), one.warning, one.file) for one in judged.findings],
            is_faulty=judged.is_faulty,
            readable=judged.guide is not None,
            names={one.id: one.name for one in people.values()},
            own=visit.actor.person in seen.editors,
            **may,
        )

    async def submit(self, visit: Visit) -> Response:
        guide, seen, judged = await self._ready(visit, _EDIT)

        def work(connection: Connection, at: int) -> None:
            if judged.guide is None or judged.is_faulty:
                raise Refused(Problem.FAULTY)
            service.submit(connection, visit.actor, at, seen, judged.guide, guide.revision)

        return await self._decided(visit, work, "bai-gui-duyet")

    async def approve(self, visit: Visit) -> Response:
        _, seen, judged = await self._ready(visit, _APPROVE)

        def work(connection: Connection, at: int) -> None:
            if judged.guide is None or judged.is_faulty:
                raise Refused(Problem.FAULTY)
            looked_at = visit.said("ban")
            service.approve(connection, visit.actor, at, seen, judged.guide, looked_at)

        return await self._decided(visit, work, "bai-duyet")

    async def send_back(self, visit: Visit) -> Response:
        _, seen, _ = await self._ready(visit, _APPROVE)
        reason = visit.said("ly-do")
        return await self._decided(
            visit,
            lambda one, at: service.send_back(one, visit.actor, at, seen, reason),
            "bai-tra-lai",
        )

    async def drop(self, visit: Visit) -> Response:
        _, seen, _ = await self._ready(visit, _EDIT)
        return await self._decided(
            visit, lambda one, at: service.drop(one, visit.actor, at, seen), "bai-bo"
        )

    async def _ready(self, visit: Visit, operation: Operation) -> tuple[Guide, Edition, Judged]:
        guide = await self.guide(visit, operation)
        seen, _ = await self.seen(visit)
        if seen is None:
            raise Refused(Problem.NOTHING)
        return guide, seen, await self.judged(guide.id, seen.texts, visit)

    async def _decided(self, visit: Visit, work: Any, done: str) -> Response:
        try:
            await visit.write(work)
        except Refused as refused:
            if refused.reason not in _SAID_HERE:
                raise
            return await self.new(visit, 422, refused.reason)
        await self.shelf.renew(self.wiring.database)
        return visit.go(f"{PATH}/{visit.path('guide')}", done)


def _parts(guide: Guide, shown: list[Field]) -> list[dict[str, Any]]:
    """The fields by file, with what the file is to a reader: a step's number, or a kind."""
    steps = {f"{one.id}.md": place for place, one in enumerate(guide.steps, 1)}
    questions = {f"{one.id}.md": place for place, one in enumerate(guide.questions, 1)}
    found: list[dict[str, Any]] = []
    for field in shown:
        if not found or found[-1]["file"] != field.file:
            step, question = steps.get(field.file, 0), questions.get(field.file, 0)
            part = {"file": field.file, "step": step, "question": question, "fields": []}
            found.append(part)
        found[-1]["fields"].append(field)
    return found


def _changed(before: list[Field], after: list[Field]) -> list[dict[str, Any]]:
    """Only what reads otherwise, word by word; a field the other one has not is new or gone."""
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    return [
        {"file": one.file, "heading": one.heading, "text": changes(was, will)}
        for name, one in (old | new).items()
        for was, will in ((_text(old, name), _text(new, name)),)
        if was != will
    ]


def _text(fields: Mapping[str, Field], name: str) -> str:
    return fields[name].text if name in fields else ""


def add(console: Console) -> None:
    pages, path = Pages(console), f"{PATH}/{{guide}}"
    console.get(f"{path}/sua", _EDIT)(pages.form)
    console.post(f"{path}/sua", _EDIT)(pages.save)
    console.post(f"{path}/sua/kiem", _EDIT)(pages.check)
    console.get(f"{path}/ban-moi", _SEE)(pages.new)
    console.post(f"{path}/ban-moi/gui-duyet", _EDIT)(pages.submit)
    console.post(f"{path}/ban-moi/duyet", _APPROVE)(pages.approve)
    console.post(f"{path}/ban-moi/tra-lai", _APPROVE)(pages.send_back)
    console.post(f"{path}/ban-moi/bo", _EDIT)(pages.drop)
