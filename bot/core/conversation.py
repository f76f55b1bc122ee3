"""The conversation: state + event -> state + effects. Pure; every word comes from `Guides`."""

from typing import assert_never

from bot.core import turns
from bot.core.effects import Effect
from bot.core.events import ChoiceMade, Event, GuideStarted, MediaReceived, TextReceived
from bot.core.guide import Phrase, Word
from bot.core.listen import ALWAYS, Heard, hear_button, hear_text
from bot.core.prompts import prompt
from bot.core.state import Conversation, Guides, Waiting
from bot.core.turn import Turn

__all__ = ["Conversation", "advance"]


def advance(
    conversation: Conversation, event: Event, guides: Guides
) -> tuple[Conversation, tuple[Effect, ...]]:
    """One turn. Every event is answered: by what to say, or by acknowledging a repeated press."""
    turn = turns.on_known_ground(Turn(conversation, guides))
    match event:
        case GuideStarted(guide):
            turn = turns.start(turn, guide)
        case MediaReceived():
            turn = turns.greeted(turn.lead(Phrase.MEDIA))
        case TextReceived(text, secrets=secrets) if secrets:
            turn = turns.greeted(turn.lead(Phrase.SECRET))
        case TextReceived(text, aside=True):
            turn = _said_aside(turn, text)
        case TextReceived(text):
            turn = _said(turn, text)
        case ChoiceMade():
            turn = _heard(turn, hear_button(event, turn.now, prompt(turn.now, guides).choices))
        case _:
            assert_never(event)
    return turn.end()


def _said(turn: Turn, text: str) -> Turn:
    if manner := turn.guides.manners.chosen(text, turn.guides.particles):
        return turns.speak(turn, manner)
    return _heard(turn, _meant(turn, text))


def _said_aside(turn: Turn, text: str) -> Turn:
    heard = _meant(turn, text)
    return _heard(turn, heard) if heard.choice in ALWAYS else turn.quiet()


def _meant(turn: Turn, text: str) -> Heard:
    return hear_text(text, prompt(turn.now, turn.guides).choices, turn.guides)


def _heard(turn: Turn, heard: Heard) -> Turn:
    if heard.repeated:
        return turn.quiet()
    if heard.choice == Word.STOP:
        return turns.stop(turn)
    if turn.now.waiting_for is Waiting.NOTHING:
        return turns.greeted(turn)
    if heard.outdated:
        return turn.lead(Phrase.OLD_BUTTON)
    return turns.take(turn, heard.choice)
