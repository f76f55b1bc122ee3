"""An announcement to many persons: its audience frozen, and its copies put into the ledger."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bench.databases import ENGINES, NAMES
from bench.laboratory import Laboratory
from bench.report import Goal, Row
from bot.core.announcement import Content
from bot.core.rights import Actor, Grant, Role
from bot.dispatch import Dispatcher
from bot.notice_words import NoticeWords
from bot.services import announcements as service
from storage import announcements, outbox, people
from storage.database import SECOND, Database
from storage.signals import Signals

PART = "broadcast"
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MORNING = int(datetime(2027, 1, 15, 9, tzinfo=_ZONE).timestamp()) * SECOND
_AUTHOR = Actor(91, "bench", (Grant(Role.AUTHOR, ""), Grant(Role.APPROVER, "")))
_APPROVER = Actor(92, "bench", (Grant(Role.APPROVER, ""),))
_CONTENT = Content("Thứ sáu cắt điện.", areas=("*",), channels=("telegram",))
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class _Took:
    frozen: float
    planned: float
    cpu: float


def _willing(connection: Connection, numbers: range) -> None:
    """Persons who want news."""
    chats = [f"telegram:123456:{number}" for number in numbers]
    people.see(connection, dict.fromkeys(chats, "telegram"), _MORNING)
    said = {"person": 0, "purpose": "news", "granted": True, "version": "v", "recorder": "self"}
    people.record_consents(connection, [{**said, "address": one, "at": _MORNING} for one in chats])


def _frozen(connection: Connection) -> float:
    number = service.compose(connection, _AUTHOR, _MORNING, _CONTENT)
    start = time.monotonic()
    many, _ = service.submit(connection, _AUTHOR, _MORNING, number)
    took = time.monotonic() - start
    kept = announcements.get(connection, number)
    assert kept
    service.approve(connection, _APPROVER, _MORNING, number, kept.digest, many)
    return took


async def _fill(database: Database, many: int) -> float:
    words = NoticeWords("https://gocua.test", _ZONE)
    made = Dispatcher(database, Signals(database), words, [("telegram", "123456")])
    start = time.monotonic()
    while await made.once():
        pass
    took = time.monotonic() - start
    found = database.read_now(outbox.totals)
    assert found == {"queued": many}, found
    return took


def _once(lab: Laboratory, engine: str) -> _Took:
    many = lab.sizes.recipients
    database = Database(lab.databases.new(engine), lambda: _MORNING)
    for first in range(0, many, _BATCH):
        part = range(first, min(many, first + _BATCH))
        database.write_now(lambda one, part=part: _willing(one, part))
    frozen = database.write_now(_frozen)
    cpu = time.process_time()
    planned = asyncio.run(_fill(database, many))
    cpu = time.process_time() - cpu
    database.close()
    return _Took(frozen, planned, cpu)


def measure(lab: Laboratory) -> list[Row]:
    """Once for each database: it takes a while, and is no race with anybody."""
    many = lab.sizes.recipients
    rows = []
    for engine in ENGINES:
        took = _once(lab, engine)
        name, whole = NAMES[engine], f"{many:,} persons".replace(",", " ")
        goal = Goal(many / 100_000, most=True)
        rows.append(Row(PART, f"{name}, audience frozen", took.frozen, "s", note=whole))
        note = f"{whole}, {took.cpu / many * 1e6:.0f} µs CPU each"
        rows.append(
            Row(PART, f"{name}, copies in the ledger", took.planned, "s", goal=goal, note=note)
        )
    return rows
