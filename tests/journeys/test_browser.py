"""The web chat in a real Chromium: with and without JavaScript, on a phone and a desk."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import DESK, PHONE, Watched, accessible, fits, press
from playwright.sync_api import Browser, Locator, Page
from service import PATIENCE, Service
from walk import right_answer

from bot.core.guide import Guide, Phrase
from bot.library import Library

pytestmark = pytest.mark.browser


@pytest.fixture(params=[PHONE, DESK], ids=["360", "1280"])
def watched(
    browser: Browser, service: Service, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    context = browser.new_context(viewport=request.param, locale="vi-VN")
    made = Watched(context, service)
    yield made
    context.close()
    assert made.faults == []


def _choices(page: Page) -> list[str]:
    values = page.locator(".choices button").evaluate_all("all => all.map(one => one.value)")
    return [value.split("|")[1] for value in values]


def _finish(page: Page, guide: Guide) -> None:
    for _ in range(60):
        choice = right_answer(_choices(page), guide)
        if not choice:
            return
        press(page, choice)
    raise AssertionError(page.locator("#log").inner_text())


@pytest.mark.parametrize("name", ["vneid", "an-toan"])
def test_a_person_finishes_a_guide(
    watched: Watched, service: Service, library: Library, name: str
) -> None:
    guide = library.content().current[name]
    page = watched.page
    page.goto(f"{service.base}/tro-chuyen?bai={name}")
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    accessible(page)
    _finish(page, guide)
    log = page.locator("#log").inner_text()
    assert guide.closing.split("\n")[0] in log
    fits(page)
    accessible(page)


def test_typing_works_as_well_as_pressing(
    watched: Watched, service: Service, library: Library
) -> None:
    page = watched.page
    phrases = library.messages.phrases
    page.goto(f"{service.base}/tro-chuyen")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    for said, expected in (
        ("dong y", phrases[Phrase.CONSENT_NEWS]),
        ("khong", phrases[Phrase.MENU]),
        ("so 1", library.guides[0].intro),
        ("gap nguoi", phrases[Phrase.TEAM_CALLED]),
        ("DUNG", phrases[Phrase.STOPPED]),
    ):
        page.fill("#text", said)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "want => document.getElementById('log').textContent.includes(want)",
            arg=expected.split("\n")[0],
        )


def test_a_link_opens_its_guide_for_those_who_have_chatted_before(
    watched: Watched, service: Service, library: Library
) -> None:
    guide = library.content().current["an-toan"]
    page = watched.page
    page.goto(f"{service.base}/tro-chuyen")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    for choice in ("dong-y", "khong"):
        press(page, choice)
    page.goto(f"{service.base}/tro-chuyen?bai=an-toan&ma=cx12")
    accessible(page)
    page.get_by_role("button", name=f"Mở bài {guide.title}").click()
    page.wait_for_selector(".choices button[value$='|bat-dau']")
    assert guide.intro.split("\n")[0] in page.locator("#log").inner_text()


def _follow(page: Page, control: Locator) -> None:
    with page.expect_navigation():
        control.click()


def test_without_javascript(browser: Browser, service: Service, library: Library) -> None:
    guide = library.content().current["vneid"]
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service.base}/tro-chuyen?bai=vneid")
    _follow(page, page.get_by_role("button", name="Bắt đầu"))
    for _ in range(60):
        while not page.locator(".choices button").count():
            _follow(page, page.get_by_role("link", name="Xem câu trả lời"))
        offered = [
            (one.get_attribute("value") or "").split("|")[1]
            for one in page.locator(".choices button").all()
        ]
        if not offered:  # a slow answer: the page is asked for again
            page.reload()
            continue
        choice = right_answer(offered, guide)
        if not choice:
            break
        _follow(page, page.locator(f".choices button[value$='|{choice}']"))
    assert guide.closing.split("\n")[0] in page.locator("#log").inner_text()
    context.close()


def test_nothing_is_lost_or_doubled_over_reconnects(browser: Browser, service: Service) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{service.base}/tro-chuyen")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    cookies = {one["name"]: one["value"] for one in context.cookies()}
    for turn in range(3):
        context.set_offline(offline=True)
        for n in range(4):
            form = {"text": f"câu {turn} {n}", "id": f"r{turn}{n}"}
            answer = httpx.post(
                f"{service.base}/tro-chuyen", data=form, cookies=cookies, timeout=PATIENCE
            )
            assert answer.status_code == 303
        context.set_offline(offline=False)
        last = f"câu {turn} 3"
        page.reload()
        page.wait_for_function("want => document.body.textContent.includes(want)", arg=last)
    texts = page.locator("#log li.mine p").all_inner_texts()
    assert texts == [f"câu {turn} {n}" for turn in range(3) for n in range(4)]
    context.close()


def test_first_visit_is_light(service: Service) -> None:
    """Bytes as a phone would fetch them: compressed, page and everything it names."""
    total = 0
    with httpx.Client(
        base_url=service.base, headers={"accept-encoding": "gzip"}, timeout=PATIENCE
    ) as client:
        page = client.get("/tro-chuyen")
        paths = [part.split('"')[0] for part in page.text.split('"/static/')[1:]]
        for path in ["/tro-chuyen", *(f"/static/{one}" for one in paths)]:
            with client.stream("GET", path) as answer:
                assert answer.status_code == 200
                total += sum(len(part) for part in answer.iter_raw())
                total += len(str(answer.headers))
    assert len(paths) == 4
    assert total <= 10 * 1024


def test_the_whole_thing_stops_quickly_with_pages_open(tmp_path: Path, browser: Browser) -> None:
    service = Service(tmp_path, command="demo", DATABASE_URL=f"sqlite:///{tmp_path}/g.db").start()
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{service.base}/tro-chuyen")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    assert service.stop() in (0, -15)
    page.wait_for_selector("#line:not([hidden])")
    context.close()
