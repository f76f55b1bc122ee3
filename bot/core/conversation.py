"""The conversation: state + event -> state + effects. Pure; every word comes from `Guides`."""

from typing import assert_never

from bot.core import asked, turns
from bot.core.effects import Effect, Purpose
from bot.core.events import ChoiceMade, Event, GuideStarted, MediaReceived, TextReceived
from bot.core.guide import Phrase, Word
from bot.core.listen import ALWAYS, Heard, hear_button, hear_inside, hear_text
from bot.core.prompts import prompt
from bot.core.state import Conversation, Guides, Waiting
from bot.core.turn import Turn

_CARDS = frozenset({"contact", "business_card"})
__all__ = ["Conversation", "advance", "withdraw"]


def advance(
    conversation: Conversation, event: Event, guides: Guides
) -> tuple[Conversation, tuple[Effect, ...]]:
    """One turn. Every event is answered: by what to say, or by acknowledging a repeated press."""
    turn = turns.on_known_ground(Turn(conversation, guides))
    match event:
        case GuideStarted(guide, lead=lead):
            turn = _led(turn, guide, lead) if lead else turns.start(turn, guide)
        case MediaReceived(kind, caption):
            turn = turn.lead(Phrase.CONTACT if kind in _CARDS else Phrase.MEDIA)
            turn = _said(turn, caption) if caption else turns.greeted(turn)
        case TextReceived():
            turn = _said(turn, event)
        case ChoiceMade():
            turn = _heard(turn, hear_button(event, turn.now, prompt(turn.now, guides).choices))
        case _:
            assert_never(event)
    return turn.end()


def withdraw(
    conversation: Conversation, purpose: Purpose, guides: Guides
) -> tuple[Conversation, tuple[Effect, ...]]:
    """One purpose only, asked elsewhere than in the conversation, which says nothing to it.
    Without leave to keep what is learnt nothing goes on."""
    turn = turns.consent(turns.on_known_ground(Turn(conversation, guides)), purpose, granted=False)
    if purpose is Purpose.GUIDES and turn.now.waiting_for is not Waiting.STOPPED:
        turn = turns.pause(turn).to(Waiting.DECLINED, None)
    return turn.now, turn.effects


def _led(turn: Turn, guide: str, lead: str) -> Turn:
    """By the team: who it is from comes first, but for the greeting, and a stop is kept."""
    if turn.now.waiting_for in (Waiting.STOPPED, Waiting.DECLINED):
        return turn.quiet()
    if turn.now.waiting_for is Waiting.NOTHING:
        return turns.start(turn, guide).say_first(lead)
    return turns.start(turn.say_first(lead), guide)


def _said(turn: Turn, said: TextReceived) -> Turn:
    if said.aside:
        return _said_aside(turn, said)
    if said.secrets:
        return asked.beside_a_secret(turn.lead(Phrase.SECRET), said)
    if said.forwarded:
        return asked.free(turn, said)
    if manner := turn.guides.manners.chosen(said.text, turn.guides.particles):
        return turns.speak(turn, manner)
    offered = prompt(turn.now, turn.guides).choices
    heard = hear_text(said.text, offered, turn.guides)
    return _heard(turn, heard) if heard.choice or heard.counted else asked.free(turn, said)


def _said_aside(turn: Turn, said: TextReceived) -> Turn:
    offered = prompt(turn.now, turn.guides).choices
    heard = hear_text(said.text, offered, turn.guides).choice
    meant = heard or hear_inside(said.text, offered, turn.guides)
    if meant in ALWAYS:
        return _heard(turn, Heard(meant))
    return asked.first_aid(turn) if asked.tells_of_a_loss(turn, said) else turn.quiet()


def _heard(turn: Turn, heard: Heard) -> Turn:
    if heard.repeated:
        return turn.quiet()
    if heard.choice == Word.STOP:
        return turns.stop(turn)
    if turn.now.waiting_for is Waiting.NOTHING:
        return turns.greeted(asked.wished(turn, heard.choice))
    if heard.outdated:
        return turn.lead(Phrase.OLD_BUTTON)
    return asked.take(turn, heard.choice)
