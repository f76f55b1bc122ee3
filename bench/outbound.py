"""The way out: messages a second from one process over HTTP, the ledger included; and the
ledger alone, with a send that does nothing."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bench.databases import ENGINES, NAMES, POSTGRES, SQLITE
from bench.environments import python
from bench.laboratory import Laboratory
from bench.ours_send import WARM
from bench.process import ROOT
from bench.report import TIMES, Goal, Row, median, ratios
from bot.channels.telegram.channel import PAID_AT_ONCE

PART, LEDGER = "outbound", "ledger"
AT_ONCE = PAID_AT_ONCE  # of ours and of peers that gain by it
_PTB_AT_ONCE, _PTB_BEST = 64, 32  # more make its default client slower
_DELAYS = (0.0, 0.05)
_PTB, _PTB_FEW = "PTB, default client", f"PTB, default client, {_PTB_BEST} at once"
_PTB_AIOHTTP = "PTB on httpx-aiohttp"
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
    many = lab.sizes.messages * 4
    took: defaultdict[str, list[Took]] = defaultdict(list)
    for _ in range(lab.sizes.rounds):
        for engine in ENGINES:
            took[engine].append(_ours(lab, engine, many, "none"))
    rows = []
    for engine, found in took.items():
        cpu = median(one["cpu"] / one["measured"] * 1e6 for one in found)
        note = f"{cpu:.0f} µs CPU each, {median(one['memory'] for one in found):.0f} MiB"
        rate = median(one["measured"] / one["seconds"] for one in found)
        rows.append(
            Row(LEDGER, NAMES[engine], rate, "messages/s", goal=Goal(_GOALS[engine]), note=note)
        )
    return rows


def measure(lab: Laboratory) -> list[Row]:
    rows: list[Row] = []
    for delay in _DELAYS:
        rows += _measure(lab, delay)
    return rows


def _measure(lab: Laboratory, delay: float) -> list[Row]:
    many = lab.sizes.messages
    ptb, aiogram = python("ptb"), python("aiogram")

    def peer(
        interpreter: str, program: str, kind: str, at_once: int = AT_ONCE
    ) -> Callable[[], Took]:
        command = (interpreter, f"bench/peers/{program}.py", str(many), str(at_once))
        return lambda: _run(*command, lab.platform.url, kind)

    def ours(engine: str) -> Callable[[], Took]:
        return lambda: _ours(lab, engine, many, lab.platform.url)

    contenders = {
        NAMES[SQLITE]: ours(SQLITE),
        NAMES[POSTGRES]: ours(POSTGRES),
        _PTB: peer(ptb, "send_ptb", "default", _PTB_AT_ONCE),
        _PTB_FEW: peer(ptb, "send_ptb", "default", _PTB_BEST),
        _PTB_AIOHTTP: peer(ptb, "send_ptb", "aiohttp"),
        _AIOGRAM: peer(aiogram, "send_aiogram", "aiogram"),
        _AIOHTTP: peer(aiogram, "send_aiogram", "aiohttp"),
    }
    took: defaultdict[str, list[Took]] = defaultdict(list)
    for _ in range(lab.sizes.rounds):
        for name, send in contenders.items():
            lab.platform.reset(delay=delay)
            took[name].append(send())
            if lab.platform.stats()["accepted"] != many + WARM:
                raise RuntimeError(f"{name}: {lab.platform.stats()}")
    return _rows(took, many, delay)


def _rows(took: dict[str, list[Took]], many: int, delay: float) -> list[Row]:
    answers = f"answers after {delay * 1000:.0f} ms"
    rates = {
        name: [one.get("measured", many) / one["seconds"] for one in found]
        for name, found in took.items()
    }
    rows = []
    for name, found in took.items():
        cpu = median(one["cpu"] / one.get("measured", many) * 1e6 for one in found)
        goal = Goal(1000) if delay and name == NAMES[SQLITE] else None
        note = f"{answers}, {cpu:.0f} µs CPU each"
        rows.append(Row(PART, name, median(rates[name]), "messages/s", goal=goal, note=note))
    ours = rates[NAMES[SQLITE]]
    for name, least in ((_PTB, 5.0), (_PTB_FEW, 0), (_AIOGRAM, 1.0)):
        goal = Goal(least) if delay and least else None
        ratio = ratios(ours, rates[name])
        rows.append(Row(PART, NAMES[SQLITE], ratio, TIMES, name, goal, answers))
    return rows
