"""An announcement under every fault at once: throttled, refused, cut off, blocked, kicked,
moved, and the service killed in between. GOCUA_BROADCAST says to how many persons."""

import os
import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from conftest import ENGINES, NewUrl
from forked import ForkedService
from phone import Telegram, eventually
from pulse import Beside, Pulse, busiest
from sqlalchemy import Connection, select
from village import NEAR, find, plant

from bot.core.announcement import OPEN, Content, Way
from bot.core.rights import Actor, Grant, Role
from bot.services import announcements as service_of
from storage import announcements, audience, groups, links, people, recipients, schema
from storage.database import Database
from storage.rows import table
from storage.tables import Recipient

PERSONS = int(os.environ.get("GOCUA_BROADCAST", "240"))
GROUPS = 81 if PERSONS > 1000 else 24
KILLS = 8 if PERSONS <= 1000 else 60
ENOUGH_TALK = 5
FIRST = 500_000
AUTHOR = Actor(91, "test", (Grant(Role.AUTHOR, ""), Grant(Role.APPROVER, "")))
APPROVER = Actor(92, "test", (Grant(Role.APPROVER, ""),))
WORDS = "Lũ về, bà con vùng thấp lên nhà văn hóa trước 17 giờ."
_rows = table(Recipient).c


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=True, retry_base=0.05).start()
    yield made
    made.stop()


@pytest.fixture(params=ENGINES if PERSONS <= 1000 else ENGINES[:1])
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


def _chat(number: int) -> str:
    return f"telegram:123456:{number}"


def _group_number(place: int) -> int:
    return -(place + 1)


def _village(connection: Connection, now: int) -> None:
    """Groups of four kinds: every other one Telegram, then relay, not joined bot and GMF."""
    plant(connection)
    keeper = find(connection, "Anh Dũng")
    kinds = [Way.TELEGRAM, Way.RELAY, Way.TELEGRAM, Way.BOT, Way.TELEGRAM, Way.GMF]
    rows = [
        {"code": f"g{n}", "area": NEAR, "channel": kinds[n % 6], "name": f"Nhóm {n}"}
        for n in range(GROUPS)
    ]
    groups.put(connection, rows)
    for place, row in enumerate(rows):
        if row["channel"] == Way.TELEGRAM:
            groups.claim(connection, row["code"], _chat(_group_number(place)), keeper, now)
        if row["channel"] == Way.RELAY:
            groups.claim(connection, row["code"], "", keeper, now)
    everybody = [_chat(FIRST + n) for n in range(PERSONS)]
    keeper_chat = _chat(FIRST - 1)
    people.see(connection, dict.fromkeys([*everybody, keeper_chat], "telegram"), now)
    links.link(connection, keeper_chat, keeper, now)
    agreed = {"person": 0, "purpose": "news", "granted": True, "version": "v", "recorder": "self"}
    people.record_consents(connection, [{**agreed, "address": one, "at": now} for one in everybody])


def _approved(connection: Connection, now: int) -> int:
    content = Content(WORDS, areas=("*",), ways=tuple(Way), channels=("telegram",), urgent=True)
    number = service_of.compose(connection, AUTHOR, now, content)
    many, _ = service_of.submit(connection, AUTHOR, now, number)
    kept = announcements.get(connection, number)
    assert kept
    service_of.approve(connection, APPROVER, now, number, kept.digest, many)
    return number


class _Trouble(Beside):
    """Everything that can go wrong on the platform's side: a storm, not a wall that grows while
    a slow machine starts the service."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__()
        self.telegram, self.random = telegram, random.Random(6)

    def run(self) -> None:
        cloud, source = self.telegram.cloud, self.random
        moved, blocking = 0, set(source.sample(range(FIRST, FIRST + PERSONS), PERSONS // 4))
        while not self.stopping.wait(0.3):
            with cloud.lock:
                if not cloud.faults.throttle:
                    cloud.faults.throttle += [1] * source.randrange(3)
                if not cloud.faults.errors_500:
                    cloud.faults.errors_500 += source.randrange(3)
                if not cloud.faults.lost_answers:
                    cloud.faults.lost_answers += source.randrange(2)
                if blocking:
                    self.telegram.people.chat(blocking.pop()).blocked = True
            if moved < 3:
                place = 6 * moved
                self.telegram.people.remove_bot(_group_number(place))
                self.telegram.people.upgrade(_group_number(place + 2), -(2 * 10**9) - moved)
                moved += 1


class _Watch(Beside):
    """Looks at the sums all the time."""

    def __init__(self, database: Database, number: int, size: int) -> None:
        super().__init__()
        self.database, self.number, self.size = database, number, size
        self.looks, self.wrong = 0, list[dict[str, int]]()

    def run(self) -> None:
        while not self.stopping.wait(0.1):
            counts = self.database.read_now(lambda one: recipients.counts(one, self.number))
            self.looks += 1
            if sum(counts.values()) != self.size or "lost" in counts:
                self.wrong.append(counts)


class _Talk(Beside):
    """Newcomers who write in the meantime, and how long each waits for an answer."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__()
        self.telegram = telegram
        self.waiting, self.waits = dict[int, float](), list[float]()

    def run(self) -> None:
        clock, number = self.telegram.cloud.clock, FIRST * 10
        while not self.stopping.wait(0.02):
            for chat, since in list(self.waiting.items()):
                if self.telegram.from_bot(chat):
                    self.waits.append(clock() - since)
                    del self.waiting[chat]
            if len(self.waiting) < 2:
                number += 1
                self.waiting[number] = clock()
                self.telegram.people.say(number, "chào")
                self.stopping.wait(0.5)

    def at_most(self, share: float) -> float:
        return sorted(self.waits)[int(len(self.waits) * share)]


def test_nothing_is_lost_doubled_or_silent(telegram: Telegram, service: ForkedService) -> None:
    with closing(Database(service.env["GOCUA_DATABASE_URL"])) as database:
        number, size = _announced(telegram, database)
        watch, talk = _Watch(database, number, size), _Talk(telegram)
        with watch, Pulse() as pulse, _Trouble(telegram) as trouble:
            cut_off = [_life(telegram, service, trouble.random) for _ in range(KILLS)]
            service.start()
            with talk:
                time.sleep(PERSONS / 500)
                trouble.stop()
                eventually(
                    lambda: _settled(database, number) and len(talk.waits) >= ENOUGH_TALK,
                    600 + PERSONS / 10,
                )
        print(len(talk.waits), talk.at_most(0.5), talk.at_most(0.95))  # noqa: T201
        assert watch.looks > KILLS
        assert watch.wrong == []
        _compare(telegram, database, number)
        _check_limits(telegram, pulse, cut_off)


def _announced(telegram: Telegram, database: Database) -> tuple[int, int]:
    """The announcement's number, and how many copies it has."""
    database.write_now(schema.upgrade)
    now = database.read_now(database.now)
    database.write_now(lambda one: _village(one, now))
    for number in range(FIRST - 1, FIRST + PERSONS):
        telegram.people.chat(number).met = True
    for place in range(GROUPS):
        telegram.people.found_group(_group_number(place), f"Nhóm {place}")
    number = database.write_now(lambda one: _approved(one, now))
    size = database.read_now(lambda one: audience.sizes(one, number))[1]
    assert size == GROUPS + PERSONS
    return number, size


def _life(telegram: Telegram, service: ForkedService, source: random.Random) -> tuple[float, float]:
    """Of the service, until it is killed; between which moments calls on their way arrived."""
    service.start()
    time.sleep(source.uniform(0.5, 2.0))
    began = telegram.cloud.clock()
    service.kill()
    for _ in range(2):  # what came before has been taken up when these are answered
        httpx.get(telegram.url, timeout=60)
    return began, telegram.cloud.clock()


def _settled(database: Database, number: int) -> bool:
    time.sleep(0.2)
    counts = database.read_now(lambda one: recipients.counts(one, number))
    return not set(OPEN) & counts.keys()


def _compare(telegram: Telegram, database: Database, number: int) -> None:
    """What the ledger says of each copy against what stands in the chat."""
    lines = database.read_now(lambda one: recipients.lines(one, number))
    places = database.read_now(lambda one: dict(one.execute(select(_rows.id, _rows.address)).all()))
    got: Counter[str] = Counter()
    for chat in list(telegram.cloud.chats):
        got[_chat(chat)] = sum(WORDS in one.text for one in telegram.from_bot(chat))
        if to := telegram.cloud.chats[chat].upgraded_to:
            got[_chat(chat)] += sum(WORDS in one.text for one in telegram.from_bot(to))
    for line in lines:
        arrived = got[places[line.id]] if line.way != Way.RELAY else 0
        match line.state:
            case "accepted":
                assert arrived == 1, line
            case "uncertain":
                assert arrived <= 1, line
            case "failed" | "skipped":
                assert arrived == 0, line
                assert line.reason, line
            case state:
                assert line.way == Way.RELAY, line
                assert state in ("asked", "uncertain"), line
    states = Counter(one.state for one in lines)
    print(states)  # noqa: T201  # shown with -s
    assert states["accepted"] > PERSONS / 10


def _check_limits(
    telegram: Telegram, pulse: Pulse, cut_off: Collection[tuple[float, float]]
) -> None:
    """Never more than thirty a second by the stand-in's own clock, but for calls that were on
    their way when the service was killed, or while the stand-in could not count."""
    calls = [one.at for one in telegram.cloud.calls if one.method.lower() == "sendmessage"]
    late = [at for at in calls if any(since < at < until for since, until in cut_off)]
    sent = [at for at in calls if at not in late and pulse.worked(at)]
    print(len(calls), len(late), len(sent), busiest(sent))  # noqa: T201
    assert len(late) < len(calls) / 2
    assert busiest(sent) <= 31  # a call is noted a moment before it is counted
