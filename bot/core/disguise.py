"""Undoing the ways in which a link or a word is hidden from a checker but not from a reader."""

import re
import unicodedata

from bot.core.text import bare, tidy

_BRACKETED = re.compile(r"\s*[\[({]\s*(?:\.|dot|chấm|cham)\s*[\])}]\s*", re.IGNORECASE)
_SPELT = re.compile(r"(?<!\S)(?:[\w./:@-] ){4,}[\w./:@-](?!\S)")
_LETTERS = re.compile(r"(?<!\S)(?:\w ){2,}\w(?!\S)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}[^\W\d_]\b\.?")
_SPACED = re.compile(r"(?<=[A-Za-z0-9-]) \. (?=[A-Za-z0-9-])")
_SAID = re.compile(
    r"(?<=[A-Za-z0-9-])\s+(?:chấm|cham|dot)\s+(?=(?P<next>[A-Za-z]{2,8})\b)", re.IGNORECASE
)
_BROKEN = re.compile(r"\b([^\W\d_]+)[.@*_]([^\W\d_]+)\b")
_MIXED = re.compile(r"(?<![\w./@:-])(?=\w*\d)(?=\w*[^\W\d_])\w+(?![\w/@:-]|\.\w)")
_LIKE = str.maketrans("013457@", "oieast" + "a")


def unveiled(text: str, words: frozenset[str], endings: frozenset[str]) -> str:
    """Plain signs, hosts joined again, broken words mended when `words` (bare) knows them."""
    plain = tidy(unicodedata.normalize("NFKC", text))
    plain = _BRACKETED.sub(".", plain)
    plain = _LETTERS.sub(lambda found: _word(found[0], words), plain)
    plain = _SPELT.sub(lambda found: found[0].replace(" ", ""), plain)
    plain = _SAID.sub(lambda found: "." if _ends(found["next"], endings) else found[0], plain)
    plain = _joined_hosts(plain, endings)
    plain = _INITIALS.sub(lambda found: found[0].replace(".", ""), plain)
    plain = _BROKEN.sub(lambda found: _mended(found, words), plain)
    return _MIXED.sub(lambda found: _letters(found[0], words), plain)


def _ends(word: str, endings: frozenset[str]) -> bool:
    return word.lower() in endings


def _joined_hosts(text: str, endings: frozenset[str]) -> str:
    """ "vneid . gov . vn . top" is one host when it ends like one."""
    joined = _SPACED.sub(".", text)
    last = re.search(r"\.([A-Za-z]{2,8})(?![\w.])", joined)
    return joined if last and _ends(last[1], endings) else text


def _mended(found: re.Match[str], words: frozenset[str]) -> str:
    whole = found[1] + found[2]
    parts_known = bare(found[1]) in words and bare(found[2]) in words
    return whole if bare(whole) in words and not parts_known else found[0]


def _word(spelt: str, words: frozenset[str]) -> str:
    whole = spelt.replace(" ", "")
    return whole if bare(whole) in words else spelt


def _letters(word: str, words: frozenset[str]) -> str:
    plain = word.lower().translate(_LIKE)
    return plain if bare(plain) in words else word
