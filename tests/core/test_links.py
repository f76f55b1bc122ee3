"""Deep links: what is printed, and what is read back from it."""

import re

import pytest

from bot.core import links


@pytest.mark.parametrize("code", ["", "cx12ab", "H-012"])
def test_what_a_telegram_link_says_is_read_back(code: str) -> None:
    address = links.telegram("gocua_bot", "so-suc-khoe", code)
    payload = address.partition("?start=")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
    assert links.wanted(payload) == ("so-suc-khoe", code)


def test_the_longest_payload_fits() -> None:
    payload = links.telegram("b", "g" * 40, "c" * 20).partition("?start=")[2]
    assert len(payload) <= 64


def test_web_links() -> None:
    assert links.chat("https://x.vn", "vneid") == "https://x.vn/tro-chuyen?bai=vneid"
    assert links.chat("https://x.vn", "vneid", "a1") == "https://x.vn/tro-chuyen?bai=vneid&ma=a1"
    assert links.page("https://x.vn", "vneid") == "https://x.vn/huong-dan/vneid"


@pytest.mark.parametrize(
    ("text", "fits"), [("a1", True), ("", False), ("a b", False), ("đ", False), ("a" * 21, False)]
)
def test_codes_are_short_and_plain(text: str, fits: bool) -> None:
    assert links.is_code(text) == fits
