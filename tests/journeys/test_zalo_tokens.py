"""The pair of tokens where it hurts: many senders in several processes, and an answer lost."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import NewUrl
from phone import eventually
from service import PATIENCE, Service
from zalo import CONSOLE, PERSON, Zalo, zalo_needs

from bot.channels.base import Failure, NotSent, Outgoing, Sent
from bot.channels.notes import Notes
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.oauth import OAuth, Pair
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Phrase
from bot.library import Library
from bot.vault import Vault
from bot.zalo_tokens import ZaloTokens
from storage import schema, tokens
from storage.database import Database

ACCOUNT = ("zalo_oa", CONSOLE.app_id)
SENDS = 50
_fork = multiprocessing.get_context("forkserver")


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    yield made
    made.stop()


@dataclass(frozen=True)
class Office:
    """What a process of its own needs to send: nothing is shared but addresses."""

    api: str
    database: str

    def keeper(self, database: Database) -> ZaloTokens:
        oauth = OAuth(self.api, CONSOLE.app_id, CONSOLE.app_secret)
        return ZaloTokens(database, ACCOUNT, Vault("key"), oauth)

    async def fifty(self, first: int, ready: Barrier) -> list[str]:
        database = Database(self.database)
        keeper, needs = self.keeper(database), zalo_needs(self.api)
        channel = ZaloOA(
            CONSOLE.app_id, needs.secrets, self.api, keeper, Notes(), needs.words, needs.zone
        )
        await asyncio.to_thread(ready.wait)
        sends = [_send(channel, _person(number)) for number in range(first, first + SENDS)]
        ends = await asyncio.gather(*sends)
        await channel.close()
        await keeper.close()
        database.close()
        return ends


def _person(number: int) -> str:
    return f"2460000000000{number:06}"


async def _send(channel: ZaloOA, person: str) -> str:
    """As the ledger does: again at once when the channel says so. How it ended."""
    outgoing = Outgoing(1, Address("zalo_oa", CONSOLE.app_id, person), Message("Bước 1"))
    for _ in range(5):
        result = await channel.send(outgoing)
        if not (isinstance(result, NotSent) and result.failure is Failure.AGAIN):
            return "sent" if isinstance(result, Sent) else result.code
    return "again"


def _process(
    office: Office, first: int, ready: Barrier, ends: "multiprocessing.Queue[str]"
) -> None:
    for end in asyncio.run(office.fifty(first, ready)):
        ends.put(end)


def _all_at_once(office: Office, processes: int) -> list[str]:
    """Fifty concurrent sends of each process, which begin together."""
    ready, ends = _fork.Barrier(processes), _fork.Queue()
    started = [
        _fork.Process(target=_process, args=(office, SENDS * number, ready, ends))
        for number in range(processes)
    ]
    for one in started:
        one.start()
    found = [ends.get(timeout=60) for _ in range(SENDS * processes)]
    for one in started:
        one.join()
    return found


@pytest.fixture(params=[("postgresql", 2), ("sqlite", 1), ("sqlite", 2)])
def crowd(
    zalo: Zalo, request: pytest.FixtureRequest, new_url: NewUrl
) -> Iterator[tuple[Office, Database, int]]:
    engine, processes = request.param
    office = Office(zalo.url, new_url(engine))
    database = Database(office.database)
    database.write_now(schema.upgrade)
    for number in range(SENDS * processes):
        zalo.people.say(_person(number), "chào")
    yield office, database, processes
    database.close()


def _give(zalo: Zalo, office: Office, database: Database, lasts: int) -> None:
    given = zalo.oa.oauth.pair()
    pair = Pair(given["access_token"], given["refresh_token"], lasts)
    keeper = office.keeper(database)
    database.write_now(lambda one: keeper.keep(one, pair, database.now(one)))


@pytest.mark.parametrize("lasts", [90_000, 0], ids=["refused-by-zalo", "over-its-time"])
def test_one_renewal_for_all_senders_of_all_processes(
    zalo: Zalo, crowd: tuple[Office, Database, int], lasts: int
) -> None:
    office, database, processes = crowd
    _give(zalo, office, database, lasts)
    zalo.oa.oauth.expire()
    zalo.oa.oauth.faults.slow_seconds = 0.3
    assert set(_all_at_once(office, processes)) == {"sent"}
    assert [one.method for one in zalo.oa.oauth.calls] == ["refresh_token"]
    for number in range(SENDS * processes):
        assert len(zalo.from_oa(_person(number))) == 1


def test_a_lost_answer_stops_all_of_them_with_a_reason(
    zalo: Zalo, crowd: tuple[Office, Database, int]
) -> None:
    office, database, processes = crowd
    _give(zalo, office, database, 90_000)
    zalo.oa.oauth.expire()
    zalo.oa.oauth.faults.lost_answers = 1
    assert set(_all_at_once(office, processes)) == {"token-no-answer"}
    assert len(zalo.oa.oauth.calls) == 1
    stored = database.read_now(lambda one: tokens.load(one, ACCOUNT))
    assert stored
    assert (stored.why, stored.failures) == (tokens.WAITING, 1)


def _doctor(service: Service) -> dict[str, tuple[bool, str]]:
    said = orjson.loads(service.run("doctor", "--json").stdout)
    return {one["name"]: (one["ok"], one["do"]) for one in said}


def _log_in(service: Service) -> None:
    """The operator and the admin, with the link and the address they get to see."""
    shown = service.run("zalo", "login", text="\n").stdout
    link = next(word for word in shown.split() if "permission" in word)
    back = httpx.post(link, timeout=PATIENCE).headers["location"]
    assert "gocua zalo login" in httpx.get(back, timeout=PATIENCE).text
    assert service.run("zalo", "login", text=back).returncode == 0


def test_a_lost_pair_is_an_alarm_until_a_new_consent(
    zalo: Zalo, new_url: NewUrl, tmp_path: Path, library: Library
) -> None:
    zalo.oa.package = "full"
    service = zalo.oa_service(tmp_path, new_url("sqlite")).start()
    zalo.hooked(service)
    welcome = library.messages.phrases[Phrase.WELCOME]
    eventually(lambda: bool(zalo.oa.oauth.calls))
    zalo.oa.oauth.expire()
    zalo.oa.oauth.faults.lost_answers = 1
    zalo.people.say(PERSON, "chào")
    eventually(lambda: "ZALO TOKEN NOT RENEWED" in service.log.read_text())
    findings = _doctor(service)
    assert not findings["zalo_oa_token"][0]
    assert "gocua zalo login" in findings["zalo_oa_token"][1]
    assert not findings["paused"][0]
    assert zalo.from_oa(PERSON) == []
    _log_in(service)
    eventually(lambda: welcome in "".join(one.text for one in zalo.from_oa(PERSON)))
    findings = _doctor(service)
    assert findings["zalo_oa_token"][0]
    assert findings["paused"][0]
    service.stop()
