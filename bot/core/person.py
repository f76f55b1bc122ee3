"""What may be known of a person, and how a phone number is read. Pure; no names, no words."""

import re

CHILD = "0-13"  # a parent acts for them
AGE_BANDS = (CHILD, "14-17", "18-59", "60-79", "80+")
SMARTPHONE = ("yes", "no", "shared")
_NOISE = re.compile(r"[\s.\-()]")
_MOBILE = re.compile(r"(?:\+?84|0)([35789]\d{8})")
_LANDLINE = re.compile(r"(?:\+?84|0)(2\d{9})")


def phone_number(typed: str) -> str:
    """As +84…, or empty when it is not a Vietnamese number."""
    digits = _NOISE.sub("", typed)
    found = _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)
    return f"+84{found[1]}" if found else ""


def shown(number: str) -> str:
    """As people write it: 0912 345 678."""
    digits = number.replace("+84", "0", 1)
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"


def age_band(age: int) -> str:
    """`age` in whole years."""
    return AGE_BANDS[sum(age >= first for first in (14, 18, 60, 80))]
