"""Live pages: from a commit until every open stream has been told, and what holding them costs."""

import asyncio
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bench.databases import NAMES, POSTGRES, SQLITE, opened
from bench.laboratory import Laboratory
from bench.process import Running
from bench.report import Goal, Row
from bot.core.rights import EVERYWHERE, Role
from bot.services import logins
from storage import areas, calls, persons, teams
from storage.database import Database
from webhooks.console.frame import COOKIE
from webhooks.console.helping import PATH

PART = "streams"
_PEOPLE, _PLACES = 100, 81
_WAITING = 10  # calls in a queue that all see
_PATIENCE_SECONDS = 120.0
_GOAL = Goal(150, most=True)


@dataclass
class _Watchers:
    """Open streams; `told` is when each got the word it waits for."""

    word: bytes = b""
    told: list[float] = field(default_factory=list)
    ready: int = 0
    broken: int = 0

    async def watch(self, port: int, token: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        head = f"GET {PATH}/dong HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}\r\n\r\n"
        writer.write(head.encode())
        waits = True
        while line := await reader.readline():
            if line.startswith(b"data:") and waits:
                waits, self.ready = False, self.ready + 1
            if self.word and self.word in line:
                self.told.append(time.perf_counter())
        self.broken += 1

    async def until(self, number: int, *, ready: bool = False) -> None:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (self.ready if ready else len(self.told)) < number:
                if self.broken:
                    raise RuntimeError(f"{self.broken} streams ended")
                await asyncio.sleep(0.01)


def _plant(connection: Connection, now: int, *, spread: bool) -> list[str]:
    """A call in each place, and who may see all of them, or, `spread`, one place's each."""
    known = {"parent": "", "kind": "ap", "aliases": "", "valid_from": "2025-07-01"}
    known |= {"valid_to": "", "successor": ""}
    places = [f"p{one}" for one in range(_PLACES)]
    areas.put(connection, [{**known, "code": one, "name": f"Ấp {one}"} for one in places])
    asked = [{"address": f"webchat:web:{one}", "person": 0} for one in places]
    asked = asked if spread else asked[:_WAITING]
    calls.call(connection, [{**one, "guide": "vneid", "item": "cai-dat"} for one in asked], now)
    for number, place in enumerate(places[: len(asked)], 1):
        calls.change(connection, number, calls.OPEN, area=place)
    tokens = []
    for one in range(_PEOPLE):
        person = persons.add_one(connection, {"honorific": "Chị", "call_name": f"M{one}"}, now)
        area = places[one % _PLACES] if spread else EVERYWHERE
        grant = {"person": person, "role": Role.OPERATOR, "area": area, "granted_by": 0}
        teams.grant(connection, [grant], now)
        tokens.append(logins.play(connection, now, person))
    return tokens


def _say(connection: Connection, word: str, numbers: Sequence[int]) -> None:
    row = {"kind": "said", "actor": 0, "text": word, "at": 1}
    calls.happened(connection, [{**row, "request": one} for one in numbers])


async def _delays(
    lab: Laboratory,
    database: Database,
    server: Running,
    tokens: Sequence[str],
    numbers: Sequence[int],
) -> tuple[list[float], float]:
    """Milliseconds from the commit of what residents said in these calls, of every stream; and
    the server's microseconds of CPU for each, its looks in between included."""
    watchers, many = _Watchers(), lab.sizes.streams
    tasks = [
        asyncio.create_task(watchers.watch(server.port, tokens[one % len(tokens)]))
        for one in range(many)
    ]
    await watchers.until(many, ready=True)
    found: list[float] = []
    used = server.cpu()
    for turn in range(4 * lab.sizes.rounds):
        await asyncio.sleep(0.3 + 0.017 * turn)  # not in step with the server's looks
        word = f"tin{turn}x"
        watchers.told.clear()
        watchers.word = word.encode()
        await asyncio.to_thread(database.write_now, lambda one, word=word: _say(one, word, numbers))
        committed = time.perf_counter()
        await watchers.until(many)
        found += [(one - committed) * 1000 for one in watchers.told]
    used = server.cpu() - used
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(found), used / len(found) * 1e6


def _rows(lab: Laboratory, engine: str, *, spread: bool) -> list[Row]:
    url = lab.databases.new(engine)
    with opened(url) as database:
        tokens = database.write_now(lambda one: _plant(one, database.now(one), spread=spread))
        numbers = range(1, _PLACES + 1) if spread else [1]
        with lab.service(url, role="web") as server:
            empty = server.memory()
            delays, cpu = asyncio.run(_delays(lab, database, server, tokens, numbers))
            each = (server.memory() - empty) * 1024 / lab.sizes.streams
    p50, p95 = (delays[int(len(delays) * part)] for part in (0.5, 0.95))
    what = f"{_PLACES} different queues change at once" if spread else "one queue changes"
    note = f"{lab.sizes.streams} streams, p50 {p50:.0f} ms, last {delays[-1]:.0f} ms, "
    note += f"{each:.0f} KiB and {cpu:.0f} µs CPU each"
    return [Row(PART, f"{NAMES[engine]}, {what}, p95", p95, "ms", goal=_GOAL, note=note)]


def measure(lab: Laboratory) -> list[Row]:
    """The client and the server share the machine."""
    least = lab.sizes.streams + 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < least:
        resource.setrlimit(resource.RLIMIT_NOFILE, (least, max(least, hard)))
    return [
        row
        for engine in (SQLITE, POSTGRES)
        for spread in (False, True)
        for row in _rows(lab, engine, spread=spread)
    ]
