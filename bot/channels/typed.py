"""Texts where a platform has no buttons or takes only so many characters. Pure."""

import unicodedata
from collections.abc import Iterator

from bot.core.effects import Message


def numbered(message: Message, line: str) -> str:
    """Choices as lines under the text, such as "Gõ 1: ✅ Xong"; typed numbers are understood
    as answers anyway."""
    shown = [
        line.format(number=number, label=choice.label)
        for number, choice in enumerate(message.choices, 1)
    ]
    joined = "\n".join([message.text, "", *shown]) if shown else message.text
    return unicodedata.normalize("NFC", joined)


def split(text: str, most: int) -> list[str]:
    """At line ends where there are any, else between words, else anywhere."""
    return list(_pieces(text, most))


def _pieces(text: str, most: int) -> Iterator[str]:
    while len(text) > most:
        head = text[: most + 1]
        end = max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or most
        yield text[:end]
        text = text[end:].lstrip("\n ")
    if text.strip():
        yield text
