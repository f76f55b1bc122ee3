"""What each of the ten screens is for, done in a browser that runs no JavaScript; and an official's
work by the keyboard alone.
"""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from browsing import Watched, fits, new_context, play, tab_to
from phone import eventually
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from service import Service

pytestmark = pytest.mark.browser
_MEANT = re.compile(r"status of (410|422)")  # a link that was used, a list with faults


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    context = new_context(browser, "360", script=False)
    made = Watched(context, service)
    yield made.page
    context.close()
    assert [one for one in made.faults if not _MEANT.search(one)] == []


def _follow(page: Page, what: Locator) -> None:
    """Until the next page is there: nothing is read of the one before."""
    with page.expect_navigation():
        what.click()
    fits(page)


def _go(page: Page, link: str) -> None:
    """Along the navigation of every page."""
    _follow(page, page.get_by_role("navigation", name="Các trang").get_by_role("link", name=link))


def _press(page: Page, name: str) -> None:
    _follow(page, page.get_by_role("button", name=name, exact=True).first)


def test_a_member_is_let_in_by_a_link(page: Page, service: Service) -> None:
    """Made by the lead, used once, on the phone of whoever it is for."""
    play(page, service, "Chị Hoa")
    page.goto(f"{service.base}/quan-tri/nguoi")
    _follow(
        page,
        page.locator("li", has_text="Anh Dũng").get_by_role("button", name="Tạo đường dẫn vào"),
    )
    link = page.locator(".said code").inner_text()
    page.context.clear_cookies()
    page.goto(link)
    _press(page, "Vào làm việc")
    assert page.locator("h1").inner_text() == "Chào Anh Dũng"
    _press(page, "Đăng xuất")
    page.goto(link)
    assert "không dùng được" in page.locator("h1").inner_text()


def test_a_member_finds_a_household_gives_a_guide_and_notes_a_visit(
    page: Page, service: Service
) -> None:
    play(page, service, "Cô Lan")
    _go(page, "Hộ dân")
    page.get_by_label("Tìm theo tên").fill("ong bay")
    _press(page, "Tìm")
    _follow(page, page.get_by_role("link", name="Gửi hướng dẫn cho hộ H002"))
    page.get_by_label("Theo dõi kênh chính thống").check()
    page.get_by_label("Làm tại nhà với tổ viên").check()
    _press(page, "Xem trước")
    assert "Ông Bảy sẽ nhận" in page.locator("#xem-truoc").inner_text()
    _press(page, "Giao cho Ông Bảy")
    assert "Đã ghi vào việc của tổ." in page.content()
    page.get_by_text("Ghi đã làm, đi vắng, chưa muốn").click()
    page.get_by_label("Đi vắng").check()
    _press(page, "Ghi lại")
    assert "Đã ghi lần đến nhà." in page.content()


def test_a_member_claims_a_call_answers_and_ends_it(page: Page, service: Service) -> None:
    play(page, service, "Chị Hoa")
    _follow(page, page.get_by_role("link", name="người đang chờ giúp"))
    _follow(page, page.get_by_role("link", name="Anh Tư"))
    _press(page, "Nhận việc")
    page.get_by_label("Trả lời").fill("Bác chờ cháu một chút")
    _press(page, "Gửi trả lời")
    assert "Bác chờ cháu một chút" in page.locator("#doi-thoai").inner_text()
    _press(page, "Xong, bài đi tiếp")
    assert "Xong việc." in page.content()
    assert page.url.startswith(f"{service.base}/can-giup?")


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "PNG")
    return out.getvalue()


def _written(page: Page, service: Service) -> str:
    """A draft with a picture, with a fault that is mended; its address once it is submitted."""
    play(page, service, "Chị Mai")
    _go(page, "Thông báo")
    _follow(page, page.get_by_role("link", name="Soạn thông báo"))
    page.get_by_label("Nội dung").fill("Bà con đọc mã OTP cho cán bộ.")
    file = {"name": "anh.png", "mimeType": "image/png", "buffer": _picture()}
    page.get_by_label("Chọn ảnh").set_input_files(file)  # type: ignore[arg-type]
    _press(page, "Lưu ảnh")
    assert "Phải sửa" in page.locator("#loi-chu").inner_text()
    page.get_by_label("Nội dung").fill("Thứ sáu cắt điện từ 8 giờ đến 11 giờ.")
    page.get_by_text("Hẹn giờ, hạn dùng, mức khẩn").click()
    page.get_by_label("Khẩn").check()
    _press(page, "Lưu và kiểm tra")
    assert page.locator("#loi-chu").inner_text().strip() == ""
    assert page.locator("#kiem-tra .bubble img").count() > 0
    _press(page, "Xem trước khi gửi duyệt")
    _press(page, "Gửi duyệt")
    return page.url.partition("?")[0]


def test_an_announcement_is_written_approved_followed_and_corrected(
    page: Page, service: Service
) -> None:
    address = _written(page, service)
    play(page, service, "Anh Hùng")
    page.goto(address)
    page.get_by_label("Gõ số nhóm sẽ nhận").fill("3")
    _press(page, "Duyệt và gửi 3 nhóm")

    def sent() -> bool:
        """Pages without JavaScript are asked for again."""
        page.goto(address)
        return page.get_by_role("heading", name="Đã gửi đi").count() > 0

    eventually(sent)
    assert page.locator("table.by-way tbody tr").count() > 0
    play(page, service, "Chị Mai")
    page.goto(address)
    _follow(page, page.get_by_role("link", name="Danh sách gọi điện"))
    assert "Gọi điện, gõ cửa" in page.locator("h1").inner_text()
    page.goto(address)
    page.get_by_text("Đính chính hoặc thu hồi").click()
    page.get_by_label("Nội dung đúng").fill("Cắt điện từ 9 giờ đến 11 giờ.")
    _press(page, "Soạn đính chính")
    assert page.locator("h1").inner_text() == "Soạn đính chính"


def test_figures_are_chosen_and_taken_along(page: Page, service: Service) -> None:
    play(page, service, "Anh Hùng")
    _go(page, "Chỉ tiêu")
    page.get_by_label("Tuần").select_option(index=1)
    _press(page, "Xem")
    assert "tuan=" in page.url
    assert page.locator("table").count() > 0
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải Excel").first.click()
    assert taken.value.suggested_filename.endswith(".xlsx")


def test_a_guide_is_looked_into_and_tried(page: Page, service: Service) -> None:
    play(page, service, "Anh Quân")
    _go(page, "Hướng dẫn")
    _follow(page, page.locator("main h2 a").first)
    assert page.get_by_role("heading", name="Bà con vướng ở đâu").count() == 1
    _follow(page, page.get_by_role("link", name="Thử trò chuyện"))
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator(".choices").first.wait_for()


def test_an_operator_adds_a_group_and_checks_a_list(page: Page, service: Service) -> None:
    play(page, service, "Anh Quân")
    page.goto(f"{service.base}/quan-tri/nhom")
    page.get_by_label("Tên nhóm như trong Zalo").fill("Nhóm ấp mới")
    _press(page, "Thêm nhóm")
    group = page.locator("li.card", has_text="Nhóm ấp mới")
    _follow(page, group.get_by_role("button", name="Lấy mã nối"))
    assert "Mã:" in page.locator("li.card", has_text="Nhóm ấp mới").inner_text()
    page.goto(f"{service.base}/quan-tri/nhap")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"khong,dung\n1,2\n"}
    page.get_by_label("Tệp Excel hoặc CSV").set_input_files(file)  # type: ignore[arg-type]
    _press(page, "Chỉ kiểm tra")
    assert "Chưa làm được" in page.locator(".govuk-error-summary").inner_text()


def test_an_official_writes_and_another_approves_by_keyboard_alone(
    browser: Browser, service: Service
) -> None:
    context = new_context(browser, "1280")
    made = Watched(context, service)
    page = made.page
    play(page, service, "Chị Mai")
    tab_to(page, "Thông báo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thong-bao")
    tab_to(page, "Soạn thông báo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thong-bao/moi")
    tab_to(page, "Nội dung")
    page.keyboard.type("Chủ nhật tổng vệ sinh, 7 giờ, đầu hẻm 3.")
    page.locator("#luu", has_text="Đã lưu nháp").wait_for()
    tab_to(page, "Xem trước khi gửi duyệt")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Gửi duyệt").wait_for()
    tab_to(page, "Gửi duyệt")
    page.keyboard.press("Enter")
    page.get_by_text("Đã gửi duyệt.").wait_for()
    address = page.url.partition("?")[0]
    play(page, service, "Anh Hùng")
    page.goto(address)
    tab_to(page, "Gõ số nhóm sẽ nhận")
    groups = page.get_by_role("button", name="Duyệt và gửi").inner_text().split()[-2]
    page.keyboard.type(groups)
    page.keyboard.press("Enter")
    page.get_by_text("Đã duyệt.").wait_for()
    context.close()
    assert made.faults == []
