"""Finding lists of phrases in a text, with accents or none. The lists are content."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.features import canonical
from bot.core.text import bare, may_mean, tone_last

_Phrase = tuple[str, ...]
_RARELY = 12  # signs of text for each accented letter, at most, where accents are used


@dataclass(frozen=True, slots=True)
class Found:
    """Words `start` up to `end` express a phrase of the list."""

    list: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrases:
    """All lists by the first word of their phrases, without accents."""

    by_word: Mapping[str, Sequence[tuple[_Phrase, str]]]
    words: frozenset[str]


def spoken_words(text: str, spelling: Mapping[str, str]) -> list[str]:
    """Spelt out, each with its tone mark at the end."""
    return [tone_last(word) for word in canonical(text, spelling)]


def compiled(lists: Mapping[str, Iterable[str]], spelling: Mapping[str, str]) -> Phrases:
    by_word: dict[str, list[tuple[_Phrase, str]]] = {}
    for name, phrases in lists.items():
        for phrase in phrases:
            words = tuple(spoken_words(phrase, spelling))
            by_word.setdefault(bare(words[0]), []).append((words, name))
    known = {bare(word) for all_of in by_word.values() for words, _ in all_of for word in words}
    return Phrases(by_word, frozenset(known))


def is_accented(text: str) -> bool:
    """Whether its writer uses accents, so that a word without any has none."""
    return sum(sign.isalpha() and not sign.isascii() for sign in text) * _RARELY > len(text)


def find(words: Sequence[str], phrases: Phrases, *, accented: bool) -> list[Found]:
    """`accented` texts are taken by their word; in others "cho" may be three words."""
    same = _written if accented else _same
    return [
        Found(name, start, start + len(phrase))
        for start, word in enumerate(words)
        for phrase, name in phrases.by_word.get(_bare(word), ())
        if _stands_at(words, phrase, start, same)
    ]


def _stands_at(
    words: Sequence[str], phrase: _Phrase, start: int, same: Callable[[str, str], bool]
) -> bool:
    part = words[start : start + len(phrase)]
    return len(part) == len(phrase) and all(map(same, part, phrase))


@lru_cache(maxsize=8192)
def _same(typed: str, word: str) -> bool:
    return may_mean(typed, word)


def _written(typed: str, word: str) -> bool:
    return typed == word or (typed != _bare(typed) and _same(typed, word))


@lru_cache(maxsize=8192)
def _bare(word: str) -> str:
    return bare(word)
