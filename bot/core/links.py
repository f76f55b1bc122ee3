"""Addresses that open a guide: what QR codes and buttons carry, and how it is read back.

A code says from which hamlet's or household's paper somebody comes. It is opaque here.
"""

import re

_CLAIM = re.compile(
    r"(?:^|\s)/n(?:o|ố|ô\u0301|o\u0302\u0301)i(?:@\w+)?\s+(\S{1,20})", re.IGNORECASE
)
_CODE = re.compile(r"[A-Za-z0-9-]{1,20}")


def is_code(text: str) -> bool:
    """Short and plain enough for the payload of a deep link beside any guide's id."""
    return bool(_CODE.fullmatch(text))


def chat(base: str, guide: str, code: str = "") -> str:
    return f"{base}/tro-chuyen?bai={guide}" + (f"&ma={code}" if code else "")


def page(base: str, guide: str) -> str:
    return f"{base}/huong-dan/{guide}"


def telegram(bot: str, guide: str, code: str = "") -> str:
    return f"https://t.me/{bot}?start={guide}" + (f"_{code}" if code else "")


def wanted(payload: str) -> tuple[str, str]:
    """The guide and the code of a deep link's payload."""
    guide, _, code = payload.strip().partition("_")
    return guide, code


def claimed(text: str) -> str:
    """The code after /noi, which ties a group to the place it is for; empty without one. A
    mention may stand before it."""
    found = _CLAIM.search(text)
    return found[1] if found else ""
