"""What a member typed, taken apart: household codes, phrases of the vocabulary, other words.

Pure; which words there are is content. Accents, strokes and signs between words do not matter.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.core.text import bare, words

# Phrases as bare words -> what they stand for; longer ones are looked for first.
Phrases = Mapping[tuple[str, ...], str]
_CODE = re.compile(r"h0*([1-9]\d{0,5})")
_NUMBER = re.compile(r"0*([1-9]\d{0,5})")
_SHORTEST, _ALIKE = 3, 75
_BEFORE_NUMBER = frozenset({"h", "ho"})


def tokens(text: str) -> tuple[str, ...]:
    return tuple(map(bare, words(text)))


def phrases(known: Mapping[str, Collection[str]]) -> Phrases:
    """From lists of phrases by meaning."""
    return {tokens(one): meaning for meaning, said in known.items() for one in said}


def code(number: int) -> str:
    """H12 and H012 are one household."""
    return f"H{number:03}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A part that was recognised, and what is left."""

    meaning: str
    rest: tuple[str, ...]


def taken(said: Sequence[str], known: Phrases) -> Taken | None:
    """The longest phrase the words begin with."""
    longest = max(map(len, known), default=0)
    for length in range(min(longest, len(said)), 0, -1):
        if meaning := known.get(tuple(said[:length])):
            return Taken(meaning, tuple(said[length:]))
    return None


def household(said: Sequence[str]) -> Taken | None:
    """A household's code the words begin with: "h12", "h 12", "ho 012"."""
    if said and (found := _CODE.fullmatch(said[0])):
        return Taken(code(int(found[1])), tuple(said[1:]))
    spaced = len(said) > 1 and said[0] in _BEFORE_NUMBER
    if spaced and (found := _NUMBER.fullmatch(said[1]) or _CODE.fullmatch(said[1])):
        return Taken(code(int(found[1])), tuple(said[2:]))
    return None


def picked(said: Sequence[str], known: Phrases) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the words mean wherever they stand, each once and in order, and what is left."""
    found: list[str] = []
    left: list[str] = []
    while said:
        if one := taken(said, known):
            found.append(one.meaning)
            said = one.rest
        else:
            left.append(said[0])
            said = said[1:]
    return tuple(dict.fromkeys(found)), tuple(left)


def guessed(left: Sequence[str], known: Phrases) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As `picked` for words with slips of the finger: a few letters may be wrong."""
    close = {"".join(phrase): meaning for phrase, meaning in known.items()}
    whole = "".join(left)
    if (near := _near(whole, close)) and left:
        return (near,), ()
    found = {word: near for word in left if (near := _near(word, close))}
    return tuple(dict.fromkeys(found.values())), tuple(one for one in left if one not in found)


def _near(word: str, close: Mapping[str, str]) -> str:
    if len(word) < _SHORTEST:
        return ""
    best = process.extractOne(word, close.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return close[best[0]] if best else ""


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it was typed. `verb` is empty when it begins with a household."""

    verb: str
    codes: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.rest)


def read(text: str, verbs: Phrases) -> Order | None:
    """None for anything that does not begin like a command."""
    said = tokens(text)
    if household(said):
        return _order("", said)
    if verb := taken(said, verbs):
        return _order(verb.meaning, verb.rest)
    return None


def _order(verb: str, said: Sequence[str]) -> Order:
    """Codes may stand anywhere."""
    codes: list[str] = []
    rest: list[str] = []
    while said:
        if found := household(said):
            codes.append(found.meaning)
            said = found.rest
        else:
            rest.append(said[0])
            said = said[1:]
    return Order(verb, tuple(dict.fromkeys(codes)), tuple(rest))
