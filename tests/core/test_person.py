"""Phone numbers as people type them."""

import pytest

from bot.core.person import phone_number, shown


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345-678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("(0251) 384 4411", "+842513844411"),
        ("0112345678", ""),
        ("09123456", ""),
        ("không có", ""),
        ("", ""),
    ],
)
def test_a_number_has_one_form(typed: str, number: str) -> None:
    assert phone_number(typed) == number


def test_a_number_is_shown_as_people_write_it() -> None:
    assert shown("+84912345678") == "0912 345 678"
