"""Making a text fit for Zalo, which shows it as it is: no markup, no mentions, no NFD. Pure."""

import re
import unicodedata

_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)")
_PAIRS = re.compile(r"(\*\*|__|~~|`{1,3})(?=\S)([^\n]+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])")
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|s|p|em|strong|code|pre|a|span|div)(?:\s[^<>]*)?>", re.IGNORECASE)


def plain(text: str) -> str:
    """NFC, because Zalo counts; without Markdown and HTML, because it shows them raw; and
    without "[@", which it would read as a mention of somebody."""
    kept = _BREAK.sub("\n", unicodedata.normalize("NFC", text))
    for pattern, instead in (
        (_LINK, r"\1 (\2)"),
        (_TAG, ""),
        (_PAIRS, r"\2"),
        (_ITALIC, r"\1"),
        (_HEADING, ""),
    ):
        kept = pattern.sub(instead, kept)
    return kept.replace("[@", "[ @").strip()
