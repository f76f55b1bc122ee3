"""/tb: what was sent, for everybody to read and to check against."""

from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from conftest import NewUrl
from sqlalchemy import Connection
from village import NEAR, plant

from bot.core.announcement import Content, Kind, Step, Way
from bot.core.rights import Actor, Grant, Role
from bot.services import announcements as service
from bot.settings import Settings
from bot.wiring import Wiring
from storage import announcements, groups
from webhooks.app import create_app

NOW = 1_800_000_000_000_000
TEXT = "Ngày 08/12/2026 phường thu hồ sơ tại hội trường.\nHỏi: 0251 3844 115 & <b>"
AUTHOR = Actor(11, "test", (Grant(Role.AUTHOR, ""), Grant(Role.APPROVER, "")))
APPROVER = Actor(12, "test", (Grant(Role.APPROVER, ""),))


def _sent(connection: Connection, text: str, kind: Kind = Kind.ALERT, follows: int = 0) -> int:
    content = Content(text, kind=kind, follows=follows, areas=("*",), ways=(Way.RELAY,))
    number = service.compose(connection, AUTHOR, NOW, content)
    service.submit(connection, AUTHOR, NOW, number)
    kept = announcements.get(connection, number)
    assert kept
    if not follows:
        service.approve(connection, APPROVER, NOW, number, kept.digest, 1)
        announcements.move(connection, number, Step.SCHEDULE, NOW)
        announcements.move(connection, number, Step.SEND, NOW, sent_at=NOW)
    return number


@pytest.fixture
async def wiring(migrated_url: NewUrl, tmp_path: Path) -> AsyncIterator[Wiring]:
    settings = Settings(_env_file=None, database_url=migrated_url("sqlite"), data_dir=tmp_path)
    made = Wiring(settings)
    made.migrate()
    made.database.write_now(plant)
    row = {"code": "g1", "area": NEAR, "channel": "relay", "name": "Xóm"}
    made.database.write_now(lambda one: groups.put(one, [row]))
    yield made
    await made.stop()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def _code(wiring: Wiring, number: int) -> str:
    found = wiring.database.read_now(lambda one: announcements.get(one, number))
    assert found
    return found.code


async def test_a_notice_has_a_page_a_list_and_a_feed(
    wiring: Wiring, client: httpx.AsyncClient
) -> None:
    assert "Chưa có thông báo nào" in (await client.get("/tb")).text
    ElementTree.fromstring((await client.get("/tb.atom")).text)  # noqa: S314  # our own feed
    number = wiring.database.write_now(lambda one: _sent(one, TEXT))
    draft = wiring.database.write_now(
        lambda one: service.compose(one, AUTHOR, NOW, Content("Bản nháp", areas=("*",)))
    )
    code = _code(wiring, number)
    page = await client.get(f"/tb/{code.lower()}")
    assert page.status_code == 200
    assert "0251 3844 115 &amp; &lt;b&gt;" in page.text
    listed = await client.get("/tb")
    assert f"/tb/{code}" in listed.text
    assert "Bản nháp" not in listed.text
    feed = await client.get("/tb.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    entries = ElementTree.fromstring(feed.text).findall("{http://www.w3.org/2005/Atom}entry")  # noqa: S314
    assert len(entries) == 1
    hidden = await client.get(f"/tb/{_code(wiring, draft)}")
    assert hidden.status_code == 404


async def test_a_text_is_checked_on_the_page(wiring: Wiring, client: httpx.AsyncClient) -> None:
    number = wiring.database.write_now(lambda one: _sent(one, TEXT))
    right = await client.post("/tb/kiem-tra", data={"text": TEXT})
    assert "Đúng, đây là một phần của thông báo số 1" in right.text
    wrong = await client.post("/tb/kiem-tra", data={"text": TEXT.replace("08/12", "09/12")})
    assert "khác bản gốc" in wrong.text
    assert "Không tìm thấy" in (await client.post("/tb/kiem-tra", data={"text": "abc"})).text
    assert number


async def test_seen_on_the_page_is_counted(wiring: Wiring, client: httpx.AsyncClient) -> None:
    number = wiring.database.write_now(lambda one: _sent(one, TEXT))
    code = _code(wiring, number)
    answer = await client.post(f"/tb/{code}/da-xem")
    assert answer.status_code == 303
    assert "Cảm ơn bác" in (await client.get(answer.headers["location"])).text
    found = wiring.database.read_now(lambda one: announcements.get(one, number))
    assert found
    assert found.page_seen == 1
