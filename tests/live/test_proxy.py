"""The shipped Caddyfile, run by Caddy with a certificate of its own, in front of the service.

Only in `make prove`, which installs Caddy."""

import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from phone import SECRET, Telegram, eventually
from service import PATIENCE, ROOT, Service, free_port
from zalo import PERSON, Hook, Zalo

CHAT = 1001
PASSWORD = "con trâu đen đi trước"


class Proxy:
    """Caddy with the project's file; ports, the certificate's maker and its folder are ours."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self.folder, self.upstream = folder, upstream
        self.https, self.http = free_port(), free_port()
        self.base = f"https://localhost:{self.https}"
        self.root = folder / "pki/authorities/local/root.crt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Proxy":
        config = self.folder / "Caddyfile"
        config.write_text(
            f"{{\n admin off\n local_certs\n skip_install_trust\n http_port {self.http}\n"
            f" https_port {self.https}\n storage file_system {self.folder}\n}}\n"
            f"import {ROOT}/deploy/Caddyfile\n"
        )
        env = {
            "GOCUA_DOMAIN": "localhost",
            "GOCUA_UPSTREAM": f"127.0.0.1:{self.upstream}",
            "HOME": str(self.folder),
        }
        caddy = shutil.which("caddy")
        assert caddy, "make prove installs it"
        command = [caddy, "run", "--config", str(config), "--adapter", "caddyfile"]
        with (self.folder / "caddy.log").open("wb") as log:
            self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        eventually(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return client.get("/healthz").status_code > 0
        except (OSError, httpx.TransportError):
            time.sleep(0.1)
            return False

    def client(self, **more: str) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.root))
        return httpx.Client(base_url=self.base, verify=context, headers=more, timeout=30)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as made:
        yield made


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    made = Proxy(tmp_path_factory.mktemp("caddy"), free_port()).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def clouds(proxy: Proxy, patch: pytest.MonkeyPatch) -> Iterator[tuple[Telegram, Zalo]]:
    """They call the public address and believe the certificate's maker."""
    patch.setenv("SSL_CERT_FILE", str(proxy.root))
    telegram, zalo = Telegram(limits=False).start(), Zalo(limits=False).start()
    zalo.oa.package = "full"
    yield telegram, zalo
    telegram.stop()
    zalo.stop()


@pytest.fixture(scope="module")
def service(
    proxy: Proxy, clouds: tuple[Telegram, Zalo], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    telegram, zalo = clouds
    made = zalo.oa_service(
        folder, f"sqlite:///{folder}/gocua.db", **telegram.env, BASE_URL=proxy.base
    )
    made.port = proxy.upstream
    made.base = f"http://127.0.0.1:{proxy.upstream}"
    made.start()
    yield made
    made.stop()


def test_platforms_call_through_it(
    proxy: Proxy, service: Service, clouds: tuple[Telegram, Zalo]
) -> None:
    """Telegram where the service told it to, Zalo where an admin would have typed."""
    telegram, zalo = clouds
    telegram.hooked()
    assert telegram.cloud.webhook["url"] == f"{proxy.base}/hooks/telegram"
    telegram.people.say(CHAT, "/start")
    eventually(lambda: bool(telegram.from_bot(CHAT)))
    assert zalo.save_webhook(f"{proxy.base}/hooks/zalo-oa"), "the test call was answered"
    zalo.people.say(PERSON, "xin chào")
    eventually(lambda: bool(zalo.from_oa(PERSON)))


def test_it_is_found_without_https_and_passes_nothing_on_in_clear(
    proxy: Proxy, service: Service
) -> None:
    clear = httpx.get(f"http://localhost:{proxy.http}/dang-nhap", timeout=PATIENCE)
    assert clear.status_code == 308
    assert clear.headers["location"].startswith("https://localhost")
    with proxy.client() as client:
        page = client.get("/dang-nhap")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"]


def test_a_wrong_secret_is_refused_and_metrics_are_not_for_others(
    proxy: Proxy, service: Service
) -> None:
    with proxy.client() as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"}
        assert client.post("/hooks/telegram", content=b"{}", headers=headers).status_code == 403
        assert client.get("/metrics").status_code == 403


def test_the_service_learns_where_a_visitor_is_and_by_which_name_it_was_called(
    tmp_path: Path,
) -> None:
    """The limits count addresses: one that is made up is not passed on."""
    heard = Hook().start()
    proxy = Proxy(tmp_path, heard.port).start()
    with proxy.client(**{"X-Forwarded-For": "203.0.113.7"}) as client:
        assert client.post("/hook").status_code == 200
    assert heard.heard[-1].headers["x-forwarded-for"] in ("127.0.0.1", "::1")
    assert heard.heard[-1].headers["host"] == f"localhost:{proxy.https}"
    proxy.stop()
    heard.stop()


def _events(lines: Iterator[str]) -> Iterator[str]:
    yield from (one for one in lines if one.startswith("data:"))


def test_what_is_new_comes_over_an_open_stream_at_once(proxy: Proxy, service: Service) -> None:
    """A proxy that held it back would let this wait for the stream's end, five minutes."""
    with proxy.client() as client:
        page = client.post("/tro-chuyen", data={"text": "xin chào", "id": "1"})
        assert page.status_code == 303
        with client.stream("GET", "/tro-chuyen/dong") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            events = _events(stream.iter_lines())
            assert next(events)
            said = client.post("/tro-chuyen", data={"text": "vneid", "id": "2"})
            assert said.status_code == 303
            assert any("vneid" in one.casefold() for one in events)


def test_an_official_comes_in(proxy: Proxy, service: Service) -> None:
    """Invited in the terminal; the cookie is for https alone, and the form's origin is ours."""
    added = service.run("admin", "add", "Chị Mai", "--role", "author").stdout
    number = re.search(r"\d+", added)
    assert number, added
    link = re.search(
        r"https://\S+", service.run("admin", "invite", number[0], "--login", "mai").stdout
    )
    assert link
    assert link[0].startswith(f"{proxy.base}/thiet-lap/")
    with proxy.client(Origin=proxy.base) as client:
        secret = re.search(r"<code>([A-Z2-7]+)</code>", client.get(link[0]).text)
        assert secret
        totp, now = pyotp.TOTP(secret[1]), datetime.now(UTC)
        form = {"mat-khau": PASSWORD, "ma": totp.at(now)}
        assert client.post(link[0], data=form).status_code == 303
        client.cookies.clear()
        form = {"ten": "mai", "mat-khau": PASSWORD, "ma": totp.at(now + timedelta(seconds=30))}
        answer = client.post("/dang-nhap", data=form)
        assert answer.status_code == 303
        assert "secure" in answer.headers["set-cookie"].casefold()
        assert client.get("/thong-bao").status_code == 200
