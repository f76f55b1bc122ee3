"""The console where it says no, and its main tasks with the keyboard alone, in a real Chromium."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from browsing import DESK, PHONE, SMALL, Watched, accessible, fits, tab_to
from playwright.sync_api import Browser, Page
from service import Service

pytestmark = pytest.mark.browser

_MOST_TABS = 120


def _play(page: Page, service: Service, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{service.base}/thu")
    page.get_by_role("button", name=f"Vào vai {name}").click()
    page.wait_for_url(f"{service.base}/")


@pytest.fixture
def watched(browser: Browser, service: Service) -> Iterator[Watched]:
    context = browser.new_context(viewport=DESK, locale="vi-VN")
    made = Watched(context, service)
    yield made
    context.close()
    assert [one for one in made.faults if "the server responded with a status of" not in one] == []


def _judged(page: Page) -> None:
    for size in (SMALL, PHONE, DESK):
        page.set_viewport_size(size)
        fits(page)
        accessible(page)


def test_pages_that_say_no_are_accessible(watched: Watched, service: Service) -> None:
    page = watched.page
    found = page.goto(f"{service.base}/khong-co-trang-nay")
    assert found
    assert found.status == 404
    assert page.get_by_role("heading", name="Không có trang này").count() == 1
    _judged(page)
    page.goto(f"{service.base}/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill("ai-do")
    page.locator("#mat-khau").fill("sai hết rồi")
    page.get_by_role("button", name="Vào làm việc").click()
    page.get_by_text("Sai tên").first.wait_for()
    _judged(page)
    _play(page, service, "Chị Mai")
    for path, status in (("/quan-tri", 403), ("/thong-bao/999", 404)):
        answer = page.goto(service.base + path)
        assert answer
        assert answer.status == status
        _judged(page)


@contextmanager
def _away(service: Service, table: str) -> Iterator[None]:
    """A table that is missing, as after a bad restore."""
    path = service.env["GOCUA_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO away")
        try:
            yield
        finally:
            connection.execute(f"ALTER TABLE away RENAME TO {table}")


def _press(page: Page, words: str) -> None:
    tab_to(page, words, _MOST_TABS)
    page.keyboard.press("Enter")


def test_a_guide_is_changed_and_approved_with_the_keyboard_alone(
    watched: Watched, service: Service
) -> None:
    page = watched.page
    _play(page, service, "Chị Thu")
    page.goto(f"{service.base}/thu-vien/an-toan/sua")
    tab_to(page, "Lời mở đầu", _MOST_TABS)
    page.keyboard.press("Tab")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Bác đọc mã OTP cho cán bộ.")
    page.locator("#kiem-tra", has_text="Còn").wait_for()
    page.locator("#loi-mo-dau-md-0 .wrong").first.wait_for()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA", "nothing jumps"
    for _ in " Bác đọc mã OTP cho cán bộ.":
        page.keyboard.press("Backspace")
    page.keyboard.type(" Bác cứ từ từ.")
    page.locator("#kiem-tra", has_text="gửi duyệt được").and_(page.locator(".said")).wait_for()
    _press(page, "Lưu và xem thay đổi")
    page.wait_for_url("**/ban-moi")
    _press(page, "Gửi duyệt")
    page.get_by_text("Đã gửi duyệt").wait_for()
    _play(page, service, "Anh Sơn")
    page.goto(f"{service.base}/thu-vien")
    _press(page, "Có bản mới chờ duyệt")
    page.wait_for_url("**/ban-moi")
    _press(page, "Duyệt và dùng bản này")
    page.get_by_text("Đã duyệt. Ai bắt đầu").wait_for()
    page.goto(f"{service.base}/huong-dan/an-toan")
    assert page.get_by_text("Bác cứ từ từ.").count() > 0, "residents read it"


def test_a_household_is_split_with_the_keyboard_alone(watched: Watched, service: Service) -> None:
    page = watched.page
    _play(page, service, "Chị Hoa")
    page.goto(f"{service.base}/ho-dan/H001")
    _press(page, "Thay đổi hộ")
    page.wait_for_url("**/thay-doi")
    _press(page, "Tách hộ")
    tab_to(page, "Anh Tư", _MOST_TABS)
    page.keyboard.press("Space")
    tab_to(page, "Địa chỉ hộ mới", _MOST_TABS)
    page.keyboard.type("Hẻm 12, nhà số 5")
    page.keyboard.press("Enter")
    page.get_by_text("Đã tách. Đây là hộ mới.").wait_for()
    assert page.get_by_role("heading", name="Hẻm 12, nhà số 5").count() == 1


def test_a_fault_and_an_invitation_are_accessible(watched: Watched, service: Service) -> None:
    page = watched.page
    _play(page, service, "Anh Quân")
    page.goto(f"{service.base}/quan-tri/nguoi")
    card = page.locator("li.card", has_text="Tên đăng nhập: son")
    card.get_by_role("button", name="Đặt lại mật khẩu").click()
    address = page.locator(".said code").inner_text()
    page.goto(address)
    _judged(page)
    _play(page, service, "Anh Quân")
    with _away(service, "guide_edition"):
        answer = page.goto(f"{service.base}/thu-vien")
        assert answer
        assert answer.status == 500
        assert page.get_by_text("Mã lỗi").count() == 1
        _judged(page)
