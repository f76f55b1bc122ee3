"""How exactly a platform's limits are filled, against a stand-in that refuses what is over them;
what a reply waits while a broadcast fills them; and what more workers bring."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from bench.databases import ENGINES, NAMES, POSTGRES, SQLITE, opened
from bench.laboratory import Laboratory
from bench.ours_send import fill
from bench.process import ROOT
from bench.report import Goal, Row

PART, REPLIES, WORKERS = "limits", "replies", "workers"
_DELAY = 0.05
_SHARE = 0.97
_FIRST = 3_000_000
Took = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Limit:
    """`most` in `span` seconds to each of `chats` (0: a chat of its own for each message)."""

    name: str
    how: str
    most: int
    span: float
    chats: int = 0
    rate: int = 30


def _limits(lab: Laboratory) -> list[tuple[_Limit, int]]:
    """And how many messages."""
    sizes = lab.sizes
    return [
        (_Limit("30 a second, free", "free", 30, 1.0), sizes.free),
        (_Limit("1 000 a second, paid", "paid", 1000, 1.0, rate=1000), sizes.paid),
        (_Limit("1 a second to one person", "persons", 1, 1.0, chats=5), 100),
        (_Limit("20 a minute to one group", "groups", 20, 60.0, chats=5), 60),
    ]


def measure(lab: Laboratory) -> list[Row]:
    rows: list[Row] = []
    for limit, many in _limits(lab):
        for engine in ENGINES if limit.how == "paid" else (SQLITE,):
            rows += _rows(f"{NAMES[engine]}, {limit.name}", limit, _sent(lab, engine, limit, many))
    return rows


def _sent(lab: Laboratory, engine: str, limit: _Limit, many: int) -> Took:
    lab.platform.reset(delay=_DELAY, rate=limit.rate)
    url = lab.databases.new(engine)
    words = [str(many), lab.platform.url, limit.how, str(limit.chats)]
    command = [sys.executable, "-m", "bench.ours_send", url, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    took: Took = json.loads(done.stdout)
    if took["accepted"] != many:
        raise RuntimeError(f"{took['accepted']} of {many} accepted")
    return {**took, "many": many, "stand-in": lab.platform.stats()}


def _rows(name: str, limit: _Limit, took: Took) -> list[Row]:
    """From the first to the last message there is one interval less than messages."""
    seen, chats = took["stand-in"], limit.chats or 1
    each = took["many"] / chats
    used = (each - 1) / (seen["seconds"] * limit.most / limit.span)
    cpu, memory = took["cpu"] / took["measured"] * 1e6, took["memory"]
    note = f"{took['many']} messages, {cpu:.0f} µs CPU each, {memory:.0f} MiB"
    refused = Goal(0, most=True)
    return [
        Row(PART, name, used, "of what is allowed", goal=Goal(_SHARE), note=note),
        Row(PART, f"{name}, refused (429)", seen["refused"], "", goal=refused),
    ]


def replies(lab: Laboratory) -> list[Row]:
    """People who write for the first time while a broadcast fills the free limit."""
    rows = []
    for engine in ENGINES:
        url, sizes = lab.databases.new(engine), lab.sizes
        with opened(url) as database:
            fill(database, sizes.free + 600)
        lab.platform.reset(delay=_DELAY, rate=30)
        with lab.service(url) as server:
            hook = f"http://127.0.0.1:{server.port}/hooks/telegram"
            while lab.platform.stats()["accepted"] < 30:  # whoever begins to send waits a second
                time.sleep(0.1)
            found = lab.platform.flood(hook, _FIRST, sizes.free // 5, rate=6.0, text="chào")
            seen, idle = lab.platform.stats(), server.memory()
        if found["answered"] != found["many"]:
            raise RuntimeError(f"{found}")
        note = (
            f"6 people a second, p50 {found['p50']:.0f} ms, {seen['busiest']} in the fullest second"
        )
        name = f"{NAMES[engine]}, answer during a broadcast, p95"
        rows.append(
            Row(REPLIES, name, found["p95"] / 1000, "s", goal=Goal(1.0, most=True), note=note)
        )
        rows.append(
            Row(
                REPLIES,
                f"{NAMES[engine]}, refused (429)",
                seen["refused"],
                "",
                goal=Goal(0, most=True),
            )
        )
        rows.append(Row(REPLIES, f"{NAMES[engine]}, memory of the service then", idle, "MiB"))
    return rows


def workers(lab: Laboratory) -> list[Row]:
    """One web server and more and more workers on PostgreSQL, paces lifted: what these cores
    allow, since the stand-in, PostgreSQL and all of them share the machine."""
    rates = {}
    for number in (1, 2, 3):
        url = lab.databases.new(POSTGRES)
        with ExitStack() as running:
            web = running.enter_context(lab.service(url, module="bench.unpaced", role="web"))
            for _ in range(number):
                running.enter_context(lab.service(url, module="bench.unpaced", role="worker"))
            lab.platform.reset(delay=_DELAY)
            hook = f"http://127.0.0.1:{web.port}/hooks/telegram"
            found = lab.platform.flood(hook, _FIRST, lab.sizes.people, text="chào")
        if found["answered"] != found["many"]:
            raise RuntimeError(f"{found}")
        rates[number] = found["many"] / found["seconds"]
    return [
        Row(WORKERS, f"{NAMES[POSTGRES]}, {number} at work", rate, "updates/s")
        for number, rate in rates.items()
    ]
