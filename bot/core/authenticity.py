"""Is this text one of ours, and is it unchanged? Pure; the words of answers are content.

Spelling that means nothing is taken away on both sides: accents left out, spaces, line breaks,
punctuation, invisible signs, decomposed letters, case. What remains of the received text must
stand in an original as one piece. Links, handles and decimal numbers must keep their
punctuation too, and no number or link may be cut through.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from bot.core.announcement import ALPHABET, CODE_LENGTH, Kind
from bot.core.text import bare, may_mean, words

_SHORTEST = 24  # signs without spaces; less could stand in any text
_RELATED = 0.3  # share of three-word runs that must be shared to speak of a changed copy
_RUN, _FEWEST_RUNS = 3, 2
_LONGEST_PIECE = 60
_ODD = re.compile("[\u034f\u180e\ufe00-\ufe0f]|[\U000e0000-\U000e0fff]")
_NUMBER = re.compile(r"\d+(?:[ .,\-/:\u00a0]\d+)*")
_DECIMAL = re.compile(r"(?<![\d.,])\d{1,3},\d{1,2}(?![\d.,]*\d)")
_LINK = re.compile(
    r"(?:[a-z]+://|www\.)[^\s<>()\[\]\"]+"
    r"|[a-z0-9][\w.-]*@[a-z0-9.-]+\.[a-z]{2,}"
    r"|(?<!\w)@\w{3,}"
    r"|(?<![\w.])[a-z0-9](?:[a-z0-9-]*\.)+(?:vn|com|net|org|info|gov|edu|io|me|cc|ly|link|app|xyz"
    r"|top|site|online|shop|vip|club|live|pro|asia|tk|ml|gl|page|store|biz|mobi|us|cn|ru)"
    r"(?![\w.]*\w)(?:[/?#:][^\s<>()\[\]\"]*)?",
    re.IGNORECASE | re.ASCII,
)
_END = re.compile(r"[\W_]+$")
_CODE = re.compile(rf"(?<![0-9A-Za-z])[{ALPHABET}]{{{CODE_LENGTH}}}(?![0-9A-Za-z])")


class Finding(StrEnum):
    """Never "safe": only whether the words are ours."""

    TRUE = "true"
    CORRECTED = "corrected"  # was ours, a newer one stands in its place
    WITHDRAWN = "withdrawn"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Original:
    """A text as it was sent. `later` is what took its place: kind and number, if any."""

    number: str
    code: str
    day: str
    text: str
    later: tuple[Kind, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`ours` and `theirs` are the first place that differs; `part` when only a part was shown."""

    finding: Finding
    original: Original | None = None
    ours: str = ""
    theirs: str = ""
    part: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """A text reduced to what counts. `places` leads from the stream back into `clean`."""

    clean: str
    stream: str
    places: tuple[int, ...]

    @property
    def squeezed(self) -> str:
        return "".join(self.clean.split())


@lru_cache(maxsize=1024)
def _shape(text: str) -> _Shape:
    kept = _ODD.sub("", unicodedata.normalize("NFKC", text))
    clean = "".join(
        sign
        for sign in kept
        if unicodedata.category(sign) not in ("Cf", "Cc", "Co") or sign in "\n\t"
    )
    signs, places = [], []
    for place, sign in enumerate(clean):
        if sign.isalnum():
            for one in _plain(sign):
                signs.append(one)
                places.append(place)
    return _Shape(clean, "".join(signs), tuple(places))


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    return "".join(one for one in bare(sign.casefold()) if one.isalnum())


def check(text: str, originals: Sequence[Original]) -> Answer:
    """`originals` newest first: of two equal texts the newer counts."""
    shape = _shape(text)
    if len(shape.stream) >= _SHORTEST:
        for original in originals:
            start = _shape(original.text).stream.find(shape.stream)
            if start >= 0:
                return _found(shape, original, start)
    return _compared(text, shape, originals)


def _found(shape: _Shape, original: Original, start: int) -> Answer:
    ours = _shape(original.text)
    end = start + len(shape.stream)
    if odd := _cut(ours, start, end) or _bent(shape, ours, start, end) or _accent(shape, ours):
        return Answer(Finding.DIFFERENT, original, *odd)
    part = (start, end) != (0, len(ours.stream))
    return Answer(_standing(original), original, part=part)


def _standing(original: Original) -> Finding:
    if original.later is None:
        return Finding.TRUE
    return Finding.WITHDRAWN if original.later[0] is Kind.CANCEL else Finding.CORRECTED


def _cut(ours: _Shape, start: int, end: int) -> tuple[str, str] | None:
    """A number or link that the received text holds only a part of."""
    first, last = ours.places[start], ours.places[end - 1]
    for found in (*_NUMBER.finditer(ours.clean), *_LINK.finditer(ours.clean)):
        begins, ends = found.start() < first < found.end(), found.start() <= last
        if begins or (ends and last + 1 < _solid_end(found)):
            shown = ours.clean[max(first, found.start()) : min(last + 1, found.end())]
            return found[0], shown
    return None


def _solid_end(found: "re.Match[str]") -> int:
    return found.end() - (len(found[0]) - len(_trimmed(found[0])))


def _trimmed(piece: str) -> str:
    return _END.sub("", piece)


def _pieces(text: str) -> list[str]:
    """What must keep its punctuation: links, addresses, handles, decimal numbers."""
    links = [_canonical(_trimmed(one)) for one in _LINK.findall(text)]
    return links + _DECIMAL.findall(text)


def _canonical(link: str) -> str:
    """A path's capitals count, a host's do not."""
    scheme, sign, rest = link.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{sign}{host.lower()}{slash}{path}"


def _hosts_lower(squeezed: str) -> str:
    return _LINK.sub(lambda found: _canonical(found[0]), squeezed)


def _bent(shape: _Shape, ours: _Shape, start: int, end: int) -> tuple[str, str] | None:
    """A link whose dots or strokes were moved, or words that were made into a link."""
    window = ours.clean[ours.places[start] : ours.places[end - 1] + 1]
    for text, other, swap in ((window, shape, False), (shape.clean, ours, True)):
        squeezed = _hosts_lower(other.squeezed)
        for piece in _pieces(text):
            if piece not in squeezed and piece not in other.squeezed.casefold():
                return ("", piece) if swap else (piece, "")
    return None


def _accent(shape: _Shape, ours: _Shape) -> tuple[str, str] | None:
    """A word with other accents than ours; left out is harmless. Compared where the words of
    both texts line up, which they do unless spaces were taken out; the first and last word may
    be cut."""
    theirs, kept = words(shape.clean), words(ours.clean)
    inner, flat = tuple(map(bare, theirs[1:-1])), tuple(map(bare, kept))
    place = next((one for one in range(len(flat)) if flat[one : one + len(inner)] == inner), None)
    if not inner or place is None:
        return None
    pairs = zip(kept[max(place - 1, 0) :], theirs[place == 0 :], strict=False)
    return next(((a, b) for a, b in pairs if bare(a) == bare(b) and not may_mean(b, a)), None)


def _compared(text: str, shape: _Shape, originals: Sequence[Original]) -> Answer:
    by_code = {original.code: original for original in originals}
    named = next((by_code[code] for code in _CODE.findall(shape.clean) if code in by_code), None)
    theirs = _runs(text) if len(shape.stream) >= _SHORTEST else frozenset()
    scored = [(_shared(theirs, _runs(one.text)), -place) for place, one in enumerate(originals)]
    best, place = max(scored, default=(0.0, 0))
    closest = originals[-place] if best >= _RELATED else None
    original = closest or named
    if original is None:
        return Answer(Finding.UNKNOWN)
    if len(shape.stream) < _SHORTEST:
        return Answer(_standing(original), original, part=True)
    return Answer(Finding.DIFFERENT, original, *_first_difference(original.text, text))


@lru_cache(maxsize=1024)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    plain = tuple(map(bare, words(_shape(text).clean)))
    return frozenset(plain[place : place + _RUN] for place in range(len(plain) - _RUN + 1))


def _shared(theirs: frozenset[tuple[str, ...]], ours: frozenset[tuple[str, ...]]) -> float:
    common = len(theirs & ours)
    return common / min(len(theirs), len(ours)) if common >= _FEWEST_RUNS else 0.0


def _first_difference(original: str, text: str) -> tuple[str, str]:
    """The first words that differ, ours and theirs; what merely was cut off comes last."""
    ours, theirs = _shape(original).clean.split(), _shape(text).clean.split()
    matcher = SequenceMatcher(
        None, [_plain_word(one) for one in ours], [_plain_word(one) for one in theirs], False
    )
    changes = [one for one in matcher.get_opcodes() if one[0] != "equal"]
    changes.sort(key=lambda one: (one[3] == one[4], one[3]))
    _, a, b, c, d = changes[0]
    return " ".join(ours[a:b])[:_LONGEST_PIECE], " ".join(theirs[c:d])[:_LONGEST_PIECE]


def _plain_word(word: str) -> str:
    return "".join(map(_plain, word)) or word
