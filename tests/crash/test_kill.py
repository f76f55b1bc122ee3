"""Killed with SIGKILL at any moment: nothing heard is lost, nothing is said out of order."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from forked import ForkedService
from phone import SECRET, Telegram, eventually
from pulse import Beside
from service import PATIENCE
from sqlalchemy import Connection, func, select

from bot.core.guide import Phrase
from bot.library import Library
from storage import outbox
from storage.database import Database
from storage.rows import table
from storage.tables import Delivery, InboxUpdate

ROUNDS = int(os.environ.get("GOCUA_KILLS", "50"))
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
_inbox, _outbox = table(InboxUpdate).c, table(Delivery).c


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False, retry_base=0.05).start()
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
    )
    yield made
    made.kill()


@pytest.fixture
def database(service: ForkedService) -> Iterator[Database]:
    made = Database(service.env["GOCUA_DATABASE_URL"])
    yield made
    made.close()


def _settled(database: Database) -> bool:
    """Nothing heard waits and nothing said is on its way."""
    states = database.read_now(
        lambda one: {*one.execute(select(_inbox.state).distinct()).scalars()}
    )
    return (
        states <= {"done"} and not {"queued", "sending"} & database.read_now(outbox.totals).keys()
    )


def _repeats(database: Database) -> int:
    doubts = select(func.coalesce(func.sum(_outbox.doubts), 0))
    return int(database.read_now(lambda one: one.execute(doubts).scalar_one()))


def _given_up(connection: Connection) -> int:
    """Rows cut off more often than they may be sent again."""
    cut = select(func.count()).where(_outbox.doubts > outbox.MOST_DOUBTS)
    return int(connection.execute(cut).scalar_one())


def _left_out(connection: Connection) -> list[str]:
    """Why rows were not sent: a person who stops gets no answer to what came before."""
    reasons = select(_outbox.reason).where(_outbox.state == "skipped").distinct()
    return list(connection.execute(reasons).scalars())


async def _write(service: ForkedService, people: range) -> list[int]:
    async with httpx.AsyncClient(timeout=PATIENCE, headers=HEADERS) as client:
        calls = [
            client.post(f"{service.base}/hooks/telegram", content=_update(person))
            for person in people
        ]
        return [answer.status_code for answer in await asyncio.gather(*calls)]


def _update(person: int) -> bytes:
    sender = {"id": person, "is_bot": False, "first_name": "A"}
    chat = {"id": person, "type": "private"}
    message = {"message_id": 1, "date": 1, "from": sender, "chat": chat, "text": "chào"}
    return orjson.dumps({"update_id": person, "message": message})


def test_forty_people_and_a_kill_right_after_the_200s(
    telegram: Telegram, service: ForkedService, database: Database, library: Library
) -> None:
    people = range(1000, 1040)
    for person in people:
        telegram.people.chat(person).met = True
    telegram.cloud.faults.slow_seconds = 0.1
    service.start()
    assert asyncio.run(_write(service, people)) == [200] * 40
    service.kill()
    service.start()
    eventually(lambda: _settled(database), 300)
    asked = library.messages.phrases[Phrase.CONSENT]
    got = [[one.text for one in telegram.from_bot(person)] for person in people]
    assert all(asked in texts for texts in got)
    twice = sum(len(texts) - len(set(texts)) for texts in got)
    assert twice <= _repeats(database) <= 64
    assert database.read_now(outbox.totals) == {"accepted": 80}


class _Talkers(Beside):
    """People who keep writing while the service is killed and started again."""

    def __init__(self, telegram: Telegram, seed: int) -> None:
        super().__init__()
        self.telegram, self.random = telegram, random.Random(seed)
        self.people = range(2000, 2100)
        self.said: Counter[int] = Counter()

    def run(self) -> None:
        while not self.stopping.is_set():
            person = self.random.choice(self.people)
            if self._waits(person):
                time.sleep(0.01)
                continue
            word = self.random.choice(("chào", "đồng ý", "không", "1", "xong", "xem lại", "dừng"))
            self.telegram.people.say(person, word)
            self.said[person] += 1
            time.sleep(self.random.uniform(0.02, 0.08))

    def _waits(self, person: int) -> bool:
        """Nobody goes on for ever unanswered: a chat holds twenty messages at the most."""
        answered = set(map(_turn, self.telegram.from_bot(person))) - {0}
        return self.said[person] - len(answered) >= 5


@pytest.mark.parametrize("seed", [1])
def test_killed_again_and_again(
    telegram: Telegram, service: ForkedService, database: Database, seed: int
) -> None:
    talkers = _Talkers(telegram, seed)
    telegram.cloud.faults.slow_seconds = 0.02
    with talkers:
        for _ in range(ROUNDS):
            service.start()
            time.sleep(talkers.random.uniform(0.0, 0.4))
            service.kill()
    service.start()
    eventually(lambda: not telegram.cloud.waiting and _settled(database), 300)
    heard = database.read_now(
        lambda one: dict(
            one.execute(select(_inbox.address, func.count()).group_by(_inbox.address)).all()
        )
    )
    assert heard == {f"telegram:123456:{one}": times for one, times in talkers.said.items()}
    totals = database.read_now(outbox.totals)
    assert totals.keys() <= {"accepted", "uncertain", "skipped"}
    assert set(database.read_now(_left_out)) <= {"stop"}
    assert totals.get("uncertain", 0) == database.read_now(_given_up)
    for person in talkers.said:
        _check_order(telegram, database, person)


def _check_order(telegram: Telegram, database: Database, person: int) -> None:
    """Turns arrive in order, none is missing, and repeats are those the ledger counts."""
    address = f"telegram:123456:{person}"
    rows = database.read_now(
        lambda one: one.execute(
            select(_outbox.content, _outbox.doubts, _outbox.state == "skipped")
            .where(_outbox.address == address)
            .order_by(_outbox.id)
        ).all()
    )
    turns = [(orjson.loads(row[0])["turn"], row[1], row[2]) for row in rows]
    wanted = {turn for turn, _, skipped in turns if turn and not skipped}
    # What was on its way at a kill may have arrived before a stop took it back.
    possible = wanted | {turn for turn, doubts, _ in turns if turn and doubts}
    got = [turn for turn in map(_turn, telegram.from_bot(person)) if turn]
    assert all(earlier <= later for earlier, later in pairwise(got))
    assert wanted <= set(got) <= possible
    assert len(telegram.from_bot(person)) <= len(rows) + sum(row[1] for row in rows)


def _turn(shown: object) -> int:
    buttons = getattr(shown, "buttons", [])
    return int(buttons[0][0]["callback_data"].split("|")[1]) if buttons else 0
