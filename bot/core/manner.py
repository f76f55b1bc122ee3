"""How a resident is spoken to. Texts are written with one pair of words for "you" and "me";
this says them with the pair a resident chose. Which words exist is content."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.core.text import Option, bare, meaning, words

_LONGEST_REQUEST = 8


@dataclass(frozen=True, slots=True)
class Manner:
    you: str
    me: str


@dataclass(frozen=True, slots=True)
class Manners:
    """`kept` are expressions in which a written word means something else ("bác sĩ").

    `requests` are ways of choosing, with {you} where the word for the resident stands.
    """

    written: Manner
    pairs: Mapping[str, Manner]
    kept: tuple[str, ...]
    requests: tuple[str, ...]

    def say(self, text: str, manner: str) -> str:
        """The text with the words of a pair; as written for an unknown one."""
        chosen = self.pairs.get(manner, self.written)
        if chosen == self.written:
            return text
        said = {self.written.you: chosen.you, self.written.me: chosen.me}

        def swap(match: re.Match[str]) -> str:
            return _cased(said[match["word"].lower()], match[0]) if match["word"] else match[0]

        return _pattern(self.written, self.kept).sub(swap, text)

    def chosen(self, text: str, particles: frozenset[str]) -> str:
        """The pair a resident asks for, or an empty string."""
        typed = words(text)
        if len(typed) > _LONGEST_REQUEST:
            return ""
        options = [
            Option(key, tuple(one.format(you=pair.you) for one in self.requests), whole=True)
            for key, pair in self.pairs.items()
        ]
        return next(filter(None, (meaning(part, options) for part in _cores(typed, particles))), "")


@lru_cache
def _pattern(written: Manner, kept: tuple[str, ...]) -> re.Pattern[str]:
    known = "|".join(map(re.escape, kept))
    return re.compile(
        rf"(?<!\w)(?:(?:{known})|(?P<word>{written.you}|{written.me}))(?!\w)", re.IGNORECASE
    )


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word


def _cores(typed: tuple[str, ...], particles: frozenset[str]) -> Iterator[str]:
    """The text without particles at its beginning and end, longest first."""
    plain = {bare(word) for word in particles}
    idle = [bare(word) in plain for word in typed]
    for start in range(len(typed)):
        for end in range(len(typed), start, -1):
            if all(idle[:start]) and all(idle[end:]):
                yield " ".join(typed[start:end])
