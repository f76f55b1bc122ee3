"""Secrets a resident types are taken out before anything is stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.secrets import MASK, Secret, mask
from bot.core.text import flat

HIDDEN = [
    ("số căn cước 079203001234", "079203001234", Secret.NUMBER),
    ("cccd: 0792 0300 1234", "0300", Secret.NUMBER),
    ("079-203-001-234 nha con", "203", Secret.NUMBER),
    ("cmnd cũ 272123456", "272123456", Secret.NUMBER),
    ("thẻ 9704 0512 3456 7890", "3456", Secret.NUMBER),
    ("4111111111111111", "4111111111111111", Secret.NUMBER),
    ("0\u200b79203001234", "203001234", Secret.NUMBER),
    ("mã OTP là 482913", "482913", Secret.CODE),
    ("OTP 482 913", "913", Secret.CODE),
    ("482913", "482913", Secret.CODE),
    ("no bao 4829 la ma xac nhan", "4829", Secret.CODE),
    ("Ma xac thuc cua quy khach: 12345678", "12345678", Secret.CODE),
    ("passcode của cô là 246810", "246810", Secret.PASSWORD),
    ("mật khẩu của tôi là Abc@12345", "Abc@12345", Secret.PASSWORD),
    ("mat khau: thanhcong", "thanhcong", Secret.PASSWORD),
    ("mk Lan1965", "Lan1965", Secret.PASSWORD),
    ("password=hoahong", "hoahong", Secret.PASSWORD),
    ("Mật khẩu là: Hoa#Mai", "Hoa#Mai", Secret.PASSWORD),
]
KEPT = [
    "xong",
    "1",
    "số 2",
    "0912345678",
    "gọi 1900.0368 giúp cô",
    "quên mật khẩu rồi con ơi",
    "mật khẩu là gì",
    "mã OTP không về",
    "OTP là gì vậy con",
    "ngày 15/11/2026 họp",
    "tôi 72 tuổi, nhà số 12",
    "mất 5 triệu",
]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("said", "secret", "kind"), HIDDEN)
def test_hidden(said: str, secret: str, kind: Secret, form: str) -> None:
    kept, found = mask(unicodedata.normalize(form, said))  # type: ignore[arg-type]
    assert secret not in kept
    assert MASK in kept
    assert kind in found


@pytest.mark.parametrize("said", KEPT)
def test_kept(said: str) -> None:
    assert mask(said) == (said, frozenset())


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.text(alphabet="ab ,đß한\n", max_size=20))
def test_no_twelve_digits_get_through(number: str, around: str) -> None:
    kept, found = mask(f"{around} {number} {around}")
    assert number not in kept
    assert found


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once, _ = mask(text)
    assert mask(once)[0] == once


@given(st.text())
def test_places_in_flat_text_are_places_in_the_text(text: str) -> None:
    assert len(flat(text)) == len(text)
