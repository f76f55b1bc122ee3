"""Fetching a public page without being led elsewhere: public addresses only, the one that was
looked at is the one connected to, each redirect anew, little data, little time.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx

_MOST_BYTES = 512 * 1024
_MOST_REDIRECTS = 3
_SECONDS = 20.0
_PORTS = {"http": 80, "https": 443}
_AGENT = "GoCua/1.0 (+official announcements; one request in half an hour)"
# Addresses that carry another one inside: where they lead cannot be seen from the number.
_WRAPPED = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Awaitable[list[str]]]


class NotFetchedError(Exception):
    """Carries a short slug, never content."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """`body` is empty when nothing changed since `tag`, which opens the next question."""

    body: bytes
    tag: str


def is_public(address: str) -> bool:
    """Whether a number is one that anybody on the internet can be reached at."""
    try:
        found: Address = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None)
    if inner is not None:
        return is_public(str(inner))
    wrapped = any(found.version == net.version and found in net for net in _WRAPPED)
    return found.is_global and not found.is_multicast and not wrapped


async def resolve(host: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """`ports` are those a scheme may be asked at, `may` judges addresses."""

    resolve: Resolve = resolve
    may: Callable[[str], bool] = is_public
    ports: Mapping[str, int] = field(default_factory=lambda: _PORTS)

    async def fetch(self, url: str, tag: str = "") -> Fetched:
        """Raises NotFetchedError."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._follow(url, tag)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, UnicodeError) as error:
            raise NotFetchedError(type(error).__name__) from error

    async def _follow(self, url: str, tag: str) -> Fetched:
        for _ in range(_MOST_REDIRECTS + 1):
            target = self._allowed(url)
            pinned = target.copy_with(host=await self._pinned(target.host))
            # The certificate is still asked for by name.
            name = {"sni_hostname": target.raw_host.decode("ascii")}
            headers = _headers(target, tag)
            async with (
                _client() as client,
                client.stream("GET", pinned, headers=headers, extensions=name) as response,
            ):
                if not response.has_redirect_location:
                    return await _read(response, tag)
                url = str(target.join(response.headers["location"]))
        raise NotFetchedError("redirects")

    def _allowed(self, url: str) -> httpx.URL:
        target = httpx.URL(url)
        if target.scheme not in _PORTS or target.userinfo or not target.host:
            raise NotFetchedError("address")
        port = target.port or _PORTS[target.scheme]
        if port != self.ports[target.scheme]:
            raise NotFetchedError("port")
        return target

    async def _pinned(self, host: str) -> str:
        """The address to connect to. One that is not public spoils the name: what answers
        differently from one question to the next is not asked again."""
        found = await self.resolve(host)
        if not found or not all(map(self.may, found)):
            raise NotFetchedError("not-public")
        return found[0]


def _headers(target: httpx.URL, tag: str) -> dict[str, str]:
    headers = {
        "host": target.netloc.decode("ascii"),
        "user-agent": _AGENT,
        "accept-encoding": "identity",
        "accept": "application/atom+xml, application/rss+xml, application/xml, text/xml",
    }
    if tag:
        headers["if-none-match" if tag.startswith(('"', "W/")) else "if-modified-since"] = tag
    return headers


def _client() -> httpx.AsyncClient:
    """One that reads no settings of a proxy and follows nothing by itself."""
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=10)


async def _read(response: httpx.Response, before: str) -> Fetched:
    tag = response.headers.get("etag") or response.headers.get("last-modified") or ""
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return Fetched(b"", tag or before)
    if response.status_code != httpx.codes.OK:
        raise NotFetchedError(f"status-{response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise NotFetchedError("encoding")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > _MOST_BYTES:
            raise NotFetchedError("too-big")
    return Fetched(bytes(body), tag)
