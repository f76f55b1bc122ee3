"""What browsers are given: the browser libraries as they were published, kept by browsers."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from bot.core.rights import Role
from webhooks import app

TOOLS = Path(__file__).parent.parent / "vendor"
VENDOR = Path(app.__file__).parent / "pages" / "static" / "vendor"


@pytest.mark.parametrize(("folder", "licences"), [(VENDOR, 2), (TOOLS, 1)])
def test_browser_libraries_are_as_published(folder: Path, licences: int) -> None:
    """`make vendor` takes them anew and writes the sums; nobody edits them by hand."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    found = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix in (".js", ".css")
    }
    assert found == sums
    assert len(list(folder.glob("*-LICENSE.txt"))) == licences


async def test_addresses_with_a_digest_are_kept(client: httpx.AsyncClient) -> None:
    kept = await client.get("/static/console.css?v=1")
    assert "immutable" in kept.headers["cache-control"]
    asked = await client.get("/static/console.css")
    assert asked.headers["cache-control"] == "no-cache"


async def test_pages_let_nothing_from_elsewhere_in(
    client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    official(Role.OPERATOR)
    page = await client.get("/")
    policy = page.headers["content-security-policy"]
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in page.headers["permissions-policy"]
    assert " style=" not in page.text
    assert "<script>" not in page.text
