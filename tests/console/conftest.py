"""An application with the village, and people of every role in it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from conftest import NewUrl
from console_people import somebody
from fastapi import FastAPI
from sqlalchemy import Connection
from village import NEAR, find, plant

from bot.core.announcement import Content, Way
from bot.core.data_rights import CORRECT
from bot.core.rights import Role, terminal
from bot.services import announcements
from bot.services import logins as service
from bot.settings import Settings
from bot.wiring import Wiring
from storage import calls, data_requests, feeds, groups
from storage.data_requests import Asked
from webhooks.app import create_app
from webhooks.console.frame import COOKIE


@pytest.fixture
async def wiring(migrated_url: NewUrl, tmp_path: Path) -> AsyncIterator[Wiring]:
    settings = Settings(_env_file=None, database_url=migrated_url("sqlite"), data_dir=tmp_path)
    made = Wiring(settings)
    made.migrate()
    made.database.write_now(plant)
    rows = [
        {"code": "g1", "area": NEAR, "channel": "relay", "name": "Xóm"},
        {"code": "g2", "area": NEAR, "channel": "telegram", "name": "Xóm Telegram"},
    ]
    made.database.write_now(lambda one: groups.put(one, rows))
    made.database.write_now(_notice)
    made.database.write_now(_call)
    made.database.write_now(lambda one: feeds.add(one, "https://tin.test/rss", [NEAR], 0, 1))
    made.database.write_now(_asked)
    yield made
    await made.stop()


def _notice(connection: Connection) -> None:
    """A draft for the hamlet, number 1."""
    content = Content("Thứ sáu cắt điện.", areas=(NEAR,), ways=(Way.RELAY, Way.TELEGRAM))
    announcements.compose(connection, terminal(), 1, content)


def _call(connection: Connection) -> None:
    """Bà Năm waits for somebody at the second step, call number 1."""
    row = {"address": "webchat:web:nam", "person": find(connection, "Bà Năm")}
    calls.call(connection, [row | {"guide": "vneid", "item": "cai-dat"}], 1)
    calls.change(connection, 1, calls.OPEN, area=NEAR)


def _asked(connection: Connection) -> None:
    """Bà Năm wants her data corrected, request number 1."""
    person = find(connection, "Bà Năm")
    data_requests.add(connection, Asked(0, "webchat:web:nam", person, CORRECT, 1, 1, 1))


@pytest.fixture
def app(wiring: Wiring) -> FastAPI:
    return create_app(wiring)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


@pytest.fixture
def keeper(wiring: Wiring) -> None:
    """Somebody posts in the relay group, so that it can receive."""
    wiring.database.write_now(lambda one: groups.claim(one, "g1", "", find(one, "Anh Dũng"), 1))


Enter = Callable[[int], None]


@pytest.fixture
def enter(wiring: Wiring, client: httpx.AsyncClient) -> Enter:
    """From now on the client is this person."""

    def work(person: int) -> None:
        database = wiring.database
        token = database.write_now(lambda one: service.play(one, database.now(one), person))
        client.cookies.clear()
        client.cookies.set(COOKIE, token)

    return work


@pytest.fixture
def official(wiring: Wiring, enter: Enter) -> Callable[..., int]:
    """Makes somebody with a role over a place, and lets them in."""

    def work(role: Role, area: str = "", name: str = "Mai") -> int:
        database = wiring.database
        person = database.write_now(lambda one: somebody(one, role, area, database.now(one), name))
        enter(person)
        return person

    return work
