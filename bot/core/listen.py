"""What the resident means: event + what was asked -> the id of a choice or word.

Decides nothing about what follows; that is conversation.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.events import ChoiceMade
from bot.core.guide import Choice, Word
from bot.core.intents import Guess, guess
from bot.core.state import Conversation, Guides
from bot.core.text import Option, bare, inside_meaning, number, whole_meaning, words

# Honoured however old the button or late the text.
ALWAYS = frozenset({Word.PERSON, Word.STOP})
# Words that mean nothing unless they answer a question that offers them.
_ONLY_ASKED = frozenset({Word.STOP, Word.AGREE, Word.REFUSE, Word.OTHER})
# Words that are labels of intents too.
_INTENTS = (Word.STOP, Word.DONE, Word.STUCK, Word.PERSON)
_CHAT = "khac"
_CLAUSE = re.compile(r"[,.;!?\n]")


@dataclass(frozen=True, slots=True)
class Heard:
    """`choice` is empty when not understood; `counted` when a number was said."""

    choice: str = ""
    counted: bool = False
    repeated: bool = False
    outdated: bool = False


def _options(offered: Sequence[Choice], guides: Guides) -> list[Option]:
    stop = Option(Word.STOP, guides.spoken[Word.STOP].phrases, whole=True)
    asked = [Option(choice.id, (choice.label, *choice.words)) for choice in offered]
    always = [Option(word, guides.spoken[word].phrases) for word in Word if word not in _ONLY_ASKED]
    return [stop, *asked, *always]


def hear_text(text: str, offered: Sequence[Choice], guides: Guides) -> Heard:
    """Numbers count the offered choices from 1; words may be any choice or any word."""
    place = number(text, guides.prefixes, guides.numbers)
    if place:
        return Heard(offered[place - 1].id if place <= len(offered) else "", counted=True)
    return Heard(whole_meaning(text, _options(offered, guides), guides.particles))


def hear_inside(text: str, offered: Sequence[Choice], guides: Guides) -> str:
    """The choice or word that stands somewhere in a short text."""
    return inside_meaning(text, _options(offered, guides))


def hear_consent(text: str, offered: Sequence[Choice], guides: Guides) -> str:
    """As `hear_inside`, but a short "yes" or "no" among other words answers nothing, and
    nothing beside a denial is agreement."""
    longer = [
        Option(one.id, tuple(phrase for phrase in one.phrases if len(words(phrase)) > 1))
        for one in _options(offered, guides)
    ]
    heard = inside_meaning(text, longer)
    denials = {
        words(phrase)
        for word in (Word.REFUSE, Word.STUCK)
        for phrase in guides.spoken[word].phrases
    }
    denied = any((word,) in denials for word in words(text))
    return "" if heard == Word.AGREE and denied else heard


def hear_own(text: str, offered: Sequence[Choice]) -> str:
    """As `hear_inside`, of these choices alone."""
    return inside_meaning(text, [Option(one.id, (one.label, *one.words)) for one in offered])


def hear_button(press: ChoiceMade, now: Conversation, offered: Sequence[Choice]) -> Heard:
    """A press counts once: only for the question it was offered with."""
    if press.choice in ALWAYS:
        return Heard(press.choice)
    if press.turn == now.turn and any(choice.id == press.choice for choice in offered):
        return Heard(press.choice)
    if press.choice and (press.turn, press.choice) == (now.turn - 1, now.answered):
        return Heard(repeated=True)
    return Heard(outdated=True)


def intent(text: str, guides: Guides) -> Guess:
    """What a text is about when nothing was asked: a known word, or what was learnt."""
    stop, *others = (
        Option(word, guides.spoken[word].phrases, whole=word is Word.STOP) for word in _INTENTS
    )
    if known := whole_meaning(text, [stop, *others], guides.particles):
        return Guess(known, 1.0, _CHAT, 0.0)
    if any(_stops(clause, stop, guides) for clause in _CLAUSE.split(text)):
        return Guess(Word.STOP, 1.0, _CHAT, 0.0)
    if not words(text):
        return Guess(_CHAT, 1.0, Word.PERSON, 0.0)
    return guess(text, guides.understanding)


def _stops(clause: str, stop: Option, guides: Guides) -> bool:
    """A stop word with a reason before or after it; alone and unaccented it may be another."""
    sure = bare(clause) != clause.lower() or len(words(clause)) > 1
    return sure and bool(whole_meaning(clause, [stop], guides.particles))
