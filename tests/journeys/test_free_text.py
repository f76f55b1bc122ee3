"""What people write in their own words, over real HTTP: Telegram, Zalo OA and a browser."""

from pathlib import Path

import pytest
from browsing import PHONE, Watched
from phone import Telegram, eventually
from playwright.sync_api import Browser
from service import Service
from sqlalchemy import select
from zalo import PERSON, Zalo

from bot.core.guide import Phrase
from bot.library import Library
from storage.database import Database
from storage.rows import table
from storage.tables import HelpRequest

LAN = 42
FAKE = "Tai khoan VCB cua ban bi khoa, dang nhap http://vietcombank-xacminh.top de mo"
SEVEN = (Phrase.LOSS, Phrase.LOSS_FIRST, Phrase.LOSS_THEN)


def _calls(url: str) -> list[tuple[str, str]]:
    """Where help is wanted, as the service's own database has it."""
    database, help_request = Database(url), table(HelpRequest)
    query = select(help_request.c.guide, help_request.c.item)
    found = database.read_now(lambda one: [tuple(row) for row in one.execute(query)])
    database.close()
    return [(str(guide), str(item)) for guide, item in found]


def test_on_telegram(telegram: Telegram, tmp_path: Path, library: Library) -> None:
    url, phrases = f"sqlite:///{tmp_path}/gocua.db", library.messages.phrases
    service = telegram.service(tmp_path, url).start()
    telegram.hooked()

    def answered(text: str) -> None:
        eventually(lambda: text in "\n".join(one.text for one in telegram.from_bot(LAN)))

    telegram.people.say(LAN, "tui vua bi lua chuyen 20 trieu roi con oi")
    for phrase in (*SEVEN, Phrase.WELCOME, Phrase.CONSENT):
        answered(phrases[phrase])
    first = telegram.from_bot(LAN)[0].text
    assert first.startswith(phrases[Phrase.LOSS])
    assert _calls(url) == [("an-toan", "ngung-lai")]
    for said, expected in (
        ("đồng ý", phrases[Phrase.CONSENT_NEWS]),
        ("không", library.content().current["an-toan"].intro),
        ("thôi cho tui cài vneid", library.content().current["vneid"].intro),
        ("cảm ơn con nhiều nghen", phrases[Phrase.SMALL_TALK]),
    ):
        telegram.people.say(LAN, said)
        answered(expected)
    telegram.people.forward(LAN, FAKE)
    answered(phrases[Phrase.SCAM_THEN])
    telegram.people.share_contact(LAN, "0912345678")
    answered(phrases[Phrase.CONTACT])
    service.stop()
    assert "0912345678" not in service.log.read_text()


def test_on_zalo(zalo: Zalo, tmp_path: Path, library: Library) -> None:
    url, phrases = f"sqlite:///{tmp_path}/gocua.db", library.messages.phrases
    service = zalo.oa_service(tmp_path, url).start()
    zalo.hooked(service)

    def answered(text: str) -> None:
        eventually(lambda: text in "\n".join(one.text for one in zalo.from_oa(PERSON)))

    zalo.people.say(PERSON, FAKE)
    answered(phrases[Phrase.SCAM_THEN])
    answered(phrases[Phrase.CONSENT])
    zalo.people.say(PERSON, "lỡ đọc mã otp cho nó rồi con ơi")
    for phrase in SEVEN:
        answered(phrases[phrase])
    assert _calls(url) == [("an-toan", "ngung-lai")]
    service.stop()


@pytest.mark.browser
def test_in_a_browser(browser: Browser, service: Service, library: Library) -> None:
    phrases, guides = library.messages.phrases, library.content()
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    watched = Watched(context, service)
    page = watched.page
    page.goto(f"{service.base}/tro-chuyen")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_selector(".choices")
    for said, expected in (
        (FAKE, phrases[Phrase.SCAM_THEN]),
        ("chỉ tui nộp hồ sơ khai sinh trên mạng", "Dịch vụ công"),
        ("đồng ý", phrases[Phrase.CONSENT_NEWS]),
        ("khong", guides.current["dich-vu-cong"].intro),
        ("mới chuyển tiền cho tụi nó xong mới biết bị gạt", phrases[Phrase.LOSS_FIRST]),
    ):
        page.fill("#text", said)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "want => document.getElementById('log').textContent.includes(want)",
            arg=expected.split("\n")[0],
        )
    context.close()
    assert watched.faults == []
