"""End to end: from an update's arrival until the stand-in has accepted the answer to it."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bench.databases import NAMES, POSTGRES, SQLITE
from bench.environments import python
from bench.laboratory import Laboratory
from bench.process import Running
from bench.report import TIMES, Goal, Row, median, ratios

PART = "end to end"
_FIRST = 2_000_000
_DELAY = 0.05
_PICKLE, _MEMORY = "PTB ConversationHandler + PicklePersistence", "aiogram, memory"
Result = dict[str, Any]


def _answered(lab: Laboratory, running: Running, path: str, many: int) -> Result:
    with running as server:
        url = f"http://127.0.0.1:{server.port}{path}"
        lab.platform.reset(delay=_DELAY)
        found = lab.platform.flood(url, _FIRST, many, patience=60.0, text="chào")
    if found["failed"] or found["answered"] != many:
        raise RuntimeError(f"{found}")
    return found


def measure(lab: Laboratory) -> list[Row]:
    """Persons never heard of before, so ours has two messages for each and the first counts."""
    many = lab.sizes.people
    ptb, aiogram = python("ptb"), python("aiogram")
    api, pickle = lab.platform.url, str(lab.folder / "answers.pickle")

    def ours(engine: str) -> Callable[[], Running]:
        return lambda: lab.service(lab.databases.new(engine), module="bench.unpaced")

    contenders: dict[str, tuple[Callable[[], Running], str]] = {
        NAMES[SQLITE]: (ours(SQLITE), "/hooks/telegram"),
        NAMES[POSTGRES]: (ours(POSTGRES), "/hooks/telegram"),
        _PICKLE: (lambda: lab.peer(ptb, "ptb_webhook", api, pickle, "answer"), "/hook"),
        _MEMORY: (lambda: lab.peer(aiogram, "aiogram_webhook", api, "memory", "answer"), "/hook"),
    }
    found: defaultdict[str, list[Result]] = defaultdict(list)
    for _ in range(lab.sizes.rounds):
        for name, (start, path) in contenders.items():
            found[name].append(_answered(lab, start(), path, many))
    return _rows(found, many)


def _rows(found: dict[str, list[Result]], many: int) -> list[Row]:
    rates = {name: [many / one["seconds"] for one in all_] for name, all_ in found.items()}
    rows = []
    for name, all_ in found.items():
        p95 = median(one["p95"] for one in all_)
        note = f"answers after {_DELAY * 1000:.0f} ms, {many} at once, p95 {p95:.0f} ms"
        rows.append(Row(PART, name, median(rates[name]), "updates/s", note=note))
    ratio = ratios(rates[NAMES[SQLITE]], rates[_PICKLE])
    rows.append(Row(PART, NAMES[SQLITE], ratio, TIMES, _PICKLE, Goal(3.0)))
    return rows
