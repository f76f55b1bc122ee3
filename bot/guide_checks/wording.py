"""How a text is written: its letters, its length, its sentences, one action for each step."""

import re
import unicodedata
from collections.abc import Iterator

from bot.content_files import Finding
from bot.core.turn import LONGEST_MESSAGE
from bot.guide_checks.passages import SENTENCE, Kind, Passage
from bot.guide_checks.rules import Rules, WordingFile

LONGEST_BUTTON = 30
_MOST_WORDS = 25
_MARKUP = re.compile(r"\*\*|__|\]\(|<[a-z/]|^#|`", re.MULTILINE)
_LETTERS = (
    frozenset("abcdefghijklmnopqrstuvwxyz")
    | frozenset(
        unicodedata.normalize("NFC", vowel + tone)
        for vowel in unicodedata.normalize(
            "NFC", "aa\u0306a\u0302ee\u0302ioo\u0302o\u031buu\u031by"
        )
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    | {"\u0111"}
)
_QUOTED = re.compile(r"“[^”]*”")
_SPOKEN = frozenset({Kind.STEP, Kind.SAFETY, Kind.ANSWER, Kind.QUESTION, Kind.MESSAGE})


def check_wording(passage: Passage, rules: Rules) -> Iterator[Finding]:
    yield from _letters(passage)
    yield from _length(passage, rules)
    if not passage.text:
        yield passage.finding("empty")
    if found := _MARKUP.search(passage.text):
        yield passage.finding("markup", found.start(), detail=found[0])
    yield from _places(passage, rules.wording)
    if passage.kind in _SPOKEN:
        yield from _long_sentences(passage)
    if passage.kind is Kind.STEP:
        yield from _one_action(passage, rules.wording)


def _places(passage: Passage, wording: WordingFile) -> Iterator[Finding]:
    known = "|".join(map(re.escape, wording.not_places))
    named = "|".join(map(re.escape, wording.places))
    pattern = rf"(?<!\w)(?:(?:{known})|(?P<place>{named}))(?!\w)"
    for found in re.finditer(pattern, passage.text, re.IGNORECASE):
        if found["place"]:
            yield passage.finding("place", found.start(), detail=found[0])


def _letters(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    if text != unicodedata.normalize("NFC", text):
        yield passage.finding("not_nfc")
        return
    for place, sign in enumerate(text):
        if _strange(sign):
            name = unicodedata.name(sign, f"U+{ord(sign):04X}")
            yield passage.finding("look_alike", place, detail=f"{sign} ({name})")


def _strange(sign: str) -> bool:
    """A letter of another alphabet, a digit in disguise, or a sign that cannot be seen."""
    if sign.isalpha():
        return sign.lower() not in _LETTERS
    return (unicodedata.category(sign) in ("Cf", "Cc", "Zl", "Zp") and sign != "\n") or (
        sign.isdigit() and not sign.isascii()
    )


def _length(passage: Passage, rules: Rules) -> Iterator[Finding]:
    """Of the longest form it can take, whoever is spoken to."""
    sent = passage.sent or passage.text
    longest = max(len(rules.guides.manners.say(sent, key)) for key in rules.guides.manners.pairs)
    if passage.kind in _SPOKEN and longest > LONGEST_MESSAGE:
        yield passage.finding(
            "too_long", start=passage.text[:20], length=longest, limit=LONGEST_MESSAGE
        )
    if passage.kind in (Kind.LABEL, Kind.WRONG) and longest > LONGEST_BUTTON:
        yield passage.finding(
            "button_long", detail=passage.text, length=longest, limit=LONGEST_BUTTON
        )


def _long_sentences(passage: Passage) -> Iterator[Finding]:
    for sentence in SENTENCE.finditer(passage.text):
        count = len(sentence[0].split())
        if count > _MOST_WORDS:
            start = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
            yield passage.finding(
                "sentence_long",
                start,
                warning=True,
                start=sentence[0].strip()[:30],
                length=count,
                limit=_MOST_WORDS,
            )


def _one_action(passage: Passage, wording: WordingFile) -> Iterator[Finding]:
    found = [
        verb for sentence in SENTENCE.findall(passage.text) for verb in _wanted(sentence, wording)
    ]
    if len(found) > 1:
        yield passage.finding("actions", detail=", ".join(found))


def _wanted(sentence: str, wording: WordingFile) -> list[str]:
    """The things a sentence asks to do now; typing or reading before a press is one with it."""
    leads = (*wording.typings, *wording.looks)
    verbs = _imperatives(
        _now(sentence, wording), [*wording.taps, *leads, *wording.actions], wording
    )
    return [
        verb
        for verb, before in zip(verbs, ["", *verbs], strict=False)
        if not (verb in wording.taps and before in leads)
    ]


def asks_to_tap(text: str, wording: WordingFile) -> bool:
    """Whether a step wants something pressed or typed on a screen, also on a condition."""
    verbs = [*wording.taps, *wording.typings]
    return any(
        _requests(_now(sentence, wording), verbs, wording) for sentence in SENTENCE.findall(text)
    )


def _now(sentence: str, wording: WordingFile) -> str:
    """Lower case, without quotations and without what is only meant for another time."""
    plain = _QUOTED.sub("“”", sentence).strip().lower()
    if plain.startswith(tuple(f"{start} " for start in wording.later)):
        return ""
    for phrase in wording.not_actions:
        plain = plain.replace(phrase, "")
    return plain


def _requests(plain: str, verbs: list[str], wording: WordingFile) -> list[re.Match[str]]:
    """Verbs that stand where a request stands, in order."""
    starts = "|".join(map(re.escape, wording.before))
    buttons = "|".join(map(re.escape, map(str.lower, wording.chat_buttons)))
    wanted = "|".join(map(re.escape, verbs))
    pattern = rf"(?:^|,\s*|(?<!\w)(?:{starts})\s+)(?P<verb>{wanted})(?!\w)(?!\s+(?:{buttons}))"
    return list(re.finditer(pattern, plain))


def _imperatives(plain: str, verbs: list[str], wording: WordingFile) -> list[str]:
    """Requests outside of conditions."""
    return [
        found["verb"]
        for found in _requests(plain, verbs, wording)
        if not re.search(r"(?<!\w)thì\s*$", plain[: found.start()])
    ]
