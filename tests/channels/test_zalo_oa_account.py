"""What Zalo tells of the OA and its groups, asked over HTTP of the stand-in."""

from collections.abc import AsyncIterator, Iterator

import pytest
from zalo import CONSOLE, PERSON, Token, Zalo

from bot.channels.base import Failure, NotSent
from bot.channels.zalo_oa.account import Account, OaInfo


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    made.people.say(PERSON, "chào")
    yield made
    made.stop()


class Renewing(Token):
    """Gives a new token once the first was refused."""

    def __init__(self, zalo: Zalo) -> None:
        super().__init__(zalo.oa.oauth.pair()["access_token"])
        self._zalo = zalo

    async def renew(self, refused: str) -> NotSent:
        self.given = self._zalo.oa.oauth.pair()["access_token"]
        return await super().renew(refused)


@pytest.fixture
async def account(zalo: Zalo) -> AsyncIterator[Account]:
    made = Account(zalo.url, Renewing(zalo))
    yield made
    await made.close()


async def test_the_account(zalo: Zalo, account: Account) -> None:
    assert await account.info() == OaInfo(
        CONSOLE.oa_id, "Gõ Cửa", True, "Tăng trưởng", "31/12/2026", True
    )
    zalo.oa.wallet, zalo.oa.verified = None, False
    info = await account.info()
    assert isinstance(info, OaInfo)
    assert (info.verified, info.linked) == (False, False)


async def test_groups_come_page_by_page(zalo: Zalo, account: Account) -> None:
    assert await account.groups() == []
    made = [zalo.people.found_group(f"Ấp {number}", PERSON) for number in range(51)]
    zalo.people.disable_group(made[3].id)
    found = await account.groups()
    assert not isinstance(found, NotSent)
    assert [one.id for one in found] == [one.id for one in made]
    assert [one.status for one in found].count("disabled") == 1
    assert (found[0].name, found[0].members) == ("Ấp 0", 2)
    assert found[0].link.startswith("https://zalo.me/g/")
    assert len([one for one in zalo.oa.calls if "getgroupsofoa" in one.method]) == 3


async def test_a_refused_token_is_renewed_once(zalo: Zalo, account: Account) -> None:
    zalo.oa.oauth.expire()
    assert isinstance(await account.info(), OaInfo)
    token = Token("never-issued")
    strict = Account(zalo.url, token)
    assert await strict.info() == NotSent(Failure.PERMANENT, "zalo-216")
    assert token.refused == ["never-issued"]
    token.given = NotSent(Failure.REJECTED, "token-lost")
    assert await strict.groups() == NotSent(Failure.REJECTED, "token-lost")
    await strict.close()


class Lost(Token):
    async def renew(self, refused: str) -> NotSent:
        return NotSent(Failure.REJECTED, "token-lost")


async def test_a_token_that_cannot_be_renewed(zalo: Zalo) -> None:
    lost = Account(zalo.url, Lost("never-issued"))
    assert await lost.groups() == NotSent(Failure.REJECTED, "token-lost")
    await lost.close()


async def test_refusals_and_a_cloud_that_is_away(zalo: Zalo, account: Account) -> None:
    zalo.oa.faults.refusals = [-209]
    assert await account.info() == NotSent(Failure.PERMANENT, "zalo-209")
    zalo.stop()
    away = await account.groups()
    assert isinstance(away, NotSent)
    assert away.failure is Failure.UNREACHABLE
