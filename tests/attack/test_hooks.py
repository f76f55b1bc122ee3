"""Bodies no platform sends, at every hook: refused or stored, never a fault, never stuck.

GOCUA_FUZZ says how many per channel; `make fuzz` sends hundreds of thousands.
"""

import asyncio
import os
import random
import resource
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import httpx
import orjson
import pytest
from conftest import ENGINES, NewUrl
from pydantic import SecretStr
from spoil import EITHER
from sqlalchemy import Connection, func, select

from bot.channels.zalo_oa.signature import mac
from bot.settings import Settings
from bot.wiring import Wiring
from storage import inbox, outbox
from storage.rows import table
from storage.tables import InboxUpdate
from webhooks.app import create_app

MANY = int(os.environ.get("GOCUA_FUZZ", "400"))
AT_ONCE = 200
GROWTH = 150 * 2**20
FIXTURES = Path(__file__).parent.parent / "fixtures"
OA = orjson.loads((FIXTURES / "zalo_oa" / "events.json").read_bytes())
SECRET = "right-secret_1"
Headers = Mapping[str, str]


def _oa_signed(body: bytes) -> Headers:
    """Signed as Zalo would, whatever the body became."""
    try:
        moment = orjson.loads(body)["timestamp"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        moment = ""
    return {"X-ZEvent-Signature": "mac=" + mac(OA["app_id"], body, str(moment), OA["secret"])}


def _files(folder: str) -> list[bytes]:
    return [one.read_bytes() for one in sorted((FIXTURES / folder).glob("*.json"))]


HOOKS: Mapping[str, tuple[Sequence[bytes], Callable[[bytes], Headers]]] = {
    "telegram": (_files("telegram"), lambda _: {"X-Telegram-Bot-Api-Secret-Token": SECRET}),
    "zalo-bot": (_files("zalo_bot"), lambda _: {"X-Bot-Api-Secret-Token": SECRET}),
    "zalo-oa": ([one["raw"].encode() for one in OA["events"].values()], _oa_signed),
}


@pytest.fixture(params=ENGINES)
async def wiring(
    request: pytest.FixtureRequest,
    migrated_url: NewUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Wiring]:
    """Nobody is sent anything here: a chat is never full, so every body is heard to its end."""
    monkeypatch.setattr(outbox, "MOST_WAITING_PER_CHAT", 10**9)
    settings = Settings(
        _env_file=None,
        database_url=migrated_url(request.param),
        data_dir=tmp_path,
        secret_key=SecretStr("a key"),
        telegram_token=SecretStr("123456:token"),
        telegram_webhook_secret=SecretStr(SECRET),
        zalo_bot_token=SecretStr("7:token"),
        zalo_bot_webhook_secret=SecretStr(SECRET),
        zalo_oa_app_id=OA["app_id"],
        zalo_oa_app_secret=SecretStr("app secret"),
        zalo_oa_webhook_secret=SecretStr(OA["secret"]),
    )
    made = Wiring(settings, "all")
    made.migrate()
    yield made
    await made.stop()


@pytest.mark.parametrize("hook", HOOKS)
async def test_no_body_is_a_fault_or_stays_stuck(wiring: Wiring, hook: str) -> None:
    bodies, signed = HOOKS[hook]
    chance, runner = random.Random(f"{hook} 1"), wiring.runner()
    transport = httpx.ASGITransport(app=create_app(wiring))
    statuses: set[int] = set()
    memory = 0
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for sent in range(0, MANY, AT_ONCE):
            spoiled = [
                chance.choice(EITHER)(chance, chance.choice(bodies))
                for _ in range(min(AT_ONCE, MANY - sent))
            ]
            calls = [client.post(f"/hooks/{hook}", content=b, headers=signed(b)) for b in spoiled]
            statuses |= {answer.status_code for answer in await asyncio.gather(*calls)}
            while await wiring.arrivals.once() or await runner.once():
                pass
            memory = memory or _peak()
    assert statuses <= {200, 400, 403, 413}
    assert 200 in statuses
    assert _peak() - memory < GROWTH
    assert wiring.database.read_now(_left) == {"waiting": 0, "faulty": 0}


def _peak() -> int:
    """Bytes this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _left(connection: Connection) -> dict[str, int]:
    """Parked as malformed is an answer; parked after failing is a fault of ours."""
    faulty = select(func.count()).select_from(table(InboxUpdate))
    faulty = faulty.where(~table(InboxUpdate).c.error.startswith("malformed"))
    faulty = faulty.where(table(InboxUpdate).c.error != "")
    counts = inbox.counts(connection)
    return {
        "waiting": counts["waiting"],
        "faulty": connection.execute(faulty).scalar_one(),
    }
