"""/hinh/: pictures over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from conftest import NewUrl
from content import SMALL

from bot.core.card import cards, with_cards
from bot.core.guide import Screen
from bot.settings import Settings
from bot.wiring import Wiring
from storage import call_pictures
from webhooks.app import create_app

SCREEN = Screen("VNeID", ("Đăng nhập", "Kích hoạt"), "Kích hoạt", "alt")
GUIDE = with_cards(replace(SMALL, steps=(replace(SMALL.steps[0], screen=SCREEN),)))


@pytest.fixture
async def wiring(migrated_url: NewUrl, tmp_path: Path) -> AsyncIterator[Wiring]:
    wiring = Wiring(
        Settings(_env_file=None, database_url=migrated_url("sqlite"), data_dir=tmp_path)
    )
    wiring.migrate()
    versions = {**wiring.shelf.guides.versions, ("small", "r1"): GUIDE}
    wiring.shelf.guides = replace(wiring.shelf.guides, versions=versions)
    yield wiring
    await wiring.stop()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_a_card_is_served_and_may_be_kept(client: httpx.AsyncClient) -> None:
    (card,) = cards(GUIDE)
    answer = await client.get(f"/hinh/{card.path}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["the/0.png", "small/guide.yaml", "..%2f..%2fpyproject.toml"])
async def test_anything_else_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/hinh/{path}")).status_code == 404


async def test_a_picture_of_a_call_is_kept_by_nobody_and_gone_with_it(
    wiring: Wiring, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """The copy in this machine's folder, too."""
    digest = "a" * 64
    path = wiring.database.write_now(lambda one: call_pictures.keep(one, 7, 1, digest, b"jpeg"))
    for _ in range(2):
        answer = await client.get(f"/hinh/{path}")
        assert (answer.content, answer.headers["cache-control"]) == (b"jpeg", "no-store")
    await wiring.pictures.forget()
    copy = tmp_path / "hinh" / path
    assert copy.is_file()
    wiring.database.write_now(lambda one: call_pictures.forget(one, [7]))
    assert (await client.get(f"/hinh/{path}")).status_code == 404
    await wiring.pictures.forget()
    assert not copy.exists()
