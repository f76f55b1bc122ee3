"""SIGTERM while a platform takes its time: what can be finished is, the rest is as after a kill."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from forked import COUNTING, ForkedService, count_for_ever
from phone import SECRET, Telegram, eventually
from service import PATIENCE
from sqlalchemy import func, select

from storage import outbox
from storage.database import Database
from storage.rows import table
from storage.tables import Delivery

PEOPLE = range(1000, 1008)
FOR_EVER = 3600
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    for person in PEOPLE:
        made.people.chat(person).met = True
    yield made
    made.stop()


@pytest.fixture(params=ENGINES)
def service(
    telegram: Telegram, request: pytest.FixtureRequest, new_url: NewUrl, tmp_path: Path
) -> Iterator[ForkedService]:
    made = ForkedService(
        tmp_path,
        DATABASE_URL=new_url(request.param),
        **telegram.env,
    ).start()
    yield made
    made.kill()


@pytest.fixture
def database(service: ForkedService) -> Iterator[Database]:
    made = Database(service.env["GOCUA_DATABASE_URL"])
    yield made
    made.close()


def test_ended_in_mid_count(new_url: NewUrl, tmp_path: Path) -> None:
    """A count without end is cut off: the service closes by itself, not by its deadline."""
    service = ForkedService(tmp_path, DATABASE_URL=new_url("sqlite"))
    service.work = count_for_ever
    service.start()
    eventually(lambda: COUNTING in service.log.read_text())
    service.stop()
    assert "Finished server process" in service.log.read_text()


def _write(service: ForkedService) -> None:
    with httpx.Client(base_url=service.base, headers=HEADERS, timeout=PATIENCE) as client:
        for person in PEOPLE:
            sender = {"id": person, "is_bot": False, "first_name": "A"}
            chat = {"id": person, "type": "private"}
            message = {"message_id": 1, "date": 1, "from": sender, "chat": chat, "text": "chào"}
            body = orjson.dumps({"update_id": person, "message": message})
            assert client.post("/hooks/telegram", content=body).status_code == 200


def _doubts(database: Database) -> int:
    doubts = select(func.sum(table(Delivery).c.doubts))
    return int(database.read_now(lambda one: one.execute(doubts).scalar_one()))


def _got(telegram: Telegram) -> Counter[int]:
    return Counter({person: len(telegram.from_bot(person)) for person in PEOPLE})


@pytest.mark.parametrize("slow", [0.5, FOR_EVER])
def test_ended_in_mid_send(
    telegram: Telegram, service: ForkedService, database: Database, slow: float
) -> None:
    telegram.hooked()
    telegram.cloud.faults.slow_seconds = slow
    _write(service)
    eventually(lambda: bool({"sending", "accepted"} & database.read_now(outbox.totals).keys()))
    service.stop()
    left = database.read_now(outbox.totals)
    assert ("sending" in left) == (slow == FOR_EVER)
    telegram.cloud.faults.slow_seconds = 0
    service.start()
    eventually(lambda: database.read_now(outbox.totals).keys() == {"accepted"})
    assert _doubts(database) == left.get("sending", 0)
    assert _got(telegram).total() == database.read_now(outbox.totals)["accepted"]
    assert len(set(_got(telegram).values())) == 1
