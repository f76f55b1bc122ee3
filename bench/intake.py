"""The way in: webhook calls a second, each verified, masked and on disk before its 200."""

import shutil
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import func, select

from bench.databases import NAMES, POSTGRES, SQLITE, opened
from bench.environments import python
from bench.laboratory import Laboratory
from bench.process import Running, free_port
from bench.report import TIMES, Goal, Row, median, ratios
from bench.wrk import Hits, flood
from storage.rows import table
from storage.tables import InboxUpdate

PART = "intake"
_WARM_SECONDS = 1
_BARE, _FASTAPI = "bare ASGI 200", "FastAPI empty route"
_PTB, _PICKLE = "PTB custom webhook", "PTB ConversationHandler + PicklePersistence"
_MEMORY, _REDIS = "aiogram, memory", "aiogram, Redis"


@dataclass(frozen=True, slots=True)
class Shot:
    hits: Hits
    cpu: float

    @property
    def rate(self) -> float:
        return self.hits.rate

    @property
    def micros(self) -> float:
        """CPU of the Python process for each call."""
        return self.cpu / self.hits.requests * 1e6


Shoot = Callable[[], Shot]


def _hit(running: AbstractContextManager[Running], path: str, seconds: float) -> Shot:
    with running as server:
        url = f"http://127.0.0.1:{server.port}{path}"
        flood(url, _WARM_SECONDS)
        before = server.cpu()
        hits = flood(url, seconds)
        shot = Shot(hits, server.cpu() - before)
    if hits.failed or shot.cpu == 0:
        raise RuntimeError(f"{path}: {hits.failed} calls failed, {shot.cpu} s of CPU used")
    return shot


def _ours(lab: Laboratory, engine: str) -> Shot:
    url = lab.databases.new(engine)
    shot = _hit(lab.service(url, role="web"), "/hooks/telegram", lab.sizes.seconds)
    with opened(url) as database:
        stored = database.read_now(
            lambda one: one.execute(select(func.count()).select_from(table(InboxUpdate)))
        ).scalar_one()
    if stored < shot.hits.requests:
        raise RuntimeError(f"{shot.hits.requests} acknowledged, {stored} stored")
    return shot


def _contenders(lab: Laboratory, redis: str) -> dict[str, Shoot]:
    ptb, aiogram = python("ptb"), python("aiogram")

    def peer(interpreter: str, program: str, *arguments: str) -> Shoot:
        return lambda: _hit(lab.peer(interpreter, program, *arguments), "/hook", lab.sizes.seconds)

    api, pickle = lab.platform.url, str(lab.folder / "ptb.pickle")
    found = {
        NAMES[SQLITE]: lambda: _ours(lab, SQLITE),
        NAMES[POSTGRES]: lambda: _ours(lab, POSTGRES),
        _BARE: peer(ptb, "bare"),
        _FASTAPI: peer(ptb, "fastapi_empty"),
        _PTB: peer(ptb, "ptb_webhook", api, "memory", "silent"),
        _PICKLE: peer(ptb, "ptb_webhook", api, pickle, "silent"),
        _MEMORY: peer(aiogram, "aiogram_webhook", api, "memory", "silent"),
    }
    if redis:
        found[_REDIS] = peer(aiogram, "aiogram_webhook", api, redis, "silent")
    return found


def _redis(lab: Laboratory) -> Running | None:
    """Debian's server on a port of its own, append-only file flushed every second (its
    default for durability)."""
    if not shutil.which("redis-server"):
        return None
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    return Running([*command, "--dir", str(lab.folder)], lab.folder / "redis.log", port)


def measure(lab: Laboratory) -> list[Row]:
    lab.platform.reset()
    redis = _redis(lab)
    try:
        address = f"redis://127.0.0.1:{redis.port}/0" if redis else ""
        shots: defaultdict[str, list[Shot]] = defaultdict(list)
        contenders = _contenders(lab, address)
        for _ in range(lab.sizes.rounds):
            for name, shoot in contenders.items():
                shots[name].append(shoot())
    finally:
        if redis:
            redis.stop()
    return _rows(shots)


def _rows(shots: dict[str, list[Shot]]) -> list[Row]:
    rows = [
        Row(PART, name, median(one.rate for one in all_of_it), "calls/s",
            note=f"p50 {median(one.hits.p50 for one in all_of_it):.1f} ms, "
            f"p99 {median(one.hits.p99 for one in all_of_it):.1f} ms, "
            f"{median(one.micros for one in all_of_it):.0f} µs CPU")
        for name, all_of_it in shots.items()
    ]  # fmt: skip
    rates = {name: [one.rate for one in all_of_it] for name, all_of_it in shots.items()}
    sqlite, postgres = NAMES[SQLITE], NAMES[POSTGRES]
    goals = [(_FASTAPI, 1.0), (_PTB, 2.0), (_PICKLE, 2.0), (_REDIS, 15.0), (_BARE, 0.3)]
    for peer, least in goals:
        if peer in rates:
            ratio = ratios(rates[sqlite], rates[peer])
            rows.append(Row(PART, sqlite, ratio, TIMES, peer, Goal(least)))
    if _REDIS not in rates:
        rows.append(Row(PART, _REDIS, 0, "", note="redis-server is not installed: not measured"))
    of_sqlite = ratios(rates[postgres], rates[sqlite])
    rows.append(Row(PART, postgres, of_sqlite, TIMES, sqlite, Goal(0.8)))
    for name in (sqlite, postgres):
        p99 = median(one.hits.p99 for one in shots[name])
        rows.append(Row(PART, f"{name}, p99", p99, "ms", goal=Goal(15, most=True)))
    return rows
