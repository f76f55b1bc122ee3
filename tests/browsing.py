"""What browser tests share: sizes, a page that is watched, what every page must keep."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from service import Service

SMALL: ViewportSize = {"width": 320, "height": 640}
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
SIZES = {"320": SMALL, "360": PHONE, "1280": DESK}
WAIT = 120_000.0  # milliseconds
_AXE = Axe.from_file(Path(__file__).parent / "vendor" / "axe.min.js")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Watched:
    """A page that fails the test on any console error or request that leaves this machine."""

    def __init__(self, context: BrowserContext, service: Service) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on(
            "console",
            lambda one: (
                self.faults.append(f"{one.text} {one.location['url']}")
                if one.type == "error"
                else None
            ),
        )
        self.page.on("pageerror", lambda one: self.faults.append(str(one)))
        self.page.on(
            "request",
            lambda one: (
                self.faults.append(one.url)
                if not one.url.startswith((service.base, "data:"))
                else None
            ),
        )


def patient(browser: Browser) -> Browser:
    """Whose pages wait for what is to come on a busy machine, too."""
    browser.on("context", lambda one: one.set_default_timeout(WAIT))
    return browser


def press(page: Page, choice: str) -> None:
    """Presses and waits until the answer has brought new buttons."""
    button = page.locator(f".choices button[value$='|{choice}']")
    value = button.get_attribute("value")
    button.click()
    page.wait_for_function(
        "old => { const one = document.querySelector('.choices button:not([disabled])');"
        " return one && one.value.split('|')[0] !== old.split('|')[0]; }",
        arg=value,
    )


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, "scrolls sideways"


def accessible(page: Page) -> None:
    found = _AXE.run(page, options={"runOnly": {"type": "tag", "values": _TAGS}})
    assert found.violations_count == 0, found.generate_report()


def play(page: Page, service: Service, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{service.base}/thu")
    page.get_by_role("button", name=f"Vào vai {name}").click()
    page.wait_for_url(f"{service.base}/")


def new_context(browser: Browser, size: str, *, script: bool = True) -> BrowserContext:
    return browser.new_context(
        viewport=SIZES[size],
        locale="vi-VN",
        java_script_enabled=script,
        has_touch=size != "1280",
    )


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Presses Tab until what has the focus says this."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const one = document.activeElement; const said = one.labels && one.labels[0];"
            " return (said || one).innerText || ''; }"
        )
        if words in focused:
            return
    raise AssertionError(words)
