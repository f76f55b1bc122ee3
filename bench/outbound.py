"""The way out: messages a second from one process over HTTP, the ledger included; and the
ledger alone, with a send that does nothing."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bench.databases import ENGINES, POSTGRES, SQLITE
from bench.environments import python
from bench.laboratory import Laboratory
from bench.process import ROOT
from bench.report import TIMES, Goal, Row, median, ratios

PART, LEDGER = "outbound", "ledger"
AT_ONCE = 64
_DELAYS = (0.0, 0.05)
_NAMES = {SQLITE: "Gõ Cửa on SQLite", POSTGRES: "Gõ Cửa on PostgreSQL"}
_PTB, _PTB_AIOHTTP = "PTB, default client", "PTB on httpx-aiohttp"
_AIOGRAM, _AIOHTTP = "aiogram", "bare aiohttp"
_GOALS = {SQLITE: 8000, POSTGRES: 4000}

Took = dict[str, Any]


def _run(*command: str) -> Took:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    took: Took = json.loads(done.stdout)
    return took


def _ours(lab: Laboratory, engine: str, many: int, api: str) -> Took:
    command = (sys.executable, "-m", "bench.ours_send", lab.databases.new(engine), str(many), api)
    took = _run(*command)
    if took["accepted"] != many:
        raise RuntimeError(f"{took['accepted']} of {many} accepted")
    return took


def ledger(lab: Laboratory) -> list[Row]:
    """Claimed, marked, "sent", finished: each message through all its states."""
    many = lab.sizes.messages * 2
    took: defaultdict[str, list[Took]] = defaultdict(list)
    for _ in range(lab.sizes.rounds):
        for engine in ENGINES:
            took[engine].append(_ours(lab, engine, many, "none"))
    rows = []
    for engine, found in took.items():
        cpu = median(one["cpu"] / many * 1e6 for one in found)
        note = f"{cpu:.0f} µs CPU each, {median(one['memory'] for one in found):.0f} MiB"
        rate = median(many / one["seconds"] for one in found)
        rows.append(
            Row(LEDGER, _NAMES[engine], rate, "messages/s", goal=Goal(_GOALS[engine]), note=note)
        )
    return rows


def measure(lab: Laboratory) -> list[Row]:
    rows: list[Row] = []
    for delay in _DELAYS:
        rows += _measure(lab, delay)
    return rows


def _measure(lab: Laboratory, delay: float) -> list[Row]:
    many = lab.sizes.messages // 2
    ptb, aiogram = python("ptb"), python("aiogram")

    def peer(interpreter: str, program: str, kind: str) -> Callable[[], Took]:
        path = f"bench/peers/{program}.py"
        return lambda: _run(interpreter, path, str(many), str(AT_ONCE), lab.platform.url, kind)

    def ours(engine: str) -> Callable[[], Took]:
        return lambda: _ours(lab, engine, many, lab.platform.url)

    contenders = {
        _NAMES[SQLITE]: ours(SQLITE),
        _NAMES[POSTGRES]: ours(POSTGRES),
        _PTB: peer(ptb, "send_ptb", "default"),
        _PTB_AIOHTTP: peer(ptb, "send_ptb", "aiohttp"),
        _AIOGRAM: peer(aiogram, "send_aiogram", "aiogram"),
        _AIOHTTP: peer(aiogram, "send_aiogram", "aiohttp"),
    }
    took: defaultdict[str, list[Took]] = defaultdict(list)
    for _ in range(lab.sizes.rounds):
        for name, send in contenders.items():
            lab.platform.reset(delay=delay)
            took[name].append(send())
            if lab.platform.stats()["accepted"] != many:
                raise RuntimeError(f"{name}: {lab.platform.stats()}")
    return _rows(took, many, delay)


def _rows(took: dict[str, list[Took]], many: int, delay: float) -> list[Row]:
    answers = f"answers after {delay * 1000:.0f} ms"
    rates = {name: [many / one["seconds"] for one in found] for name, found in took.items()}
    rows = []
    for name, found in took.items():
        cpu = median(one["cpu"] / many * 1e6 for one in found)
        goal = Goal(1000) if delay and name == _NAMES[SQLITE] else None
        note = f"{answers}, {cpu:.0f} µs CPU each"
        rows.append(Row(PART, name, median(rates[name]), "messages/s", goal=goal, note=note))
    ours = rates[_NAMES[SQLITE]]
    for name, least in ((_PTB, 5.0), (_AIOGRAM, 1.0)):
        goal = Goal(least) if delay else None
        ratio = ratios(ours, rates[name])
        rows.append(Row(PART, _NAMES[SQLITE], ratio, TIMES, name, goal, answers))
    return rows
