"""The console in a real Chromium: every screen at every width, with and without JavaScript."""

from collections.abc import Iterator

import pytest
from browsing import PHONE, SIZES, Watched, accessible, fits, new_context, play, tab_to
from playwright.sync_api import Browser, Page
from service import Service

pytestmark = pytest.mark.browser
PUBLIC = ("/", "/dang-nhap", "/dang-nhap?mat=1", "/vao/x", "/thu", "/tb", "/huong-dan")
HOME = "/ho-dan/H001/gui?bai=vneid&cach=home"
HELP = ("/can-giup", "/can-giup/1")
_COUNT_TAPS = """addEventListener('pointerdown', one => {
  if (one.isTrusted) sessionStorage.taps = Number(sessionStorage.taps || 0) + 1
}, true)"""
SCREENS = {
    "Anh Quân": (
        "/",
        "/thong-bao",
        "/thu-vien",
        "/thu-vien/vneid",
        "/chi-tieu",
        "/quan-tri",
        "/quan-tri/nhom",
        "/quan-tri/nguoi",
        "/quan-tri/nhap",
        "/quan-tri/tinh-trang",
        "/quan-tri/viec-ket",
        "/quan-tri/nhat-ky",
        "/quan-tri/du-lieu",
        "/quan-tri/gio-yen-lang",
        "/quan-tri/du-lieu/1",
    ),
    "Chị Mai": (
        "/",
        "/thong-bao",
        "/thong-bao/moi",
        "/thong-bao/nguon",
        "/thong-bao/1",
        "/thong-bao/1/goi-dien",
        "/thong-bao/1/soan",
    ),
    "Chị Thu": ("/thu-vien/vneid/sua", "/thu-vien/vneid/ban-moi"),
    "Anh Hùng": (
        "/",
        "/thong-bao/1",
        "/chi-tieu",
        "/chi-tieu/muc?noi=26368&bai=vneid",
        "/chi-tieu/bao-cao",
    ),
    "Anh Dũng": (
        "/",
        "/thong-bao",
        "/ho-dan",
        "/ho-dan?tim=zzz",
        "/ho-dan/H001",
        "/ho-dan/H001/thay-doi",
        "/ho-dan/H001/nguoi/1",
        HOME,
        "/can-giup",
        "/can-giup/1",
    ),
}


def test_an_official_writes_and_another_approves(browser: Browser, service: Service) -> None:
    """Saved while writing, counted before each step, live while it is sent: in fifteen acts."""
    context = new_context(browser, "1280")
    made = Watched(context, service)
    page = made.page
    play(page, service, "Chị Mai")
    page.get_by_role("link", name="Thông báo", exact=True).click()
    page.get_by_role("link", name="Soạn thông báo").click()
    page.get_by_label("Nội dung").press_sequentially("Thứ sáu cắt điện từ 8 giờ đến 11 giờ.")
    page.get_by_text("Hẹn giờ, hạn dùng, mức khẩn").click()
    page.get_by_label("Khẩn").check()
    page.locator("#luu", has_text="Đã lưu nháp").wait_for()
    page.locator("#kiem-tra", has_text="Sẽ tới 1 nhóm").wait_for()
    assert page.url.endswith("/soan"), "coming back finds the draft"
    assert page.evaluate("document.activeElement.id") == "khan", "nothing jumps"
    page.get_by_role("button", name="Xem trước khi gửi duyệt").click()
    page.get_by_role("button", name="Gửi duyệt").click()
    page.get_by_text("Đã gửi duyệt.").wait_for()
    address = page.url.partition("?")[0]
    play(page, service, "Anh Hùng")
    page.get_by_role("link", name="2 thông báo chờ duyệt").click()
    page.get_by_role("link", name="Thứ sáu cắt điện").click()
    assert page.url == address
    page.get_by_label("Gõ số nhóm sẽ nhận").fill("3")
    page.get_by_role("button", name="Duyệt và gửi 3 nhóm").click()
    page.locator("#tien-do", has_text="3/3 nơi nhận đã có kết quả").wait_for()
    context.close()
    assert made.faults == []


def test_a_member_gives_two_guides_in_six_taps(browser: Browser, service: Service) -> None:
    """Every touch is counted by the browser itself; typing is not."""
    context = new_context(browser, "360")
    context.add_init_script(_COUNT_TAPS)
    made = Watched(context, service)
    page = made.page
    play(page, service, "Cô Lan")
    page.evaluate("sessionStorage.clear()")
    page.get_by_role("link", name="Hộ dân").tap()
    page.get_by_label("Tìm theo tên").tap()
    page.keyboard.type("ong bay")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Gửi hướng dẫn cho hộ H002").tap()
    page.get_by_label("Xem sổ sức khỏe").tap()
    page.get_by_label("Theo dõi kênh chính thống").tap()
    page.get_by_role("button", name="Giao cho Ông Bảy").tap()
    page.get_by_text("Đã ghi vào việc của tổ.").wait_for()
    assert 3 < int(page.evaluate("sessionStorage.taps")) <= 6
    given = page.locator("li", has_text="Xem sổ sức khỏe").filter(has_text="đã giao")
    assert given.count() > 0
    context.close()
    assert made.faults == []


@pytest.fixture(params=list(SIZES))
def watched(
    browser: Browser, service: Service, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    context = new_context(browser, request.param)
    made = Watched(context, service)
    yield made
    context.close()
    assert made.faults == []


def test_every_screen_is_accessible(watched: Watched, service: Service) -> None:
    page = watched.page
    for path in PUBLIC:
        page.goto(service.base + path)
        fits(page)
        accessible(page)
    watched.faults = [one for one in watched.faults if "410" not in one]
    for name, paths in SCREENS.items():
        play(page, service, name)
        for path in paths:
            answer = page.goto(service.base + path)
            assert answer
            assert answer.ok, path
            fits(page)
            accessible(page)


def test_without_javascript_the_same_pages_are_there(browser: Browser, service: Service) -> None:
    context = new_context(browser, "360", script=False)
    page = context.new_page()
    for name, paths in SCREENS.items():
        play(page, service, name)
        for path in paths:
            answer = page.goto(service.base + path)
            assert answer
            assert answer.ok, path
            assert page.locator("main h1").count() == 1
            fits(page)
    context.close()


def test_a_member_helps_with_the_keyboard_alone(browser: Browser, service: Service) -> None:
    context = new_context(browser, "1280")
    made = Watched(context, service)
    page = made.page
    play(page, service, "Chị Hoa")
    tab_to(page, "Đến phần nội dung")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "người đang chờ giúp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/can-giup")
    tab_to(page, "Anh Tư")
    page.keyboard.press("Enter")
    page.wait_for_url("**/can-giup/1")
    tab_to(page, "Nhận việc")
    page.keyboard.press("Enter")
    page.get_by_text("Anh/chị đã nhận việc").wait_for()
    tab_to(page, "Trả lời")
    page.keyboard.type("Bác chờ cháu một chút")
    tab_to(page, "Gửi trả lời")
    page.keyboard.press("Enter")
    page.locator("#doi-thoai", has_text="Bác chờ cháu một chút").wait_for()
    context.close()
    assert made.faults == []


def test_a_lost_connection_is_said(browser: Browser, service: Service) -> None:
    context = new_context(browser, "360")
    page = context.new_page()
    play(page, service, "Chị Hoa")
    assert page.locator("#strip").is_hidden()
    context.set_offline(True)
    page.get_by_text("Mất kết nối, đang thử lại").wait_for()
    context.set_offline(False)
    page.locator("#strip").wait_for(state="hidden")
    context.close()


def _weighed(page: Page, address: str) -> int:
    """Bytes that came over the network, headers included, as the browser counts them."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    total: list[float] = []
    session.on("Network.loadingFinished", lambda one: total.append(one["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    session.detach()
    return round(sum(total))


def test_weight_on_a_slow_phone(browser: Browser, service: Service) -> None:
    context = new_context(browser, "360")
    page = context.new_page()
    play(page, service, "Chị Mai")
    kept = context.storage_state()
    context.close()
    fresh = browser.new_context(viewport=PHONE, storage_state=kept)
    page = fresh.new_page()
    first, again = _weighed(page, service.base), _weighed(page, service.base)
    fresh.close()
    assert 20_000 < first <= 130_000, first
    assert 500 < again <= 5_000, again
