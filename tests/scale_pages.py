"""How long pages of a full database take, and how much they weigh; called by scale.py. Measures."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import httpx
from console_people import somebody
from sqlalchemy import Connection

from bot.core.rights import Role
from bot.services import logins
from bot.settings import Settings
from bot.wiring import Wiring
from webhooks.app import create_app
from webhooks.console.frame import COOKIE, Console

PATHS = ("/", "/ho-dan", "/chi-tieu", "/chi-tieu.xlsx", "/thu-vien/vneid")


def look(url: str, now: int, areas: Sequence[str]) -> None:
    """As an operator, and as the lead of each place; first and best of four."""

    def then(self: Console) -> int:
        return now

    setattr(Console, "now", then)  # noqa: B010
    asyncio.run(_look(url, now, areas))


async def _look(url: str, now: int, areas: Sequence[str]) -> None:
    wiring = Wiring(Settings(_env_file=None, database_url=url, data_dir=Path(mkdtemp())))
    wiring.database._clock = lambda: now
    counter = wiring.beside.counter(wiring.database)
    for what in ("last", "this"):
        begun = time.perf_counter()
        await counter.once()
        _say(f"  every place counted, {what} week", [time.perf_counter() - begun])
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for role, area in ((Role.OPERATOR, ""), *((Role.LEAD, one) for one in areas)):

            def enter(one: Connection, role: Role = role, area: str = area) -> str:
                return logins.play(one, now, somebody(one, role, area, now))

            client.cookies.set(COOKIE, wiring.database.write_now(enter))
            for path in PATHS:
                await _ask(client, area, path)
    await wiring.stop()


async def _ask(client: httpx.AsyncClient, area: str, path: str) -> None:
    times = []
    for _ in range(4):
        begun = time.perf_counter()
        page = await client.get(path)
        times.append(time.perf_counter() - begun)
    assert page.status_code == 200, page.text
    _say(f"  {path} of {area or 'everywhere'}, {len(page.content)} bytes", times)


def _say(what: str, times: Sequence[float]) -> None:
    print(f"{what:56} {1000 * times[0]:8.0f} {1000 * min(times):8.0f} ms", flush=True)  # noqa: T201
