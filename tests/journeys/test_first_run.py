"""A machine with no token and nobody on it, set up in a browser without JavaScript."""

from pathlib import Path
from typing import Literal

import pyotp
import pytest
from browsing import DESK, PHONE, Watched, accessible, fits
from phone import TOKEN, Telegram, eventually
from playwright.sync_api import Browser, Page
from service import Service
from zalo import BOT_TOKEN, CONSOLE, Zalo

pytestmark = pytest.mark.browser
PASSWORD = "con trâu đen đi trước"


def _shown(page: Page, scripted: Page) -> None:
    """What a browser without JavaScript is at, judged in one with it: axe needs it."""
    scripted.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    for size in (PHONE, DESK):
        scripted.set_viewport_size(size)
        scripted.goto(page.url)
        fits(scripted)
    accessible(scripted)


def _press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Until the next page is there."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).click()


def _channels(page: Page, telegram: Telegram, zalo: Zalo) -> None:
    def give(label: str, token: str, button: str) -> None:
        page.get_by_label(label).fill(token)
        _press(page, "button", button)

    give("Mã kết nối từ @BotFather", "999:wrong", "Thử và lưu Telegram")
    page.get_by_text("Telegram không nhận mã này").first.wait_for()
    give("Mã kết nối từ @BotFather", TOKEN, "Thử và lưu Telegram")
    page.get_by_text("Đã nối với @gocua_thu_bot").first.wait_for()
    give("Mã kết nối của bot", BOT_TOKEN, "Thử và lưu Zalo Bot")
    for label, value in (
        ("App ID", CONSOLE.app_id),
        ("Khoá bí mật của ứng dụng", CONSOLE.app_secret),
        ("OA Secret Key", CONSOLE.oa_secret),
    ):
        page.get_by_label(label).fill(value)
    give("Refresh token", str(zalo.oa.oauth.pair()["refresh_token"]), "Thử và lưu Zalo OA")
    page.get_by_text(f"Đã nối với ứng dụng {CONSOLE.app_id}").first.wait_for()


def _operator(page: Page) -> None:
    secret = page.locator("code").inner_text()
    page.get_by_label("Họ tên").fill("Anh Quân")
    page.get_by_label("Tên đăng nhập").fill("quan-tri")
    page.locator("#mat-khau").fill(PASSWORD)
    page.locator("#ma").fill(pyotp.TOTP(secret).now())
    _press(page, "button", "Lưu và hoàn tất")


def test_the_first_run(browser: Browser, tmp_path: Path, telegram: Telegram, zalo: Zalo) -> None:
    service = Service(
        tmp_path,
        DATABASE_URL=f"sqlite:///{tmp_path}/gocua.db",
        TELEGRAM_API_URL=telegram.url,
        ZALO_BOT_API_URL=zalo.url,
        ZALO_OA_API_URL=zalo.url,
        ZALO_OA_OAUTH_URL=zalo.url,
    ).start()
    context = browser.new_context(locale="vi-VN", java_script_enabled=False)
    other = browser.new_context(locale="vi-VN")
    try:
        page, scripted = Watched(context, service).page, other.new_page()
        page.goto(f"{service.base}/cai-dat/quan-tri")
        page.get_by_label("Mã cài đặt").fill("AAAA-AAAA-AAAA")
        _press(page, "button", "Bắt đầu")
        page.get_by_text("Mã cài đặt chưa đúng").first.wait_for()
        _shown(page, scripted)
        page.get_by_label("Mã cài đặt").fill(service.set_up_code().lower().replace("-", " "))
        _press(page, "button", "Bắt đầu")
        _shown(page, scripted)
        _channels(page, telegram, zalo)
        _press(page, "link", "Tiếp tục")
        _shown(page, scripted)
        page.get_by_label("Danh sách có sẵn: Long Thành").check()
        _press(page, "button", "Tiếp tục")
        _shown(page, scripted)
        _operator(page)
        page.get_by_text("Đã đặt xong mật khẩu").wait_for()
        hook = f"{service.base}/hooks/telegram"
        eventually(lambda: telegram.cloud.webhook.get("url") == hook)
        eventually(lambda: zalo.bot.mail.url == f"{service.base}/hooks/zalo-bot")
        gone = page.goto(f"{service.base}/cai-dat")
        assert gone
        assert gone.status == 404
        _shown(page, scripted)
    finally:
        context.close()
        other.close()
        service.stop()
    listed = service.run("settings", "list").stdout
    assert "telegram_token: niêm phong" in listed
    secrets = (TOKEN, BOT_TOKEN, CONSOLE.app_secret, CONSOLE.oa_secret)
    kept = b"".join(one.read_bytes() for one in tmp_path.glob("gocua.db*"))
    for secret in secrets:
        assert secret not in listed + service.log.read_text("utf-8")
        assert secret.encode() not in kept
    assert "Mã cài đặt" in service.log.read_text("utf-8")
    doctor = service.run("doctor", "--json").stdout
    assert "webchat, telegram, zalo_bot, zalo_oa" in doctor
    assert service.run("settings", "forget", "telegram_token").returncode == 0
    assert "telegram_token" not in service.run("settings", "list").stdout
