"""Vietnamese spelling: a syllable is onset + rhyme + tone, each from a small closed table.

The tables, foreign words and usual mistakes are in guides/wording.yaml.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.content_files import Finding
from bot.core.text import bare
from bot.guide_checks.passages import SENTENCE, Passage
from bot.guide_checks.rules import Rules, WordingFile

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SHARP_TONES = "\u0301\u0323"  # the only ones a syllable ending in c, ch, p or t can have
_WORD = re.compile(r"[^\W\d_]+")
_NOT_WORDS = re.compile(r"\S*\w\.[a-z]{2,}\S*|\{[a-z]+\}", re.IGNORECASE)
_FRONT = "ieêy"
_FEWEST_WORDS = 4  # of a sentence written without any accent
_LONGEST_RUN = 6  # of words that happen to have none, inside of an accented sentence


def check_spelling(passage: Passage, rules: Rules) -> Iterator[Finding]:
    text = _NOT_WORDS.sub(lambda found: " " * len(found[0]), passage.text)
    wrong = [found for found in _WORD.finditer(text) if not _known(found[0], rules)]
    for found in wrong:
        yield passage.finding("spelling", found.start(), detail=found[0])
    yield from _usual_mistakes(passage, text, rules.wording)
    if not wrong:
        yield from _without_accents(passage, text, rules)


def _known(word: str, rules: Rules) -> bool:
    return len(word) == 1 or word in rules.foreign or is_syllable(word, rules)


def is_syllable(word: str, rules: Rules) -> bool:
    letters, tone = _apart(word.lower())
    return any(
        _fits(letters, onset, rules.rhymes) and _sounds(letters, tone)
        for onset in ("", *rules.wording.onsets)
        if letters.startswith(onset)
    )


@lru_cache(maxsize=8192)
def _apart(word: str) -> tuple[str, str]:
    """The letters without their tone, and the tones found."""
    signs = unicodedata.normalize("NFD", word)
    tone = "".join(sign for sign in signs if sign in _TONES)
    letters = "".join(sign for sign in signs if sign not in _TONES)
    return unicodedata.normalize("NFC", letters), tone


def _sounds(letters: str, tone: str) -> bool:
    if letters.endswith(("c", "ch", "p", "t")):
        return len(tone) == 1 and tone in _SHARP_TONES
    return len(tone) <= 1


def _fits(letters: str, onset: str, rhymes: frozenset[str]) -> bool:
    rhyme = letters[len(onset) :]
    match onset:
        case "gi":
            return rhyme in rhymes and rhyme[0] not in "iy"
        case "g" if rhyme.startswith("i"):
            return rhyme in rhymes
        case "qu":
            return (rhyme in rhymes and rhyme[0] not in "ouưô") or f"u{rhyme}" in rhymes
        case "k" | "gh" | "ngh":
            return rhyme in rhymes and rhyme[0] in _FRONT
        case "c" | "g" | "ng":
            return rhyme in rhymes and rhyme[0] not in _FRONT
    return rhyme in rhymes


def _usual_mistakes(passage: Passage, text: str, wording: WordingFile) -> Iterator[Finding]:
    lowered = text.lower()
    for wrong, right in {**wording.misspelt, **wording.unaccented}.items():
        for found in re.finditer(rf"(?<!\w){re.escape(wrong)}(?!\w)", lowered):
            yield passage.finding("misspelt", found.start(), detail=wrong, right=right)


def _without_accents(passage: Passage, text: str, rules: Rules) -> Iterator[Finding]:
    """Unaccented words can each be a right syllable; a sentence or a long run of them is not."""
    for sentence in SENTENCE.finditer(text):
        words = [word.lower() for word in _WORD.findall(sentence[0]) if word not in rules.foreign]
        plain = ["x" if word == bare(word) else " " for word in words if len(word) > 1]
        longest = max(map(len, "".join(plain).split()), default=0)
        if longest >= _LONGEST_RUN or longest == len(plain) >= _FEWEST_WORDS:
            start = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
            yield passage.finding("unaccented", start, detail=sentence[0].strip())
