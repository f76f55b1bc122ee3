"""One-time codes as people read and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import links, passcode
from bot.core.secrets import mask


@given(st.integers(0, 2**64 - 1), st.sampled_from(["{}", "Mã nối là {} ạ", "ma:{}", "otp {}"]))
def test_a_code_is_found_again_and_never_masked(number: int, said: str) -> None:
    code = passcode.made(number)
    for typed in (code, passcode.shown(code), passcode.shown(code).lower().replace("-", " ")):
        assert passcode.found(said.format(typed)) == code
        assert mask(said.format(typed))[1] == frozenset()


@given(st.integers(0, 2**64 - 1))
def test_a_code_fits_into_a_deep_link(number: int) -> None:
    assert links.is_code(passcode.shown(passcode.made(number)))


@pytest.mark.parametrize("said", ["xong", "H001", "học bài 2024", "K7M2", "TREN H123", "XK7M2QX9T"])
def test_other_words_are_no_code(said: str) -> None:
    assert passcode.found(said) == ""
