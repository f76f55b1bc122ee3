"""Ten and a hundred times the people and their history: what one message, one page and one report
take then, and the service's memory."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import Connection

from bench.databases import ENGINES, opened
from bench.laboratory import Laboratory
from bench.report import TIMES, Goal, Row
from bot.channels.base import packed
from bot.core.effects import Message
from bot.core.rights import Role
from bot.services import logins
from storage import areas, persons, rows, teams
from storage.database import Database
from storage.tables import Delivery, Household, InboxUpdate, Person
from webhooks.console.frame import COOKIE

PART = "growth"
_TIMES = (1, 10, 100)
_HOMES, _HISTORY = 300, 2000
_HAMLETS = 81
_FIRST = 5_000_000
_BATCH = 20_000
_ASKED = 30
_IDLE = 150.0
_PAGES = {"list of households": "/ho-dan", "report of the commune": "/chi-tieu?dia-ban=c"}
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Took:
    """Milliseconds and MiB."""

    message: float
    pages: dict[str, float]
    idle: float
    after: float


def measure(lab: Laboratory) -> list[Row]:
    return [row for engine in ENGINES for row in _grown(lab, engine)]


def _grown(lab: Laboratory, engine: str) -> list[Row]:
    found = {times: _once(lab, engine, times) for times in _TIMES}
    lines: list[Row] = []
    for times, took in found.items():
        whole = f"{times * _HOMES * 3:,} persons and {times * _HISTORY * 2:,} messages"
        whole = f"{engine}, {whole.replace(',', ' ')}"
        lines.append(Row(PART, "one message, p50", took.message, "ms", note=whole))
        lines += [Row(PART, name, one, "ms", note=whole) for name, one in took.pages.items()]
        idle = Goal(_IDLE, most=True)
        lines.append(Row(PART, "memory, idle", took.idle, "MiB", goal=idle, note=whole))
        lines.append(Row(PART, "memory, after that work", took.after, "MiB", note=whole))
    small, large = found[_TIMES[0]], found[_TIMES[-1]]
    grown = {"one message": (small.message, large.message)}
    grown |= {name: (small.pages[name], large.pages[name]) for name in _PAGES}
    against, flat = f"{_TIMES[0]} {TIMES}", Goal(1.5, most=True)
    return lines + [
        Row(PART, f"{name}, {_TIMES[-1]} {TIMES}", after / before, TIMES, against, flat, engine)
        for name, (before, after) in grown.items()
    ]


def _once(lab: Laboratory, engine: str, times: int) -> _Took:
    url = lab.databases.new(engine)
    with opened(url) as database:
        _fill(database, times)
        token = database.write_now(lambda one: _lead(one, database.now(one)))
    lab.platform.reset()
    with lab.service(url, module="bench.unpaced") as server:
        time.sleep(2)
        idle = server.memory()
        base = f"http://127.0.0.1:{server.port}"
        hook = f"{base}/hooks/telegram"
        found = lab.platform.flood(hook, _FIRST, 60, rate=20.0, text="chào")
        if found["answered"] != found["many"]:
            raise RuntimeError(f"{found}")
        with httpx.Client(base_url=base, cookies={COOKIE: token}, timeout=60) as client:
            pages = {name: _page(client, path) for name, path in _PAGES.items()}
        return _Took(found["p50"], pages, idle, server.memory())


def _page(client: httpx.Client, path: str) -> float:
    def ask() -> float:
        begun = time.perf_counter()
        answer = client.get(path)
        took = time.perf_counter() - begun
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return took * 1000

    ask()
    return statistics.median(ask() for _ in range(_ASKED))


def _lead(connection: Connection, now: int) -> str:
    """A session of somebody who may see the commune."""
    person = persons.add_one(connection, {"honorific": "Chị", "call_name": "Mai"}, now)
    row = {"person": person, "role": Role.LEAD, "area": "c", "granted_by": 0}
    teams.grant(connection, [row], now)
    return logins.play(connection, now, person)


def _fill(database: Database, times: int) -> None:
    now = database.read_now(database.now)
    empty = {"aliases": "", "valid_from": "", "valid_to": "", "successor": ""}
    places = [{"code": "c", "parent": "", "kind": "phuong", "name": "Phường C", **empty}]
    places += [
        {"code": f"c-{n}", "parent": "c", "kind": "khu-pho", "name": f"Khu phố {n}", **empty}
        for n in range(_HAMLETS)
    ]
    database.write_now(lambda one: areas.put(one, places))
    homes, history = times * _HOMES, times * _HISTORY
    makers: list[tuple[type[Any], int, Callable[[int], Plain]]] = [
        (Household, homes, lambda n: _home(n, now)),
        (Person, homes * 3, lambda n: _person(n, now)),
        (InboxUpdate, history, lambda n: _heard(n, now)),
        (Delivery, history, lambda n: _said(n, now)),
    ]
    for model, many, make in makers:
        for part in _parts(many):
            made = [make(n) for n in part]
            database.write_now(lambda one, model=model, made=made: rows.insert(one, model, made))


def _parts(many: int) -> Iterator[range]:
    return (range(first, min(many, first + _BATCH)) for first in range(0, many, _BATCH))


def _home(n: int, now: int) -> Plain:
    return {
        "code": f"H{n:06}", "area": f"c-{n % _HAMLETS}", "label": f"Số {n}", "search": f" so {n}",
        "state": "active", "merged_into": "", "muted_reason": "", "muted_until": 0,
        "changed_at": now,
    }  # fmt: skip


def _person(n: int, now: int) -> Plain:
    return {
        "household": f"H{n // 3:06}", "honorific": "Bà", "call_name": f"Năm {n % 3}",
        "key": f"ba nam {n % 3}", "is_head": n % 3 == 0, "age_band": "60-79", "smartphone": "",
        "phone": "", "phone_mark": "", "changed_at": now,
    }  # fmt: skip


def _heard(n: int, now: int) -> Plain:
    return {
        "channel": "telegram", "account": "123456", "event_id": str(n),
        "address": f"telegram:123456:{n % 50_000 + 1}", "body": "{}", "secrets": "", "sent_at": 0,
        "received_at": now, "state": "done", "attempts": 0, "due_at": now, "error": "",
    }  # fmt: skip


def _said(n: int, now: int) -> Plain:
    return {
        "owner": "bench", "address": f"telegram:123456:{n % 50_000 + 1}", "person": 0,
        "content": packed(Message("Bước 1")), "lane": 0, "on_doubt": "resend", "dedup": None,
        "state": "accepted", "reason": "", "attempt": 1, "failures": 0, "doubts": 0, "holder": "",
        "lease_until": 0, "not_before_at": now, "expires_at": now, "created_at": now,
        "ended_at": now, "reference": str(n), "part": 0,
    }  # fmt: skip
