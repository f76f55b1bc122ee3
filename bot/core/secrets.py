"""Finding what must never be kept: ID and card numbers, one-time codes, passwords.

Works on text before it is stored. The patterns run over accent-free lower case text of
the same length, so every accented and unaccented spelling is met by one pattern.
"""

import re
from enum import StrEnum

from bot.core.text import flat, tidy

MASK = "•••"


class Secret(StrEnum):
    NUMBER = "number"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105  # the name of a kind


_DIGIT = re.compile(r"\d")
_GAP = r"[ .\-_/]{0,3}"
_LONG_NUMBER = re.compile(
    rf"(?<!\d)(?:\d{_GAP}){{11,24}}\d(?!\d)|(?<!\d)(?:\d{_GAP}){{8}}\d(?!{_GAP}\d)"
)
_SHORT_NUMBER = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{3,7}}(?!\d)")
_CODE_WORD = re.compile(
    r"\b(?:otp|o\.t\.p|pin|passcode|cvv|cvc|code|verification|mat ma)\b"
    r"|\bma(?: so)? (?:xac|kich|bao|an|giao|6|sau|la|no|vua|moi|gui|ben)"
    r"|\bma(?: so)?\s*[:\d]"
)
_PASSWORD = re.compile(
    r"\b(?:mat khau|matkhau|mat ma|mk|pass(?:word|code|w)?|pw)\b"
    r"(?P<middle>[^\n:=]{0,40}?(?:\s(?:la|thanh|nay)\b|[:=])|)[\s:=\"'“”]*(?P<value>\S+)"
)
_PASSWORD_SIGNS = ("mat", "mk", "pass", "pw")  # one is in each word above; quickly looked for
_ASKING = frozenset(
    (
        "gi",
        "sao",
        "nao",
        "dau",
        "roi",
        "cua",
        "cho",
        "de",
        "bi",
        "thi",
        "ma",
        "toi",
        "con",
        "va",
        "khong",
        "chua",
        "duoc",
        "moi",
        "cu",
        "nay",
        "kia",
        "ngan",
        "cap",
        "1",
        "2",
    )
)


def _spans_of_passwords(plain: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if not any(sign in plain for sign in _PASSWORD_SIGNS):
        return spans
    for match in _PASSWORD.finditer(plain):
        value = match["value"].strip(".,;!?()\"'“”")
        told = bool(match["middle"]) or any(not sign.isalpha() for sign in value)
        if told and value and value not in _ASKING:
            spans.append(match.span("value"))
    return spans


def _spans_of_codes(plain: str) -> list[tuple[int, int]]:
    alone = _SHORT_NUMBER.fullmatch(plain.strip())
    if not (alone or _CODE_WORD.search(plain)):
        return []
    return [match.span() for match in _SHORT_NUMBER.finditer(plain)]


def mask(text: str) -> tuple[str, frozenset[Secret]]:
    """The tidied text with every secret replaced, and which kinds were found."""
    kept = tidy(text)
    plain = flat(kept)
    found: set[Secret] = set()
    for kind, spans_of in _FINDERS if _DIGIT.search(plain) else _FINDERS[:1]:
        for start, end in reversed(spans_of(plain)):
            kept = kept[:start] + MASK + kept[end:]
            found.add(kind)
        plain = flat(kept) if kind in found else plain
    return kept, frozenset(found)


def _spans_of_numbers(plain: str) -> list[tuple[int, int]]:
    return [match.span() for match in _LONG_NUMBER.finditer(plain)]


# Passwords first; the others are made of digits.
_FINDERS = (
    (Secret.PASSWORD, _spans_of_passwords),
    (Secret.NUMBER, _spans_of_numbers),
    (Secret.CODE, _spans_of_codes),
)
