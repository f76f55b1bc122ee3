"""The public guide pages in a real Chromium: readable, light, printable, also without scripts."""

from collections.abc import Iterator

import httpx
import pytest
from browsing import DESK, PHONE, SMALL, Watched, accessible, fits
from playwright.sync_api import Browser
from service import PATIENCE, Service

from bot.library import Library

pytestmark = pytest.mark.browser
_VOICE = """
const voice = { lang: "vi-VN", name: "Vietnamese" };
window.said = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [voice], cancel: () => window.said.push("-"),
  speak: (one) => window.said.push(one.text), addEventListener: () => {} } });
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture(params=[SMALL, PHONE, DESK], ids=["320", "360", "1280"])
def watched(
    browser: Browser, service: Service, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    context = browser.new_context(viewport=request.param, locale="vi-VN")
    made = Watched(context, service)
    yield made
    context.close()
    assert made.faults == []


def test_every_page_is_accessible_and_never_scrolls_sideways(
    watched: Watched, service: Service, library: Library
) -> None:
    page = watched.page
    for path in ("", *(f"/{guide.id}" for guide in library.guides)):
        page.goto(f"{service.base}/huong-dan{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        accessible(page)
        fits(page)


def test_from_the_list_to_the_conversation(
    watched: Watched, service: Service, library: Library
) -> None:
    guide = library.guides[0]
    page = watched.page
    page.goto(f"{service.base}/huong-dan")
    page.get_by_role("link", name=guide.title).click()
    assert page.locator(".steps > li").count() == len(guide.steps)
    page.get_by_role("link", name="Mở trong trò chuyện").first.click()
    assert page.url == f"{service.base}/tro-chuyen?bai={guide.id}"


def test_every_picture_arrives_with_its_words(
    browser: Browser, service: Service, library: Library
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    for guide in library.guides:
        page.goto(f"{service.base}/huong-dan/{guide.id}")
        pictures = page.locator(".steps img").all()
        shown = [step.picture for step in guide.steps if step.picture]
        assert [one.get_attribute("alt") for one in pictures] == [one.alt for one in shown]
        for one in pictures:
            one.scroll_into_view_if_needed()
            one.evaluate("async one => { await one.decode(); }")
    context.close()


def test_troubles_open_without_javascript_and_nobody_speaks(
    browser: Browser, service: Service
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service.base}/huong-dan/vneid")
    page.locator("summary").first.click()
    assert page.locator("details").first.locator("p").first.is_visible()
    assert not page.locator(".speak").first.is_visible()
    context.close()


def test_a_vietnamese_voice_reads_a_step_and_is_stopped_by_the_same_button(
    browser: Browser, service: Service, library: Library
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{service.base}/huong-dan/vneid")
    assert not page.locator(".speak").first.is_visible()
    page.add_init_script(_VOICE)
    page.reload()
    button = page.locator(".speak").first
    button.click()
    button.click()
    text = library.content().current["vneid"].steps[0].text
    assert page.evaluate("window.said") == ["-", text, "-"]
    context.close()


def test_printed_it_is_the_guide_and_nothing_else(browser: Browser, service: Service) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(f"{service.base}/huong-dan/vneid")
    page.emulate_media(media="print")
    for hidden in ("nav", ".button", ".papers", "summary", "footer"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator("details p").first.is_visible()
    context.close()


def test_a_first_visit_is_light(service: Service, library: Library) -> None:
    """Bytes as a phone would fetch them, without the pictures, which come when scrolled to."""
    with httpx.Client(
        base_url=service.base, headers={"accept-encoding": "gzip"}, timeout=PATIENCE
    ) as client:
        for guide in library.guides:
            page = client.get(f"/huong-dan/{guide.id}")
            names = [part.split('"')[0] for part in page.text.split('"/static/')[1:]]
            total = 0
            for path in (f"/huong-dan/{guide.id}", *(f"/static/{name}" for name in names)):
                with client.stream("GET", path) as answer:
                    assert answer.status_code == 200
                    total += sum(len(part) for part in answer.iter_raw())
                    total += len(str(answer.headers))
            assert len(names) == 3
            assert total <= 20 * 1024
            assert page.text.count("<img") == page.text.count('loading="lazy"')
