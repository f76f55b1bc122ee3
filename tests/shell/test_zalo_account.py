"""The account is looked at by itself: every six hours, and soon after a group changed."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from fakes import Clock
from house_of import until
from sqlalchemy.exc import OperationalError
from zalo import CONSOLE, PERSON, Token, Zalo

from bot.channels.notes import GROUPS_STALE
from bot.channels.zalo_oa.account import Account
from bot.core.rights import terminal
from bot.services import zalo as service
from bot.vault import Vault
from bot.zalo_account import ZaloAccount
from storage import facts, own_groups
from storage.database import Database

ACCOUNT = ("zalo_oa", CONSOLE.app_id)


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    made.people.say(PERSON, "chào")
    yield made
    made.stop()


@pytest.fixture
async def looks(
    zalo: Zalo, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ZaloAccount]:
    monkeypatch.setattr("bot.zalo_account._LOOK_SECONDS", 0.01)
    token = Token(zalo.oa.oauth.pair()["access_token"])
    made = ZaloAccount(database, ACCOUNT, Account(zalo.url, token))
    yield made
    await made.close()


def _asked(zalo: Zalo) -> int:
    return len([one for one in zalo.oa.calls if one.method.endswith("getoa")])


def _titles(database: Database) -> list[str]:
    return [one.title for one in database.read_now(lambda one: own_groups.known(one, ACCOUNT))]


def _line(database: Database, clock: Clock, name: str) -> service.Line:
    found = database.read_now(
        lambda one: service.health(one, terminal(), clock(), ACCOUNT, Vault("key"))
    )
    return next(one for one in found if one.name == name)


async def test_it_looks_by_itself(
    zalo: Zalo, looks: ZaloAccount, database: Database, clock: Clock
) -> None:
    running = asyncio.create_task(looks.run())
    await until(lambda: asyncio.sleep(0, _asked(zalo) == 1))
    await until(lambda: asyncio.sleep(0, _line(database, clock, "package").form == "told"))
    group = zalo.people.found_group("Ấp 1", PERSON)
    clock.advance(1)
    database.write_now(lambda one: facts.add(one, ACCOUNT, {}, {GROUPS_STALE: 1}, clock()))
    clock.advance(1)
    await until(lambda: asyncio.sleep(0, _titles(database) == ["Ấp 1"]))
    zalo.oa.groups[group.id].name = "Ấp 1 mới"
    asked = _asked(zalo)
    clock.advance(6 * 3600)
    await until(lambda: asyncio.sleep(0, _titles(database) == ["Ấp 1 mới"]))
    assert _asked(zalo) == asked + 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_is_seen_is_shown(
    zalo: Zalo, looks: ZaloAccount, database: Database, clock: Clock
) -> None:
    assert _line(database, clock, "groups").form == "unknown"
    group = zalo.people.found_group("Ấp 1", PERSON)
    assert await looks.look() == ""
    assert _line(database, clock, "groups").values["free"] == 1
    zalo.people.disable_group(group.id)
    zalo.oa.verified = False
    assert await looks.look() == ""
    groups, package = _line(database, clock, "groups"), _line(database, clock, "package")
    assert (groups.form, groups.advice, groups.values["listed"]) == ("disabled", "zalo-237", "Ấp 1")
    assert package.advice == "zalo-221"
    zalo.oa.faults.refusals = [-209]
    assert await looks.look() == "zalo-209"
    assert _line(database, clock, "package").advice == "zalo-209"
    assert (await looks.told())["oa"] == await looks.oa_id() == CONSOLE.oa_id


@pytest.mark.parametrize(
    ("until_", "advice"), [("31/12/2026", "package-ends"), ("31/12/2028", ""), ("", "")]
)
def test_the_end_of_a_package_is_foretold(
    database: Database, clock: Clock, until_: str, advice: str
) -> None:
    clock.now = 1_797_000_000_000_000  # 11 December 2026
    told = {"oa_name": "x", "package": "y", "package_until": until_, "verified": "True"}
    database.write_now(lambda one: facts.add(one, ACCOUNT, told, {}, clock()))
    assert _line(database, clock, "package").advice == advice


async def test_trouble_is_tried_again_sooner(
    zalo: Zalo, looks: ZaloAccount, database: Database, clock: Clock
) -> None:
    zalo.oa.faults.refusals = [-209]
    running = asyncio.create_task(looks.run())
    await until(lambda: asyncio.sleep(0, _asked(zalo) == 1))
    clock.advance(601)
    await until(lambda: asyncio.sleep(0, _asked(zalo) == 2))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_database_that_is_away_is_waited_for(
    zalo: Zalo, looks: ZaloAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(*_: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("", {}, Exception())

    monkeypatch.setattr(looks, "_is_due", away)
    running = asyncio.create_task(looks.run())
    await until(lambda: asyncio.sleep(0, len(tries) > 3))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert _asked(zalo) == 0
