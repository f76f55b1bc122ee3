"""The documents' pictures: taken from the running service, kept with `make screenshots`."""

import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from browsing import DESK, PHONE, WAIT, patient, press
from phone import TOKEN, Telegram
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, ViewportSize
from raster import raster
from service import Service

from bot.core.card import cards
from bot.library import Library
from bot.paper import sheets, typesetting
from bot.paper.cards import draw
from bot.paper.sheets import Target, Team

pytestmark = pytest.mark.browser
TALL: ViewportSize = {"width": 360, "height": 980}
TARGET = Target("https://gocua.example.gov.vn", code="cx01")
TEAM = Team("Tổ công nghệ số khu phố Cầu Xéo", "0900 000 000")
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>/usr/share/fonts</dir><dir>{ours}</dir><cachedir>{cache}</cachedir>
<match target="pattern"><edit name="family" mode="prepend" binding="strong">
<string>Be Vietnam Pro</string></edit></match>
</fontconfig>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("GOCUA_SCREENSHOTS")
    made = Path(kept) if kept else tmp_path_factory.mktemp("images")
    made.mkdir(parents=True, exist_ok=True)
    return made


@pytest.fixture(scope="module")
def phone(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """With the project's font in the place of a phone's own: servers have none as clear."""
    config = tmp_path_factory.mktemp("fonts") / "fonts.conf"
    ours = Path(typesetting.__file__).parent / "fonts"
    config.write_text(_FONTS.format(ours=ours, cache=config.parent / "cache"))
    made = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        args=["--disable-gpu", "--disable-dev-shm-usage"],
        env={**os.environ, "FONTCONFIG_FILE": str(config)},
        timeout=WAIT,
    )
    yield patient(made)
    made.close()


@pytest.fixture
def page(phone: Browser) -> Iterator[Page]:
    context = phone.new_context(viewport=PHONE, locale="vi-VN", device_scale_factor=2)
    yield context.new_page()
    context.close()


def _keep(path: Path, picture: bytes | Image.Image, width: int) -> None:
    """Few colours and no more pixels than a page shows."""
    whole = Image.open(BytesIO(picture)) if isinstance(picture, bytes) else picture
    height = round(whole.height * width / whole.width)
    small = whole.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    small.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    assert 5_000 < path.stat().st_size < 90_000


def test_a_step_in_the_chat(page: Page, service: Service, folder: Path) -> None:
    page.set_viewport_size(TALL)
    page.goto(f"{service.base}/tro-chuyen?bai=vneid")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    for choice in ("dong-y", "khong", "bat-dau", "chua-android"):
        press(page, choice)
    page.locator("#log img").last.evaluate("async one => { await one.decode(); }")
    _keep(folder / "step-360.png", page.screenshot(), 540)


def test_a_guide_to_read(page: Page, service: Service, folder: Path) -> None:
    page.goto(f"{service.base}/huong-dan/vneid#buoc-2")
    page.locator("#buoc-2 img").evaluate("async one => { await one.decode(); }")
    _keep(folder / "guide-360.png", page.screenshot(), 540)


def test_a_card(library: Library, folder: Path) -> None:
    guide = next(one for one in library.guides if one.id == "vneid")
    _keep(folder / "card.png", draw(next(cards(guide))), 360)


def test_paper(library: Library, folder: Path) -> None:
    guide = next(one for one in library.guides if one.id == "vneid")
    about = library.about[guide.id]
    sheet, *_ = raster("sheet", sheets.on_sheet(guide, about, TARGET, TEAM))
    _keep(folder / "sheet.png", sheet, 480)
    poster, *_ = raster("poster", sheets.on_poster(guide, about, TARGET, TEAM))
    _keep(folder / "poster.png", poster, 480)


def _both(page: Page, url: str, folder: Path, name: str) -> None:
    for width, viewport in ((360, TALL), (1280, DESK)):
        page.set_viewport_size(viewport)
        page.goto(url)
        page.locator("main h1").wait_for()
        _keep(folder / f"{name}-{width}.png", page.screenshot(), min(width * 5 // 4, 1280))


def test_the_first_run(page: Page, telegram: Telegram, folder: Path, tmp_path: Path) -> None:
    service = Service(
        tmp_path,
        DATABASE_URL=f"sqlite:///{tmp_path}/gocua.db",
        BASE_URL=TARGET.base,
        TELEGRAM_API_URL=telegram.url,
    ).start()
    try:
        _both(page, f"{service.base}/cai-dat", folder, "set-up-code")
        page.get_by_label("Mã cài đặt").fill(service.set_up_code())
        page.get_by_role("button", name="Bắt đầu").click()
        page.get_by_label("Mã kết nối từ @BotFather").fill(TOKEN)
        page.get_by_role("button", name="Thử và lưu Telegram").click()
        page.get_by_text("Đã nối với @gocua_thu_bot").first.wait_for()
        for path, name in (("kenh", "channels"), ("dia-ban", "areas"), ("quan-tri", "operator")):
            _both(page, f"{service.base}/cai-dat/{path}", folder, f"set-up-{name}")
    finally:
        service.stop()


# The console at both widths: file, who looks, at what.
SCREENS = (
    ("overview", "Anh Quân", "/"),
    ("households", "Anh Dũng", "/ho-dan"),
    ("household", "Anh Dũng", "/ho-dan/H001"),
    ("changing", "Anh Quân", "/ho-dan/H001/thay-doi?tim=H002"),
    ("person", "Anh Quân", "/ho-dan/H001/nguoi/1"),
    ("sending", "Anh Dũng", "/ho-dan/H001/gui?bai=vneid&cach=chat"),
    ("help", "Anh Dũng", "/can-giup"),
    ("call", "Anh Dũng", "/can-giup/1"),
    ("compose", "Chị Mai", "/thong-bao/3/soan"),
    ("approval", "Anh Hùng", "/thong-bao/2"),
    ("progress", "Chị Mai", "/thong-bao/1"),
    ("library", "Chị Mai", "/thu-vien"),
    ("editing", "Chị Thu", "/thu-vien/vneid/sua"),
    ("figures", "Anh Hùng", "/chi-tieu"),
    ("groups", "Anh Quân", "/quan-tri/nhom"),
    ("staff", "Anh Quân", "/quan-tri/nguoi"),
    ("data-request", "Anh Quân", "/quan-tri/du-lieu/1"),
    ("login", "", "/dang-nhap"),
)


@pytest.mark.parametrize(("name", "who", "path"), SCREENS, ids=[one[0] for one in SCREENS])
def test_the_console(
    page: Page, service: Service, folder: Path, name: str, who: str, path: str
) -> None:
    if who:
        page.goto(f"{service.base}/thu")
        page.get_by_role("button", name=f"Vào vai {who}").click()
        page.wait_for_url(f"{service.base}/")
    _both(page, service.base + path, folder, f"console-{name}")
