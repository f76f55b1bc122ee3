"""What may be fetched, over real HTTP on this machine: nobody is led to a private address."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from bot.fetching import Fetcher, NotFetchedError, is_public

_RSS = b"<rss version='2.0'><channel><title>x</title></channel></rss>"


class _Site(BaseHTTPRequestHandler):
    """Each path is a trick; `asked` is what came."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Host"]))
        if self.path == "/tin.rss" and self.headers["If-None-Match"] == '"1"':
            self._answer(304)
        elif self.path == "/tin.rss":
            self._answer(200, _RSS, etag='"1"')
        elif self.path == "/moved":
            self._answer(301, location="/tin.rss")
        elif self.path.startswith("/to?"):
            self._answer(302, location=self.path.removeprefix("/to?"))
        elif self.path == "/loop":
            self._answer(302, location="/loop")
        elif self.path == "/big":
            self._answer(200, b"x" * 600_000)
        elif self.path == "/packed":
            self._answer(200, b"x", content_encoding="gzip")
        else:
            self._answer(404)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def site() -> Iterator[int]:
    _Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def _fetcher(port: int) -> Fetcher:
    """Here this machine stands for the public: names ending in .vn are on it."""

    async def resolve(host: str) -> list[str]:
        inside = {"trong.vn": ["10.0.0.7"], "hai-mat.vn": ["127.0.0.1", "169.254.169.254"]}
        return inside.get(host, ["127.0.0.1"] if host.endswith(".vn") else [host])

    return Fetcher(resolve, lambda address: address == "127.0.0.1", {"http": port, "https": port})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
        "192.0.2.1", "198.18.0.1", "localhost", "",
    ],
)  # fmt: skip
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.4.190", "2405:4800::1", "::ffff:8.8.8.8"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


async def test_a_page_is_fetched_and_asked_for_again_only_when_it_changed(site: int) -> None:
    fetcher = _fetcher(site)
    first = await fetcher.fetch(f"http://tin.vn:{site}/tin.rss")
    assert (first.body, first.tag) == (_RSS, '"1"')
    again = await fetcher.fetch(f"http://tin.vn:{site}/tin.rss", first.tag)
    assert (again.body, again.tag) == (b"", '"1"')
    moved = await fetcher.fetch(f"http://tin.vn:{site}/moved")
    assert moved.body == _RSS
    assert {host for _, host in _Site.asked} == {f"tin.vn:{site}"}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://tin.vn:{port}/to?http://trong.vn:{port}/tin.rss", "not-public"),
        ("http://tin.vn:{port}/to?http://169.254.169.254:{port}/", "not-public"),
        ("http://tin.vn:{port}/to?http://[::1]:{port}/", "not-public"),
        ("http://tin.vn:{port}/to?file:///etc/passwd", "address"),
        ("http://tin.vn:{port}/to?http://tin.vn:22/", "port"),
        ("http://trong.vn:{port}/tin.rss", "not-public"),
        ("http://hai-mat.vn:{port}/tin.rss", "not-public"),
        ("http://10.0.0.1:{port}/tin.rss", "not-public"),
        ("http://tin.vn@trong.vn:{port}/", "address"),
        ("file:///etc/passwd", "address"),
        ("gopher://tin.vn/", "address"),
        ("http:///tin.rss", "address"),
        ("http://tin.vn/tin.rss", "port"),
        ("http://tin.vn:{port}/loop", "redirects"),
        ("http://tin.vn:{port}/big", "too-big"),
        ("http://tin.vn:{port}/packed", "encoding"),
        ("http://tin.vn:{port}/none", "status-404"),
        ("http://tin.vn:{port}x/", "InvalidURL"),
    ],
)
async def test_tricks(site: int, url: str, why: str) -> None:
    with pytest.raises(NotFetchedError, match=why):
        await _fetcher(site).fetch(url.format(port=site))
    assert not any("trong.vn" in host for _, host in _Site.asked)


async def test_a_name_that_is_nowhere() -> None:
    async def nowhere(host: str) -> list[str]:
        return []

    with pytest.raises(NotFetchedError, match="not-public"):
        await Fetcher(nowhere).fetch("https://tin.vn/")


async def test_the_systems_resolver_knows_this_machine() -> None:
    with pytest.raises(NotFetchedError, match="not-public"):
        await Fetcher().fetch("http://localhost/")
