"""/huong-dan: what pages say, what they print, what they refuse."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from conftest import NewUrl
from fastapi import FastAPI
from pypdf import PdfReader

from bot.library import Library
from bot.settings import Settings
from bot.wiring import Wiring
from webhooks.app import create_app
from webhooks.pages import guides
from webhooks.pages.templating import environment


@pytest.fixture
async def wiring(migrated_url: NewUrl, tmp_path: Path) -> AsyncIterator[Wiring]:
    made = Wiring(Settings(_env_file=None, database_url=migrated_url("sqlite"), data_dir=tmp_path))
    made.migrate()
    yield made
    await made.stop()


@pytest.fixture
async def client(wiring: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_the_list_leads_to_every_guide(client: httpx.AsyncClient, library: Library) -> None:
    page = (await client.get("/huong-dan")).text
    for guide in library.guides:
        assert f'href="/huong-dan/{guide.id}"' in page
        assert guide.title in page


async def test_a_page_says_everything_a_guide_holds(
    client: httpx.AsyncClient, library: Library
) -> None:
    for guide in library.guides:
        about = library.about[guide.id]
        answer = await client.get(f"/huong-dan/{guide.id}")
        assert answer.headers["cache-control"] == "public, max-age=600"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        said = [guide.title, guide.intro, guide.closing, guide.audience, about.owner]
        said += [f"{about.checked:%d-%m-%Y}", *about.sources, *guide.needs, *about.unverified]
        for step in guide.steps:
            said += [step.text, *(one.answer for one in step.troubles)]
        for question in guide.questions:
            said += [question.text, question.explanation]
        page = unescape(answer.text)
        for one in said:
            assert one in page


async def test_an_expired_guide_says_so(wiring: Wiring, library: Library) -> None:
    guide = library.guides[0]
    last = library.about[guide.id].valid_until

    async def page(today: date) -> str:
        app = FastAPI()
        app.include_router(guides.router(wiring, lambda: today))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get(f"/huong-dan/{guide.id}")).text

    assert "notice" not in await page(last)
    assert 'class="notice"' in await page(last + timedelta(days=1))


async def test_a_recording_stands_in_for_the_browsers_own_voice(
    client: httpx.AsyncClient, wiring: Wiring
) -> None:
    guides = wiring.shelf.guides
    guide = guides.current["vneid"]
    first, *rest = guide.steps
    spoken = replace(guide, steps=(replace(first, voice="vneid/loi.mp3"), *rest))
    wiring.shelf.guides = replace(guides, current={**guides.current, "vneid": spoken})
    page = (await client.get("/huong-dan/vneid")).text
    assert page.count('src="/hinh/vneid/loi.mp3"') == page.count("<audio") == 1
    assert page.count('class="speak"') == len(rest)


@pytest.mark.parametrize("voice", ["", "vneid/loi.mp3"])
def test_in_the_chat_a_recording_needs_no_button_to_ask_for_it(voice: str) -> None:
    choices = [{"id": one, "label": one} for one in ("xong", "nghe")]
    line = {"id": 1, "mine": False, "text": "t", "turn": 1, "picture": None}
    html = (
        environment()
        .get_template("message.html")
        .render(line={**line, "choices": choices, "voice": voice}, form_id="f", newest=False)
    )
    assert ("<audio" in html) == ("|nghe" not in html) == bool(voice)
    assert ('class="speak"' in html) != bool(voice)


@pytest.mark.parametrize(("kind", "height"), [("to-roi", 210), ("ap-phich", 297)])
async def test_papers_are_made_and_kept(
    client: httpx.AsyncClient, library: Library, kind: str, height: int
) -> None:
    for guide in library.guides:
        answer = await client.get(f"/huong-dan/{guide.id}/{kind}.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert f"{guide.id}-{kind}.pdf" in answer.headers["content-disposition"]
        assert len(answer.content) < 100_000
        page = PdfReader(BytesIO(answer.content)).pages[0]
        assert round(page.mediabox.height / 72 * 25.4) == height
        again = await client.get(f"/huong-dan/{guide.id}/{kind}.pdf")
        assert again.content == answer.content


@pytest.mark.parametrize(
    "path", ["nope", "nope/to-roi.pdf", "vneid/nope.pdf", "..%2fvneid", "vneid/to-roi.pdf/x"]
)
async def test_unknown_pages_are_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/huong-dan/{path}")
    assert answer.status_code == 404


async def test_more_papers_than_are_kept_are_made_again(wiring: Wiring, library: Library) -> None:
    papers = guides._Papers(wiring)
    guide = library.guides[0]
    for number in range(guides._MOST_KEPT + 2):
        assert await papers.get("ap-phich", guide, f"Tổ {number}")
    assert len(papers._made) == 2
