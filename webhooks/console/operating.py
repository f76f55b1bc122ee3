"""/quan-tri: how the service is, work that stopped, and the audit trail. For operators."""

from fastapi import Response
from sqlalchemy import Connection

from bot import doctor
from bot.core.rights import EVERYWHERE, Operation
from bot.services import access, stuck
from bot.terminal import Terminal
from webhooks.console.frame import Console, Visit

PATH = "/quan-tri"


async def _index(visit: Visit) -> Response:
    return visit.show("console/operating.html")


class _Pages:
    def __init__(self, console: Console) -> None:
        self.wiring = console.wiring
        self.words = Terminal()

    async def health(self, visit: Visit) -> Response:
        settings, database = self.wiring.settings, self.wiring.database

        def work(connection: Connection) -> list[doctor.Finding]:
            access.require(connection, visit.actor, Operation.SEE_CHANNELS, EVERYWHERE)
            return list(doctor.running(connection, settings, database.now(connection)))

        found = await visit.read(work)
        lines = [
            (
                one.title or self.words.text(f"doctor.{one.name}"),
                one.value,
                "" if one.ok else one.do or self.words.text(f"advice.{one.name}"),
            )
            for one in found
        ]
        channels = [(name, self.wiring.prepared.get(name)) for name in self.wiring.channels]
        return visit.show("console/health.html", lines=lines, channels=channels)

    async def stuck(self, visit: Visit) -> Response:
        work = await visit.read(lambda one: stuck.listed(one, visit.actor))
        return visit.show("console/stuck.html", work=work)

    async def parked(self, visit: Visit) -> Response:
        number, what = visit.number("number"), visit.said("lam")
        await visit.write(lambda one, now: stuck.parked(one, visit.actor, now, number, what))
        return visit.go(f"{PATH}/viec-ket", "viec-ket")

    async def doubtful(self, visit: Visit) -> Response:
        number, what = visit.number("number"), visit.said("lam")
        await visit.write(lambda one, now: stuck.doubtful(one, visit.actor, now, number, what))
        return visit.go(f"{PATH}/viec-ket", "viec-ket")


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(PATH, Operation.ADD_MEMBER)(_index)
    console.get(f"{PATH}/tinh-trang", Operation.SEE_CHANNELS)(pages.health)
    console.get(f"{PATH}/viec-ket", Operation.STEER_CHANNELS)(pages.stuck)
    console.post(f"{PATH}/viec-ket/den/{{number}}", Operation.STEER_CHANNELS)(pages.parked)
    console.post(f"{PATH}/viec-ket/di/{{number}}", Operation.STEER_CHANNELS)(pages.doubtful)
