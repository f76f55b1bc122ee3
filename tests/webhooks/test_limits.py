"""How often one place may write: each by itself, refused in words, nothing stored beyond."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import NewUrl
from sqlalchemy import func, select
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.settings import Settings
from bot.wiring import Wiring
from storage.rows import table
from storage.tables import InboxUpdate
from webhooks.app import create_app
from webhooks.limits import Limit, place

PROXY, TRUSTED = "172.18.0.5", ["172.16.0.0/12"]


class Steady:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_place_has_its_own_limit() -> None:
    clock = Steady()
    limit = Limit("t", 2, 5, clock)
    assert [limit.allows("1.2.3.4") for _ in range(7)] == [True] * 5 + [False] * 2
    assert limit.allows("1.2.3.5")
    clock.now = 1.01
    assert [limit.allows("1.2.3.4") for _ in range(3)] == [True, True, False]
    clock.now = 1000
    assert [limit.allows("1.2.3.4") for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_is_not_limited(host: str) -> None:
    limit = Limit("t", 1, 1, Steady())
    assert all(limit.allows(host) for _ in range(9))


def test_what_is_remembered_is_bounded() -> None:
    limit = Limit("t", 0.001, 1, Steady(), most=10)
    for number in range(100):
        assert limit.allows(f"10.0.0.{number}")
    assert not limit.allows("10.0.0.99")
    assert limit.allows("10.0.0.1")


@pytest.mark.parametrize(
    ("host", "same", "other"),
    [
        ("1.2.3.4", "::ffff:1.2.3.4", "1.2.3.5"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
        ("", "", "::1"),
        ("no address", "no address", "1.1.1.1"),
    ],
)
def test_what_one_place_is(host: str, same: str, other: str) -> None:
    assert place(host) == place(same) != place(other)


@pytest.fixture
async def wiring(
    migrated_url: NewUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Wiring]:
    """Its limit comes back so slowly that how fast this machine is does not count."""
    monkeypatch.setattr("webhooks.pages.chat._CHATS_A_SECOND", 0.0001)
    settings = Settings(_env_file=None, database_url=migrated_url("sqlite"), data_dir=tmp_path)
    made = Wiring(settings, "web")
    made.migrate()
    yield made
    await made.stop()


def _client(wiring: Wiring) -> httpx.AsyncClient:
    behind = ProxyHeadersMiddleware(create_app(wiring), trusted_hosts=TRUSTED)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=behind, client=(PROXY, 1))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def _begin(
    client: httpx.AsyncClient, visitor: str, number: int, text: str = "chào"
) -> httpx.Response:
    """As a script does: a new chat each time."""
    client.cookies.clear()
    headers = {"x-forwarded-for": visitor, "x-requested-with": "fetch"}
    form = {"id": str(number), "text": text}
    return await client.post("/tro-chuyen", data=form, headers=headers)


def _stored(wiring: Wiring) -> int:
    counted = select(func.count()).select_from(table(InboxUpdate))
    return int(wiring.database.read_now(lambda one: one.execute(counted).scalar_one()))


async def test_a_flood_is_refused_in_words_and_stores_nothing(wiring: Wiring) -> None:
    async with _client(wiring) as client:
        answers = [await _begin(client, "203.0.113.9", number) for number in range(130)]
    taken = sum(1 for one in answers if one.status_code == 204)
    assert taken == 100
    assert _stored(wiring) == taken
    refused = next(one for one in answers if one.status_code == 429)
    assert "CHƯA được gửi" in refused.text
    assert refused.headers["retry-after"] == "60"
    assert "set-cookie" not in refused.headers


async def test_who_shows_a_code_is_known_by_place_and_nobody_else(wiring: Wiring) -> None:
    """So that codes cannot be tried out over many chats; the place itself is written nowhere."""
    visitors = ["203.0.113.9", "203.0.113.9", "203.0.113.10"]
    async with _client(wiring) as client:
        for number, visitor in enumerate(visitors):
            await _begin(client, visitor, number, "K7M2QX9T")
        await _begin(client, "203.0.113.9", 9)
    bodies = select(table(InboxUpdate).c.body).order_by(table(InboxUpdate).c.id)
    stored = list(wiring.database.read_now(lambda one: one.execute(bodies).scalars()))
    origins = [orjson.loads(one).get("origin", "") for one in stored]
    assert origins[0] == origins[1] != origins[2]
    assert origins[3] == ""
    assert not [one for one in stored if "203.0.113" in one]
    received = wiring.channels["webchat"].parse(stored[0], frozenset())
    assert received.origin == origins[0]


async def test_behind_the_proxy_each_visitor_counts(wiring: Wiring) -> None:
    """What a visitor claims about where they come from does not."""
    async with _client(wiring) as client:
        while (await _begin(client, "203.0.113.9", 0)).status_code != 429:
            pass
        assert (await _begin(client, "203.0.113.10", 1)).status_code == 204
        claimed = {
            (await _begin(client, f"8.8.8.{n}, 203.0.113.9", n)).status_code for n in range(9)
        }
        assert 429 in claimed
