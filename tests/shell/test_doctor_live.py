"""The doctor asks the platforms: wrong addresses, wrong tokens, nobody there, wrong clocks."""

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from phone import SECRET, TOKEN, Telegram
from pydantic import SecretStr
from service import PATIENCE, Service
from zalo import BOT_TOKEN, Zalo

from bot.channels.telegram.channel import Telegram as Channel
from bot.channels.zalo_bot.channel import ZaloBot
from bot.doctor_live import examine
from bot.settings import Settings

BASE = "http://127.0.0.1:9"  # nobody is there


@pytest.fixture(scope="module")
def telegram() -> Iterator[Telegram]:
    made = Telegram(limits=False).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def zalo() -> Iterator[Zalo]:
    made = Zalo(limits=False).start()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no platform that is away."""
    monkeypatch.setattr("bot.doctor_live._SECONDS", PATIENCE)


def _settings(**more: object) -> Settings:
    return Settings(_env_file=None, **{"base_url": BASE, **more})  # type: ignore[arg-type]


def _found(settings: Settings) -> dict[str, tuple[str, bool]]:
    return {one.name: (one.value, one.ok) for one in examine(settings)}


def test_nothing_is_asked_without_a_platform() -> None:
    assert examine(_settings()) == []


async def _registered(telegram: Telegram, zalo: Zalo, base: str) -> None:
    one = Channel(TOKEN, SECRET, telegram.url)
    await one.prepare(f"{base}/hooks/telegram")
    await one.close()
    other = ZaloBot(BOT_TOKEN, "hook-secret-1", zalo.url, "", "")
    await other.prepare(f"{base}/hooks/zalo-bot")
    await other.close()


@pytest.mark.parametrize(("base", "ok"), [(BASE, True), ("http://127.0.0.1:8", False)])
def test_where_they_call(telegram: Telegram, zalo: Zalo, base: str, ok: bool) -> None:
    asyncio.run(_registered(telegram, zalo, base))
    settings = _settings(
        telegram_token=SecretStr(TOKEN),
        telegram_api_url=telegram.url,
        zalo_bot_token=SecretStr(BOT_TOKEN),
        zalo_bot_api_url=zalo.url,
        zalo_oa_app_id="1",
        zalo_oa_api_url=zalo.url,
    )
    found = _found(settings)
    assert found["hook_telegram"] == (f"{base}/hooks/telegram", ok)
    assert found["hook_zalo_bot"] == (f"{base}/hooks/zalo-bot", ok)
    assert "clock" in found


def test_a_wrong_token_and_nobody_there(telegram: Telegram) -> None:
    settings = _settings(
        telegram_token=SecretStr("1:wrong"),
        telegram_api_url=telegram.url,
        zalo_bot_token=SecretStr(BOT_TOKEN),
        zalo_bot_api_url="http://127.0.0.1:9",
    )
    found = _found(settings)
    assert found["hook_telegram"] == ("token", False)
    assert not found["hook_zalo_bot"][1]


class _Elsewhere(BaseHTTPRequestHandler):
    """A machine that says what time it is and answers everything with a page."""

    date, other = "", b""

    def do_HEAD(self) -> None:  # the library's name
        self.wfile.write(self.other)
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:  # the library's name
        self.wfile.write(self.other)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<h1>Welcome</h1>")

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.date or super().date_time_string(timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Elsewhere)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("date", "ok"), [("Thu, 26 Nov 1998 10:00:00 GMT", False), ("nonsense", True)]
)
def test_the_clock_is_held_against_an_answer(
    elsewhere: str, date: str, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Elsewhere, "date", date)
    found = _found(_settings(zalo_oa_app_id="1", zalo_oa_api_url=f"{elsewhere}/"))
    assert found["clock"][1] is ok


def test_an_answer_that_is_no_http_is_a_finding(
    elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transport passes it on with an error of its own."""
    monkeypatch.setattr(_Elsewhere, "other", b"SSH-2.0-OpenSSH_9.2\r\n")
    settings = _settings(base_url=elsewhere, zalo_oa_app_id="1", zalo_oa_api_url=f"{elsewhere}/")
    found = _found(settings)
    assert found["clock"] == ("?", True)
    assert found["hook_zalo_oa"] == (f"{elsewhere}/hooks/zalo-oa (-)", False)


def test_our_own_public_address_is_tried_for_zalo(
    zalo: Zalo, elsewhere: str, tmp_path: Path
) -> None:
    """As Zalo's console does: there, somebody else there, nobody there."""
    service = zalo.oa_service(tmp_path, f"sqlite:///{tmp_path}/gocua.db").start()
    there = _settings(zalo_oa_app_id="1", zalo_oa_api_url=zalo.url, base_url=service.base)
    hook = f"{service.base}/hooks/zalo-oa"
    assert _found(there)["hook_zalo_oa"] == (f"{hook} (200)", True)
    service.stop()
    assert _found(there)["hook_zalo_oa"] == (f"{hook} (-)", False)
    theirs = there.model_copy(update={"base_url": elsewhere})
    assert not _found(theirs)["hook_zalo_oa"][1]


def test_machines_are_told_what_to_do_as_well(tmp_path: Path, telegram: Telegram) -> None:
    service = Service(
        tmp_path,
        DATABASE_URL=f"sqlite:///{tmp_path}/gocua.db",
        TELEGRAM_TOKEN="1:wrong",
        TELEGRAM_API_URL=telegram.url,
    )
    done = service.run("db", "upgrade")
    assert done.returncode == 0, done.stderr
    lines = {one["name"]: one for one in json.loads(service.run("doctor", "--json").stdout)}
    bad = [one for one in lines.values() if not one["ok"]]
    assert {"hook_telegram", "unguarded"} <= {one["name"] for one in bad}
    assert all(one["title"] and one["do"] for one in bad)
    offline = json.loads(service.run("doctor", "--json", "--offline").stdout)
    assert "hook_telegram" not in {one["name"] for one in offline}
