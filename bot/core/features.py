"""From a text to the numbers of its features, alike in training and at run time.

Knows spelling only; which features speak for which label is learnt (see training/).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from bot.core.text import bare, tidy

BUCKETS = 1 << 16  # the lower half for words, the upper half for pieces of words
_HALF = BUCKETS // 2
_SHORTEST, _LONGEST = 2, 5
_MARKS = (
    (re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}/\S*"), " §link "),
    (re.compile(r"\b[\w.-]+\.apk\b"), " §apk "),
    (re.compile(r"\b(?:[a-z0-9-]+\.)+[a-z]{2,8}\b"), " §host "),
    (re.compile(r"[\"“”«»]"), " §quote "),
    (re.compile(r"(?<!\d)(?:0|\+?84|1[89]00)[\d.]{6,10}(?!\d)"), " §phone "),
    (re.compile(r"\d+"), "0"),
    (re.compile(r"([^\W\d])\1{2,}"), r"\1"),
)
_PARTS = re.compile(r"§[a-z]+|\w+|[?!]")


def canonical(text: str, spelling: Mapping[str, str]) -> list[str]:
    """Lower case words, spelt out, with a mark for each link, file, number and quotation.

    `spelling` tells what a short or southern word stands for, which may be several words.
    """
    shaped = tidy(text).casefold()
    for pattern, mark in _MARKS:
        shaped = pattern.sub(mark, shaped)
    spelt = (spelling.get(part, part) for part in _PARTS.findall(shaped))
    return " ".join(spelt).split()


@lru_cache(maxsize=8192)
def _bucket(feature: str) -> int:
    return crc32(feature.encode()) % _HALF


@lru_cache(maxsize=8192)
def _pieces(word: str) -> tuple[int, ...]:
    framed = f"<{word}>"
    return tuple(
        _HALF + _bucket(framed[start : start + length])
        for length in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(framed) - length + 1)
    )


def _word_features(words: Sequence[str], plain: Sequence[str]) -> Iterator[int]:
    for word, without in zip(words, plain, strict=True):
        yield _bucket(f"w {without}")
        if word != without:
            yield _bucket(f"a {word}")
    edged, written = ["^", *plain, "$"], ["^", *words, "$"]
    for (left, right), pair in zip(pairwise(edged), pairwise(written), strict=True):
        yield _bucket(f"b {left} {right}")
        if pair != (left, right):
            yield _bucket(f"c {pair[0]} {pair[1]}")
    for left, right in zip(plain, plain[2:], strict=False):
        yield _bucket(f"s {left} {right}")


def features(text: str, spelling: Mapping[str, str]) -> frozenset[int]:
    """Each bucket at most once, so that repeating oneself adds nothing."""
    words = canonical(text, spelling)
    plain = [bare(word) for word in words]
    found = set(_word_features(words, plain))
    for word in plain:
        found.update(_pieces(word))
    return frozenset(found)
