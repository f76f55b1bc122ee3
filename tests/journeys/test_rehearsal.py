"""`gocua rehearse` in a real Chromium: make-believe phones, nothing leaves the machine."""

from collections.abc import Iterator

import pytest
from browsing import PHONE, accessible, fits
from playwright.sync_api import Browser, Page
from service import Service, free_port

from bot.core.guide import Phrase
from bot.library import Library

pytestmark = pytest.mark.browser
ZALO, TELEGRAM = free_port(), free_port()


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Real tokens in the environment must not matter."""
    made = Service(
        tmp_path_factory.mktemp("rehearsal"),
        command="rehearse",
        options=("--zalo-port", str(ZALO), "--telegram-port", str(TELEGRAM)),
        TELEGRAM_TOKEN="7:a-real-one",
        DATABASE_URL="postgresql://nowhere.example.vn/real",
    ).start()
    yield made
    made.stop()


@pytest.fixture
def page(browser: Browser, rehearsal: Service) -> Iterator[Page]:
    """Fails the test on any console error or request that leaves this machine."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    made, faults = context.new_page(), list[str]()
    made.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
    made.on(
        "request",
        lambda one: (
            None if one.url.startswith(("http://127.0.0.1:", "data:")) else faults.append(one.url)
        ),
    )
    yield made
    context.close()
    assert faults == []


def _shows(page: Page, words: str) -> None:
    page.wait_for_function(
        "want => document.getElementById('log').textContent.includes(want)", arg=words
    )


def _say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("port", "who", "pressed"),
    [
        (TELEGRAM, "1001", True),
        (ZALO, "oa/2460000000000000001", True),
        (ZALO, "bot/6ede9afa66b88fe60001", False),
    ],
    ids=["telegram", "zalo-oa", "zalo-bot"],
)
def test_a_person_chats_in_the_browser(
    page: Page, library: Library, port: int, who: str, pressed: bool
) -> None:
    phrases = library.messages.phrases
    page.goto(f"http://127.0.0.1:{port}/")
    page.select_option("#who", who)
    accessible(page)
    _say(page, "xin chào")
    _shows(page, phrases[Phrase.CONSENT])
    if pressed:
        page.get_by_role("button", name="Đồng ý").click()
    else:
        _say(page, "1")
    _shows(page, phrases[Phrase.CONSENT_NEWS])
    for answer in ("không", "vneid", "bắt đầu", "1"):
        _say(page, answer)
    page.wait_for_function("[...document.images].some(one => one.naturalWidth > 100)")
    page.get_by_role("button", name="Gửi ảnh").click()
    _shows(page, phrases[Phrase.MEDIA])
    page.get_by_role("button", name="Chặn").click()
    page.get_by_role("button", name="Bỏ chặn").wait_for()
    accessible(page)
    fits(page)


def test_what_is_typed_fast_arrives_in_its_order(page: Page) -> None:
    """Two requests at once may overtake each other."""
    typed = [f"dòng {number}" for number in range(1, 31)]
    page.goto(f"http://127.0.0.1:{TELEGRAM}/")
    page.evaluate("words => words.forEach(word => act('say', { text: word }))", typed)
    _shows(page, typed[-1])
    page.wait_for_function(
        "many => document.querySelectorAll('#log .mine').length >= many", arg=len(typed)
    )
    mine = page.locator("#log .mine").all_inner_texts()
    assert mine[-len(typed) :] == typed
