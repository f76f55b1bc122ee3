"""Does a message look like a scam, and what shows it. Structure and words; nothing is fetched.

What to look for and how to say it is content (guides/scam.yaml, guides/official.yaml).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.disguise import unveiled
from bot.core.hosts import Hosts, Link, Odd, files, is_official, links, oddities, without_links
from bot.core.intents import Understanding, guess
from bot.core.phrases import Found, Phrases, find, is_accented, spoken_words

ENOUGH = 2  # weight of signs from which a message is called a scam
# Lists that are no sign themselves: what turns a demand into advice, and who is heard advising.
_DENIALS, _RESUMING, _HARMLESS = "denials", "resuming", "harmless"
_WARNINGS, _CALMING, _OFFERING = "warnings", "calming", "offering"
_FEWEST_WORDS = 6
_COMMA = " §comma "
_BANK = {"banks", "banking"}
_DENIED_BEFORE = 4
_DIVERTING = re.compile(r"\*{1,2}(?:21|61|62|67|002|004)\*")
_BETWEEN = re.compile(r",(?!\d)")
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+|\n")


class Verdict(StrEnum):
    SCAM = "scam"
    OFFICIAL = "official"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """Seen when all lists of one of the ways stand within so many words of one sentence.

    A `kept` sign is seen behind a denial too; a `mild` one may stand beside official links.
    """

    id: str
    weight: int
    says: str
    ways: tuple[tuple[str, ...], ...]
    within: int
    kept: bool
    mild: bool


@dataclass(frozen=True, slots=True)
class Sounding:
    """What scams sound like, learnt from messages; from which shares on it counts how much."""

    understanding: Understanding
    sign: Sign
    heavy_sign: Sign
    light: float
    heavy: float


@dataclass(frozen=True, slots=True)
class Loss:
    """How people tell that they were just cheated, and the first step of what to do then.

    `sure` is one whatever else is said; `likely` only in a text about nothing else.
    """

    sure: Sign
    likely: Sign
    guide: str
    step: str


@dataclass(frozen=True, slots=True)
class Scams:
    """Everything the check knows."""

    signs: tuple[Sign, ...]
    loss: Loss
    odd: Mapping[Odd, Sign]
    phrases: Phrases
    sounding: Sounding
    hosts: Hosts


@dataclass(frozen=True, slots=True)
class Check:
    """`official` holds the links that lead to listed hosts."""

    verdict: Verdict
    signs: tuple[Sign, ...]
    links: tuple[Link, ...]
    official: tuple[Link, ...]


def check(text: str, scams: Scams) -> Check:
    plain = unveiled(text, scams.phrases.words, scams.hosts.endings)
    found = links(plain, scams.hosts)
    sentences = _read(plain, scams)
    lists = {place.list for places in sentences for place in places}
    signs = [*_structure(plain, found, lists, scams)]
    if _WARNINGS not in lists:
        signs += _wording(sentences, scams)
        signs += [] if _forbids(sentences, scams) else _sound(plain, scams)
    official = tuple(link for link in found if is_official(link.host, scams.hosts))
    weight = sum(sign.weight for sign in signs)
    if _CALMING in lists and scams.sounding.sign.id not in {sign.id for sign in signs}:
        weight -= 1
    verdict = Verdict.UNKNOWN
    if weight >= ENOUGH:
        verdict = Verdict.SCAM
    elif official and len(official) == len(found) and all(sign.mild for sign in signs):
        verdict = Verdict.OFFICIAL
    return Check(verdict, tuple(signs), tuple(found), official)


def loss(text: str, scams: Scams) -> Sign | None:
    """What shows that its writer was just cheated; advice and offers to help are not that."""
    sentences = _read(unveiled(text, scams.phrases.words, scams.hosts.endings), scams)
    lists = {place.list for places in sentences for place in places}
    if _WARNINGS in lists or _OFFERING in lists:
        return None
    told = (one for one in (scams.loss.sure, scams.loss.likely) if _seen(one, sentences))
    return next(told, None)


def _read(text: str, scams: Scams) -> list[list[Found]]:
    """The phrases of each sentence."""
    accented = is_accented(text)
    sentences = _SENTENCE.split(_BETWEEN.sub(_COMMA, text))
    words = (spoken_words(one, scams.sounding.understanding.spelling) for one in sentences)
    return [_telling(find(one, scams.phrases, accented=accented)) for one in words]


def _telling(places: Sequence[Found]) -> list[Found]:
    """Without the words that are part of a harmless phrase: "enter" in "enter school"."""
    harmless = [place for place in places if place.list == _HARMLESS]
    return [
        place
        for place in places
        if not any(place.start < one.end and one.start < place.end for one in harmless)
    ]


def _structure(text: str, found: Sequence[Link], lists: set[str], scams: Scams) -> Iterator[Sign]:
    kinds = dict.fromkeys(kind for link in found for kind in oddities(link, scams.hosts))
    if files(text):
        kinds[Odd.APK] = None
    if found and lists >= _BANK:
        kinds[Odd.BANK] = None
    if _DIVERTING.search(text):
        kinds[Odd.DIVERT] = None
    yield from (scams.odd[kind] for kind in kinds)


def _sound(text: str, scams: Scams) -> Iterator[Sign]:
    """Of the words alone: links are judged by their structure."""
    sounding, words = scams.sounding, without_links(text, scams.hosts)
    if len(words.split()) < _FEWEST_WORDS:
        return
    heard = guess(words, sounding.understanding)
    share = heard.share if heard.label == Verdict.SCAM else 0.0
    if share >= sounding.heavy:
        yield sounding.heavy_sign
    elif share >= sounding.light:
        yield sounding.sign


def _wording(sentences: Sequence[Sequence[Found]], scams: Scams) -> Iterator[Sign]:
    yield from (sign for sign in scams.signs if _seen(sign, sentences))


def _seen(sign: Sign, sentences: Sequence[Sequence[Found]]) -> bool:
    return any(_shows(sign, way, places) for way in sign.ways for places in sentences)


def _forbids(sentences: Sequence[Sequence[Found]], scams: Scams) -> bool:
    """Whether a demand is named only to say that it must not be followed."""
    return any(
        not _shows(sign, way, places) and _shows(replace(sign, kept=True), way, places)
        for sign in scams.signs
        if sign.weight >= ENOUGH
        for way in sign.ways
        for places in sentences
    )


def _shows(sign: Sign, way: Sequence[str], places: Sequence[Found]) -> bool:
    first, *others = way
    for place in places:
        if place.list != first or (not sign.kept and _denied(place, places)):
            continue
        if all(_near(place, other, sign.within, places) for other in others):
            return True
    return False


def _denied(place: Found, places: Sequence[Found]) -> bool:
    denial = max(
        (one.end for one in places if one.list == _DENIALS and one.end <= place.start), default=-99
    )
    resumed = any(
        one.list == _RESUMING and denial <= one.start and one.end <= place.start for one in places
    )
    return place.start - denial <= _DENIED_BEFORE and not resumed


def _near(place: Found, name: str, within: int, places: Sequence[Found]) -> bool:
    return any(
        one.list == name
        and max(place.end, one.end) - min(place.start, one.start) <= within
        and (one.start >= place.end or one.end <= place.start)
        for one in places
    )
