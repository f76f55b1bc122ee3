"""Names and words that are also markup, formulas or line ends somewhere."""

import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from conftest import NewUrl
from jinja2 import Environment
from jinja2.nodes import Const, Filter

from bot.logs import Lines
from bot.settings import Settings
from bot.wiring import Wiring
from webhooks.app import create_app

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
PAGES = Path(__file__).parents[2] / "webhooks"


@pytest.fixture
async def client(migrated_url: NewUrl, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(_env_file=None, database_url=migrated_url("sqlite"), data_dir=tmp_path)
    wiring = Wiring(settings, "all")
    wiring.migrate()
    transport = httpx.ASGITransport(app=create_app(wiring))
    wiring.start()
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", follow_redirects=True
    ) as made:
        yield made
    await wiring.stop()


async def test_a_page_shows_markup_as_text(client: httpx.AsyncClient) -> None:
    """What is typed comes back on the page, and in the answers that name it."""
    page = (await client.get("/tro-chuyen")).text
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = await client.post("/tro-chuyen", data=form | {"text": f"gọi tôi là {EVIL}"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    for path in (
        "/huong-dan/%3Cscript%3E",
        "/tb/%3Cscript%3Ealert(1)",
        "/tro-chuyen?bai=%3Cscript%3E",
    ):
        assert "<script>alert" not in (await client.get(path)).text


@pytest.mark.parametrize("tail", ['\n{"level":"info"}', "\r\nX: y", "\x1b[2J", "\u2028"])
def test_a_log_line_stays_one_line(tail: str) -> None:
    record = logging.LogRecord("a", logging.WARNING, "", 0, "event %s", (tail,), None)
    line = Lines().format(record)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert json.loads(line)["event"] == f"event {tail}"


def test_templates_put_nothing_unescaped_into_a_page() -> None:
    """`safe` is for constants of the template itself."""
    seen = 0
    for template in PAGES.rglob("*.html"):
        for used in (
            Environment(autoescape=True).parse(template.read_text("utf-8")).find_all(Filter)
        ):
            if used.name == "safe":
                assert isinstance(used.node, Const), (template.name, used.lineno)
                seen += 1
    assert seen
