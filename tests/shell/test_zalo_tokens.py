"""The pair of tokens over real HTTP: renewed once, never lost in silence."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from fakes import Clock
from house_of import until
from service import PATIENCE
from sqlalchemy.exc import OperationalError
from zalo import CONSOLE, Zalo

from bot.channels.base import Failure, NotSent
from bot.channels.zalo_oa.oauth import OAuth, Pair
from bot.vault import SealedError, Vault
from bot.zalo_tokens import RENEW_AFTER, ZaloTokens
from storage import tokens
from storage.database import MINUTE, SECOND, Database

ACCOUNT = ("zalo_oa", CONSOLE.app_id)
KEY = "a long random word of the operator"


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    yield made
    made.stop()


def _keeper(zalo: Zalo, database: Database, key: str = KEY) -> ZaloTokens:
    oauth = OAuth(zalo.url, CONSOLE.app_id, CONSOLE.app_secret, timeout=PATIENCE)
    return ZaloTokens(database, ACCOUNT, Vault(key), oauth)


@pytest.fixture
async def keeper(zalo: Zalo, database: Database) -> AsyncIterator[ZaloTokens]:
    made = _keeper(zalo, database)
    _begin(made, database, zalo.oa.oauth.pair()["refresh_token"])
    yield made
    await made.close()


def _begin(keeper: ZaloTokens, database: Database, refresh: str) -> None:
    database.write_now(lambda one: keeper.begin(one, refresh, database.now(one)))


def _stored(database: Database) -> tokens.Stored:
    found = database.read_now(lambda one: tokens.load(one, ACCOUNT))
    assert found
    return found


async def _access(keeper: ZaloTokens) -> str:
    found = await keeper.access()
    assert isinstance(found, str)
    return found


def _works(zalo: Zalo, access: str) -> bool:
    zalo.oa.oauth.check(access)
    return True


async def test_the_first_refresh_token_makes_a_pair(
    zalo: Zalo, keeper: ZaloTokens, database: Database
) -> None:
    access = await _access(keeper)
    assert _works(zalo, access)
    assert await _access(keeper) == access
    assert len(zalo.oa.oauth.calls) == 1
    assert access not in _stored(database).access


async def test_settings_only_count_until_they_change(
    zalo: Zalo, keeper: ZaloTokens, database: Database
) -> None:
    first = zalo.oa.oauth.calls
    access = await _access(keeper)
    used = first[0].params["refresh_token"]
    _begin(keeper, database, used)
    _begin(keeper, database, "")
    assert await _access(keeper) == access
    _begin(keeper, database, zalo.oa.oauth.pair()["refresh_token"])
    assert await _access(keeper) != access


async def test_it_is_renewed_ahead_of_time(
    zalo: Zalo, keeper: ZaloTokens, database: Database, clock: Clock
) -> None:
    await keeper.look()
    access = await _access(keeper)
    clock.advance(RENEW_AFTER / SECOND - 1)
    await keeper.look()
    assert await _access(keeper) == access
    clock.advance(2)
    await keeper.look()
    assert await _access(keeper) != access
    assert _stored(database).expires_at == clock() + 90_000 * SECOND


async def test_a_refused_token_is_replaced_once(
    zalo: Zalo, keeper: ZaloTokens, clock: Clock
) -> None:
    access = await _access(keeper)
    assert (await keeper.renew(access)).failure is Failure.AGAIN
    newer = await _access(keeper)
    assert newer != access
    assert (await keeper.renew(access)).failure is Failure.AGAIN, "it is not in use any more"
    assert await _access(keeper) == newer
    assert await keeper.renew(newer) == NotSent(Failure.REJECTED, "token-refused")
    clock.advance(61)
    assert (await keeper.renew(newer)).failure is Failure.AGAIN


async def test_fifty_senders_of_two_processes_make_one_renewal(
    zalo: Zalo, keeper: ZaloTokens, database: Database
) -> None:
    access = await _access(keeper)
    other = _keeper(zalo, database)
    zalo.oa.oauth.faults.slow_seconds = 0.2
    calls = [one.renew(access) for one in (keeper, other) for _ in range(25)]
    assert {one.failure for one in await asyncio.gather(*calls)} == {Failure.AGAIN}
    assert len(zalo.oa.oauth.calls) == 2
    assert await _access(keeper) == await _access(other)
    await other.close()


async def test_a_lost_answer_after_rotation_is_an_alarm(
    zalo: Zalo, keeper: ZaloTokens, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    access = await _access(keeper)
    zalo.oa.oauth.faults.lost_answers = 1
    assert await keeper.renew(access) == NotSent(Failure.REJECTED, "token-no-answer")
    assert await keeper.renew(access) == NotSent(Failure.REJECTED, "token-no-answer")
    assert len(zalo.oa.oauth.calls) == 2, "not again at once"
    clock.advance(16)
    with caplog.at_level(logging.ERROR):
        assert await keeper.renew(access) == NotSent(Failure.REJECTED, "token-lost")
    assert "ZALO TOKEN NOT RENEWED" in caplog.text
    clock.advance(26 * 3600)
    assert await keeper.access() == NotSent(Failure.REJECTED, "token-lost")


async def test_a_new_consent_ends_the_alarm(
    zalo: Zalo, keeper: ZaloTokens, database: Database, clock: Clock
) -> None:
    access = await _access(keeper)
    zalo.oa.oauth.withdraw()
    assert await keeper.renew(access) == NotSent(Failure.REJECTED, "token-lost")
    given = zalo.oa.oauth.pair()
    pair = Pair(given["access_token"], given["refresh_token"])
    database.write_now(lambda one: keeper.keep(one, pair, clock()))
    assert await _access(keeper) == pair.access
    assert _stored(database).failures == 0


@pytest.mark.parametrize("fault", ["errors_plain", "errors_500"])
async def test_an_answer_without_tokens_changes_nothing(
    zalo: Zalo, keeper: ZaloTokens, database: Database, clock: Clock, fault: str
) -> None:
    access = await _access(keeper)
    setattr(zalo.oa.oauth.faults, fault, 1)
    clock.advance(RENEW_AFTER / SECOND + 1)
    before = _stored(database)
    await keeper.look()
    after = _stored(database)
    assert (after.access, after.refresh) == (before.access, before.refresh)
    assert after.failures == 1
    assert await _access(keeper) == access, "the old one is good for five hours more"
    clock.advance(16)
    await keeper.look()
    assert _works(zalo, await _access(keeper))


async def test_waits_grow_to_five_minutes(keeper: ZaloTokens, database: Database) -> None:
    waits = []
    for _ in range(8):
        database.write_now(lambda one: tokens.fail(one, ACCOUNT, "", "x", 0))
        waits.append(_stored(database).may_retry_at // SECOND)
    assert waits == [15, 30, 60, 120, 240, 300, 300, 300]


async def test_an_impatient_sender_does_not_cut_off_the_answer(
    zalo: Zalo, keeper: ZaloTokens
) -> None:
    zalo.oa.oauth.faults.slow_seconds = 0.2
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(keeper.access(), 0.05)
    assert _works(zalo, await _access(keeper))
    assert len(zalo.oa.oauth.calls) == 1


async def test_ending_waits_for_the_answer(
    zalo: Zalo, keeper: ZaloTokens, database: Database
) -> None:
    zalo.oa.oauth.faults.slow_seconds = 0.2
    asking = asyncio.create_task(keeper.access())
    await until(lambda: asyncio.sleep(0, bool(_stored(database).holder)))
    asking.cancel()
    await keeper.close()
    assert _stored(database).access


async def test_a_dead_process_leaves_its_lease_behind(
    zalo: Zalo, keeper: ZaloTokens, database: Database, clock: Clock
) -> None:
    known = _stored(database).obtained_at
    leased = database.write_now(lambda one: tokens.lease(one, ACCOUNT, known, "dead", clock()))
    assert leased
    asking = asyncio.create_task(keeper.access())
    await asyncio.sleep(0.3)
    assert not zalo.oa.oauth.calls
    clock.advance(tokens.LEASE / SECOND)
    assert await asking == NotSent(Failure.REJECTED, "token-no-answer")
    assert _works(zalo, await _access(keeper))


async def test_a_changed_key_is_told_from_a_lost_token(
    zalo: Zalo, keeper: ZaloTokens, database: Database
) -> None:
    await _access(keeper)
    other = _keeper(zalo, database, "another key")
    assert await other.access() == NotSent(Failure.REJECTED, "token-key-changed")
    assert await other.renew("x") == NotSent(Failure.REJECTED, "token-key-changed")
    await other.look()
    both = _keeper(zalo, database, f"another key, {KEY}")
    assert isinstance(await both.access(), str)
    await other.close()
    await both.close()


async def test_without_any_token(zalo: Zalo, database: Database) -> None:
    made = _keeper(zalo, database)
    assert await made.access() == NotSent(Failure.REJECTED, "token-missing")
    await made.close()


async def test_a_database_that_is_away_costs_no_message(
    zalo: Zalo, keeper: ZaloTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(tokens, "load", away)
        assert (await keeper.renew("x")).failure is Failure.UNREACHABLE
        found = await keeper.access()
        assert isinstance(found, NotSent)
        assert found.failure is Failure.UNREACHABLE
    assert _works(zalo, await _access(keeper))


async def test_a_new_pair_waits_for_the_database(
    zalo: Zalo, keeper: ZaloTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, calls = tokens.keep, []

    def away(*given: object, **named: object) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError("", {}, Exception())
        keep(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(tokens, "keep", away)
    assert _works(zalo, await _access(keeper))
    assert len(calls) == 3


async def test_it_looks_by_itself(zalo: Zalo, keeper: ZaloTokens, database: Database) -> None:
    task = asyncio.create_task(keeper.run())
    await until(lambda: asyncio.sleep(0, bool(_stored(database).access)))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_what_is_sealed() -> None:
    vault = Vault("one")
    assert Vault("two, one").open(vault.seal("x")) == "x"
    assert Vault("two, one").fixed == vault.fixed
    with pytest.raises(SealedError):
        Vault("two").open(vault.seal("x"))
    with pytest.raises(ValueError, match="no secret"):
        Vault(" , ")
    assert len(vault.fixed) == 43
    assert tokens.LEASE > 20 * SECOND < MINUTE
