"""`gocua rehearse --practice`: a whole broadcast with the real numbers and nobody real."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from phone import eventually
from pydantic import ValidationError
from service import PATIENCE, Service, free_port
from sqlalchemy import Connection, text
from village import NEAR, find, plant

from bot.core.announcement import OPEN, REACHED, Content, Way, digest
from bot.core.rights import Actor, Grant, Role
from bot.practice import CHANNELS, counts
from bot.rehearsal import closed
from bot.services import announcements as service_of
from bot.settings import Closed
from bot.standins.zalo.cloud import ZaloCloud
from storage import groups, people, recipients, schema
from storage.database import Database
from storage.tallies import Tally, tally

AUTHOR = Actor(0, "test", (Grant(Role.AUTHOR, ""),))
APPROVER = Actor(92, "test", (Grant(Role.APPROVER, ""),))
EVERY = Content("Lũ về", areas=("*",), ways=tuple(Way), channels=CHANNELS, urgent=True)
SECRET_NAME = "Nhóm kín Cầu Xéo"


def _village(connection: Connection, now: int) -> None:
    """Five groups of four kinds, one of them not claimed; nine persons, one of whom blocked."""
    plant(connection)
    keeper = find(connection, "Anh Dũng")
    ways = [Way.TELEGRAM, Way.TELEGRAM, Way.RELAY, Way.GMF, Way.BOT]
    rows = [
        {"code": f"g{n}", "area": NEAR, "channel": way, "name": f"{SECRET_NAME} {n}"}
        for n, way in enumerate(ways)
    ]
    groups.put(connection, rows)
    for n, way in enumerate(ways[1:], 1):
        chat = "" if way == Way.RELAY else f"{way}:9:-{n}"
        groups.claim(connection, f"g{n}", chat, keeper, now)
    agreed = {"person": 0, "purpose": "news", "granted": True, "version": "v", "recorder": "self"}
    chats = {f"{CHANNELS[n % 3]}:9:{800 + n}": CHANNELS[n % 3] for n in range(9)}
    people.see(connection, chats, now)
    people.record_consents(connection, [{**agreed, "address": one, "at": now} for one in chats])
    people.set_reachable(connection, "telegram:9:800", now, reachable=False)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path}/real.db"
    database = Database(url)
    database.write_now(schema.upgrade)
    database.write_now(lambda one: _village(one, database.now(one)))
    yield url
    database.close()


@pytest.fixture
def practice(real: str, tmp_path: Path) -> Iterator[Service]:
    ports = ("--zalo-port", str(free_port()), "--telegram-port", str(free_port()))
    made = Service(
        tmp_path,
        command="rehearse",
        options=("--practice", *ports),
        DATABASE_URL=real,
        TELEGRAM_TOKEN="7:a-real-one",
    ).start()
    yield made
    made.stop()


def _numbers(found: list[Tally]) -> dict[tuple[str, bool, bool], int]:
    """By way, kind and whether they can receive."""
    numbers: dict[tuple[str, bool, bool], int] = {}
    for one in found:
        key = (one.way, one.group, not one.reason)
        numbers[key] = numbers.get(key, 0) + one.number
    return numbers


def test_the_whole_chain_with_real_numbers_and_nobody_real(
    practice: Service, real: str, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path}/data/rehearsal/gocua.db")
    now = database.read_now(database.now)
    with database.engine.connect() as connection:
        known = connection.execute(text("SELECT code, name FROM group_chat")).all()
        invented = [one for one in known if one.code.startswith("dien-tap-")]
    assert len(invented) == 5
    assert not any(SECRET_NAME in one.name for one in known)
    found = _numbers(database.read_now(lambda one: tally(one, EVERY, now)))
    of_real = _numbers(counts(real))
    demo = {("telegram", True, False): 1, ("relay", True, True): 1, ("relay", True, False): 1}
    assert found == {key: of_real.get(key, 0) + demo.get(key, 0) for key in {*of_real, *demo}}

    def approved(connection: Connection) -> int:
        number = service_of.compose(connection, AUTHOR, now, EVERY)
        many, _ = service_of.submit(connection, AUTHOR, now, number)
        service_of.approve(connection, APPROVER, now, number, digest(EVERY), many)
        return number

    number = database.write_now(approved)

    def states() -> dict[str, int]:
        return database.read_now(lambda one: recipients.counts(one, number))

    eventually(lambda: not {*OPEN} & states().keys(), 300)
    lines = database.read_now(lambda one: recipients.lines(one, number))
    failed = [(one.way, one.target[:6], one.reason) for one in lines if one.state == "failed"]
    assert failed == []
    assert sum(states().get(one, 0) for one in REACHED) == 3 + 8
    with database.engine.connect() as connection:
        owner = {"owner": f"announcement:{number}"}
        rows = connection.execute(text("SELECT content FROM outbox WHERE owner = :owner"), owner)
        assert all("DIỄN TẬP, không phải tin thật" in one.content for one in rows)
    database.close()
    for path in ("/dang-nhap", "/thu"):
        assert (
            "DIỄN TẬP – không có gì tới người dân"
            in httpx.get(f"{practice.base}{path}", timeout=PATIENCE).text
        )


def test_no_client_of_a_real_platform_can_be_made() -> None:
    cloud, here = ZaloCloud(), "http://127.0.0.1:8001"
    made = closed("http://127.0.0.1:8000", here, here, cloud, Path("data"))
    assert made.rehearses
    names = ("telegram_api_url", "zalo_oa_api_url", "zalo_oa_oauth_url", "zalo_bot_api_url")
    for name in names:
        for url in ("https://api.telegram.org", "http://127.0.0.1.example.vn", "http://10.0.0.1"):
            with pytest.raises(ValidationError):
                Closed(**{**made.model_dump(), name: url})


def test_a_database_that_is_not_there_has_no_numbers(tmp_path: Path) -> None:
    assert counts(f"sqlite:///{tmp_path}/nowhere/x.db") == []
    assert counts("postgresql://nobody@127.0.0.1:1/none") == []
