"""Reading what a resident typed: accents or none, NFC or NFD, numbers or words.

Knows spelling only. Which words mean what is content and comes from the caller.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Control characters but for line ends and tabs, then characters that show nothing.
_INVISIBLE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0f\ufeff]"
)
_NOT_WORDS = re.compile(r"[\W_]+")
_LONGEST_PHRASE = 8
_MOST_SIGNS = 4096
_Same = Callable[[tuple[str, ...], tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Option:
    """One possible meaning with the phrases that express it.

    `whole` options only match when they are all that was said.
    """

    id: str
    phrases: tuple[str, ...]
    whole: bool = False


def tidy(text: str) -> str:
    """NFC without invisible and control characters; line ends and emoji stay."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


class _Plain(dict[str, str]):
    """Signs met so far, lower case without accents: every text that comes in is looked at."""

    def __missing__(self, sign: str) -> str:
        if len(self) >= _MOST_SIGNS:
            self.clear()
        found = self[sign] = unicodedata.normalize("NFD", sign.lower())[0].replace("đ", "d")
        return found


_plain = _Plain().__getitem__


def flat(text: str) -> str:
    """Lower case without accents, sign for sign: places in it are places in the text."""
    return "".join(map(_plain, text))


def bare(text: str) -> str:
    """Lower case without any accent, for comparing."""
    kept = flat(unicodedata.normalize("NFC", text))
    return "".join(sign for sign in kept if not unicodedata.combining(sign))


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, lower case, each with its tone mark moved to the end.

    Moving the tone makes both spellings of words such as "hòa" and "hoà" equal.
    """
    lowered = _NOT_WORDS.sub(" ", tidy(text).casefold())
    return tuple(tone_last(word) for word in lowered.split())


def searchable(text: str) -> str:
    """The words without accents, each after a space: what is searched and compared."""
    return "".join(f" {bare(word)}" for word in words(text))


def tone_last(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tone = "".join(sign for sign in apart if sign in _TONES)
    letters = "".join(sign for sign in apart if sign not in _TONES)
    return unicodedata.normalize("NFC", letters) + tone


def may_mean(typed: str, word: str) -> bool:
    """True when `typed` is the word with some or all accents left out."""
    typed_letters, typed_tone = typed.rstrip(_TONES), typed[len(typed.rstrip(_TONES)) :]
    letters, tone = word.rstrip(_TONES), word[len(word.rstrip(_TONES)) :]
    if typed_tone not in ("", tone) or len(typed_letters) != len(letters):
        return False
    return all(a in (b, bare(b)) for a, b in zip(typed_letters, letters, strict=True))


def _phrase_at(typed: Sequence[str], phrase: Sequence[str], start: int) -> bool:
    part = typed[start : start + len(phrase)]
    return len(part) == len(phrase) and all(map(may_mean, part, phrase))


@lru_cache(maxsize=64)
def _all_bare(particles: frozenset[str]) -> frozenset[str]:
    return frozenset(map(bare, particles))


@lru_cache(maxsize=8192)
def _without_particles(typed: tuple[str, ...], particles: frozenset[str]) -> tuple[str, ...]:
    plain = _all_bare(particles)
    return tuple(word for word in typed if bare(word) not in plain) or typed


@lru_cache(maxsize=4096)
def _bare_words(typed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(bare, typed))


def _alike(typed: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return _bare_words(typed) == _bare_words(phrase)


def _exactly(typed: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return _phrase_at(typed, phrase, 0)


def _whole(
    typed: tuple[str, ...],
    options: Iterable[Option],
    same: _Same,
    left_out: frozenset[str] = frozenset(),
) -> str:
    for option in options:
        for said in map(words, option.phrases):
            phrase = _without_particles(said, left_out)
            if len(phrase) == len(typed) and same(typed, phrase):
                return option.id
    return ""


def longest_inside(typed: Sequence[str], options: Iterable[Option]) -> str:
    best, found = 0, ""
    for option in options:
        for phrase in map(words, option.phrases):
            inside = any(_phrase_at(typed, phrase, start) for start in range(len(typed)))
            if inside and len(phrase) > best:
                best, found = len(phrase), option.id
    return found


def whole_meaning(
    text: str, options: Sequence[Option], particles: frozenset[str] = frozenset()
) -> str:
    """The id of the option that is all the text says, or an empty string.

    Looks first for the same accents or fewer, then for other accents.
    """
    typed = words(text)
    short = _without_particles(typed, particles)
    for attempt in (typed, short):
        if found := _whole(attempt, options, _exactly):
            return found
    return _whole(short, options, _exactly, particles) or _whole(typed, _loose(options), _alike)


def _loose(options: Sequence[Option]) -> list[Option]:
    return [option for option in options if not option.whole]


def meaning(text: str, options: Sequence[Option], particles: frozenset[str] = frozenset()) -> str:
    """The id of the option that is the whole text or the longest phrase in a short one."""
    return whole_meaning(text, options, particles) or inside_meaning(text, options)


def inside_meaning(text: str, options: Sequence[Option]) -> str:
    """The id of the longest phrase in a text of a few words, or an empty string."""
    typed = words(text)
    return longest_inside(typed, _loose(options)) if len(typed) <= _LONGEST_PHRASE else ""


def number(text: str, prefixes: frozenset[str], names: Sequence[Sequence[str]]) -> int:
    """The number a text consists of (1 for the first), or 0."""
    typed = [word for word in map(bare, words(text)) if word not in prefixes]
    if len(typed) != 1:
        return 0
    if typed[0].isascii() and typed[0].isdigit():
        return int(typed[0][:4])
    return next((place for place, named in enumerate(names, 1) if typed[0] in named), 0)
