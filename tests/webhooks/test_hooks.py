"""The HTTP edge: what is refused, what is stored, and what is never logged."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from pydantic import SecretStr
from sqlalchemy import select

from bot.settings import Settings
from bot.wiring import Wiring
from storage import inbox, lanes, outbox
from storage.database import SECOND
from storage.rows import table
from storage.tables import InboxUpdate
from webhooks.app import create_app

SECRET = "right-secret_1"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
HOOK = "/hooks/telegram"


def _update(number: int = 1, text: str = "chào") -> bytes:
    sender = {"id": 42, "is_bot": False, "first_name": "Lan"}
    chat = {"id": 42, "type": "private"}
    message = {"message_id": 7, "from": sender, "chat": chat, "date": 1795500000, "text": text}
    return orjson.dumps({"update_id": number, "message": message})


@pytest.fixture(params=ENGINES)
async def wiring(
    request: pytest.FixtureRequest, migrated_url: NewUrl, tmp_path: Path
) -> AsyncIterator[Wiring]:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=migrated_url(request.param),
        telegram_token=SecretStr("123456:token"),
        telegram_webhook_secret=SecretStr(SECRET),
        telegram_api_url="http://127.0.0.1:9",
    )
    made = Wiring(settings, "web")
    made.migrate()
    yield made
    await made.stop()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def _stored(wiring: Wiring) -> list[str]:
    return wiring.database.read_now(
        lambda one: list(one.execute(select(table(InboxUpdate).c.body)).scalars())
    )


async def test_stored_before_it_is_acknowledged(client: httpx.AsyncClient, wiring: Wiring) -> None:
    answer = await client.post(HOOK, content=_update(), headers=HEADERS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(_stored(wiring)) == 1


async def test_the_same_update_twice_is_stored_once(
    client: httpx.AsyncClient, wiring: Wiring
) -> None:
    calls = [client.post(HOOK, content=_update(n % 5), headers=HEADERS) for n in range(40)]
    assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}
    assert len(_stored(wiring)) == 5


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET + "x", SECRET[:-1], "đúng"])
async def test_a_wrong_secret_stores_nothing(
    client: httpx.AsyncClient, wiring: Wiring, given: str | None
) -> None:
    secret = b"" if given is None else given.encode()
    headers = httpx.Headers([(b"X-Telegram-Bot-Api-Secret-Token", secret)][: given is not None])
    answer = await client.post(HOOK, content=_update(), headers=headers)
    assert answer.status_code == 403
    assert _stored(wiring) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe\x00\x01", 400),
        (b'{"update_id": "x"}', 400),
        (b'{"update_id":1,"message":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"update_id":1,"message":' + b'{"a":' * 500 + b"1" + b"}" * 501, 400),
        (b'{"update_id":1,"text":"' + b"x" * 1_100_000 + b'"}', 413),
    ],
    ids=["empty", "broken", "list", "not-utf8", "no-id", "deep", "deep-objects", "huge"],
)
async def test_bad_bodies_are_refused_and_the_service_lives(
    client: httpx.AsyncClient,
    wiring: Wiring,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    status: int,
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await client.post(HOOK, content=body, headers=HEADERS)
    assert answer.status_code == status
    assert _stored(wiring) == []
    assert "xxxx" not in caplog.text
    assert any(str(status) in line for line in caplog.messages)
    assert (await client.post(HOOK, content=_update(), headers=HEADERS)).status_code == 200


async def test_a_body_without_length_is_cut_off(client: httpx.AsyncClient, wiring: Wiring) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2000):
            yield b"x" * 1000

    answer = await client.post(HOOK, content=endless(), headers=HEADERS)
    assert answer.status_code == 413
    assert _stored(wiring) == []


async def test_only_post_and_only_known_hooks(client: httpx.AsyncClient) -> None:
    assert (await client.get(HOOK)).status_code == 405
    assert (await client.post("/hooks/webchat", content=b"{}")).status_code == 403
    assert (await client.post("/hooks/none", content=b"{}")).status_code in (404, 405)


async def test_a_full_queue_asks_the_platform_to_come_later(
    client: httpx.AsyncClient, wiring: Wiring
) -> None:
    wiring.waiting = {"inbox": wiring.settings.queue_limit}
    answer = await client.post(HOOK, content=_update(), headers=HEADERS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert _stored(wiring) == []


async def test_a_database_that_is_away_is_answered_with_200_only_once_it_is_on_disk(
    client: httpx.AsyncClient, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    folder = wiring.settings.data_dir / "spool"
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "add", away)
        assert (await client.post(HOOK, content=_update(), headers=HEADERS)).status_code == 200
        folder.rename(folder.with_name("gone"))
        answer = await client.post(HOOK, content=_update(2), headers=HEADERS)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        folder.with_name("gone").rename(folder)
        assert _stored(wiring) == []
    while await wiring.arrivals.once():
        pass
    assert len(_stored(wiring)) == 1


async def test_health(client: httpx.AsyncClient, wiring: Wiring) -> None:
    assert (await client.get("/healthz")).text == "ok"
    assert (await client.get("/readyz")).status_code == 200
    wiring.database.write_now(
        lambda one: one.exec_driver_sql("DROP TABLE alembic_version") and None
    )
    assert (await client.get("/readyz")).status_code == 503


async def test_metrics_are_for_this_machine_or_the_token(
    client: httpx.AsyncClient, wiring: Wiring
) -> None:
    assert "gocua_hooks_total" in (await client.get("/metrics")).text
    forwarded = {"x-forwarded-for": "1.2.3.4"}
    assert (await client.get("/metrics", headers=forwarded)).status_code == 403
    wiring.settings.metrics_token = SecretStr("m")
    bearer = {**forwarded, "authorization": "Bearer m"}
    assert (await client.get("/metrics", headers=bearer)).status_code == 200


async def test_metrics_tell_of_the_database(client: httpx.AsyncClient, wiring: Wiring) -> None:
    database = wiring.database
    late = database.read_now(database.now) - 90 * SECOND
    arrival = inbox.Arrival("webchat", "web", "1", "webchat:web:x", "{}")
    database.write_now(lambda one: inbox.add(one, [arrival], late))
    message = outbox.NewDelivery("turn:1", "webchat:web:x", "{}", lanes.REPLY)
    database.write_now(lambda one: outbox.enqueue(one, [message], late))
    said = dict(re.findall(r"^(gocua_\S+) (\S+)$", (await client.get("/metrics")).text, re.M))
    for queue in ("inbox", "outbox"):
        assert float(said[f'gocua_oldest_seconds{{queue="{queue}"}}']) >= 90
    assert said["gocua_backup_age_seconds"] == "-1.0"
    assert said["gocua_help_open"] == "0.0"
    assert said['gocua_stuck{kind="parked"}'] == "0.0"
