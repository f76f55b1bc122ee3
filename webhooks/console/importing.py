"""/quan-tri/nhap: lists taken over from Excel or CSV. Every row is looked at; one wrong row and
nothing is saved."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import Response
from sqlalchemy import Connection
from starlette.datastructures import UploadFile

from bot.core.rights import Operation
from bot.import_forms import ImportForms, import_forms
from bot.services import imports
from bot.services.access import Problem, Refused
from bot.services.imports import COLUMNS, Kind, Report
from bot.services.imports.common import OPERATIONS
from bot.spreadsheets import SheetError
from webhooks.console.frame import Console, Visit
from webhooks.console.operating import PATH as ABOVE

PATH = f"{ABOVE}/nhap"
_LEADS = Operation.IMPORT_HOUSEHOLDS
_MOST_BYTES = 16 * 2**20
_MOST_SHOWN = 50
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Pages:
    def __init__(self, console: Console) -> None:
        self.wiring = console.wiring
        self.forms: ImportForms = import_forms()

    def show(self, visit: Visit, status: int = 200, problem: str = "", **values: Any) -> Response:
        kinds = [(one.value, self.forms.title(one)) for one in Kind if visit.may(OPERATIONS[one])]
        empty: dict[str, Any] = {"faults": [], "left": [], "counted": [], "more": 0, "said": ""}
        empty |= {"kinds": kinds, "kind": visit.said("loai") or Kind.HOUSEHOLDS, "unread": ""}
        return visit.show("console/importing.html", status, problem=problem, **(empty | values))

    async def form(self, visit: Visit) -> Response:
        return self.show(visit)

    async def take_over(self, visit: Visit) -> Response:
        kind, file = visit.said("loai"), visit.form.get("tep")
        if kind not in tuple(Kind) or not isinstance(file, UploadFile) or not file.size:
            return self.show(visit, 422, "no-file")
        if not visit.may(OPERATIONS[Kind(kind)]):
            raise Refused(Problem.NO_ROLE)
        if file.size > _MOST_BYTES:
            return self.show(visit, 422, "large")
        data, asked = await file.read(), Kind(kind)
        try:
            reading = await asyncio.to_thread(self.forms.read, asked, COLUMNS[asked], data)
        except SheetError as error:
            return self.show(visit, 422, "unreadable", unread=self.forms.unread(error))
        dry, vault = visit.said("lam") != "nhap", self.wiring.vault

        def work(connection: Connection, now: int) -> Report:
            return imports.run(connection, visit.actor, now, vault, asked, reading, dry_run=dry)

        return self._told(visit, await visit.write(work), dry=dry)

    def _told(self, visit: Visit, report: Report, *, dry: bool) -> Response:
        kind = report.kind
        faults = [self.forms.fault(kind, one) for one in report.faults[:_MOST_SHOWN]]
        left = [self.forms.left(kind, one) for one in report.left[:_MOST_SHOWN]]
        columns = ", ".join(report.unread)
        return self.show(
            visit,
            422 if faults else 200,
            "faults" if faults else "",
            faults=faults,
            left=left,
            more=max(0, len(report.faults) - _MOST_SHOWN),
            counted=list(self.forms.counted(report.counts)),
            said=""
            if faults
            else self.forms.say("dry" if dry else "saved", title=self.forms.title(kind)),
            unread=self.forms.say("unread", columns=columns) if columns else "",
        )

    async def template(self, visit: Visit) -> Response:
        kind = visit.path("kind")
        if kind not in tuple(Kind):
            raise Refused(Problem.BAD_VALUE)

        def made() -> bytes:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "mau.xlsx"
                self.forms.save_template(kind, path)
                return path.read_bytes()

        name = f'attachment; filename="mau-{kind}.xlsx"'
        content = await asyncio.to_thread(made)
        return Response(content, 200, {"content-disposition": name}, _EXCEL)


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, _LEADS)(pages.form)
    console.post(PATH, _LEADS)(pages.take_over)
    console.get(f"{PATH}/mau/{{kind}}", _LEADS)(pages.template)
