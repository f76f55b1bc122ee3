"""A resident's own data in the chat: seen, taken along, corrected, withdrawn, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.channels.base import packed
from bot.core.data_rights import CORRECT, DELETE, SEE, WITHDRAW
from bot.core.effects import Message, Purpose
from bot.core.events import ChoiceMade, TextReceived
from bot.core.guide import Choice, Word
from bot.core.hours import OfficeHours
from bot.core.rights import Actor
from bot.core.text import number
from bot.data_words import DataWords
from bot.desks import Answer, Heard, News
from bot.people_words import PeopleWords
from bot.seats import Question
from bot.services import help as service
from bot.services import own_data
from bot.services.own_data import Kept
from bot.shelf import Shelf
from bot.vault import Vault
from storage import calls, lanes, links, people
from storage.outbox import NewDelivery

PRESS = "dl-"
_EXPORT, _FIX, _ERASE, _SURE, _KEEP = "tai", "sua", "xoa", "chac", "giu"
_STOP = {f"thoi-{purpose.value}": purpose for purpose in Purpose}
_ASKED = {"mydata": "see", "export": "export", "fix": "fix", "forget": "erase"}
ABOUT = "data"


@dataclass(frozen=True, slots=True)
class _Here:
    connection: Connection
    heard: Heard
    actor: Actor

    @property
    def chat(self) -> str:
        return str(self.heard.received.address)


class DataDesk:
    def __init__(self, words: PeopleWords, shelf: Shelf, vault: Vault, hours: OfficeHours) -> None:
        self._words, self._shelf = words, shelf
        self._vault, self._hours = vault, hours
        self._shown = DataWords(words, hours.zone)

    def hear(self, connection: Connection, heard: Heard) -> Answer | None:
        wanted = self._wanted(heard)
        if not wanted:
            return None
        actor = own_data.oneself(heard.person, heard.received.address)
        here = _Here(connection, heard, actor)
        match wanted:
            case "see":
                return self._see(here)
            case "export":
                return self._export(here)
            case "fix":
                return self._fix(here)
            case "erase":
                return self._ask(here, "data.sure", self.sure())
            case "sure":
                return self._erase(here)
            case "keep":
                return self._answer(here, "data.kept")
        return self._withdraw(here, Purpose(wanted))

    def _wanted(self, heard: Heard) -> str:
        match heard.received.event:
            case ChoiceMade(choice):
                return _pressed(choice)
            case TextReceived(text, secrets, aside) if not secrets and not aside:
                if asked := self._words.asked(text.partition(":")[0]):
                    return _ASKED.get(asked, "") if asked == "fix" or ":" not in text else ""
                return _pressed(self._answered(heard, text))
        return ""

    def _answered(self, heard: Heard, text: str) -> str:
        question, guides = heard.question, self._shelf.guides
        if question is None or question.about != ABOUT:
            return ""
        place = number(text, guides.prefixes, guides.numbers)
        return question.offered[place - 1] if 0 < place <= len(question.offered) else ""

    def _see(self, here: _Here) -> Answer:
        kept = self._kept(here)
        self._clock(here, SEE)
        who, what = self._shown.lines(kept, self._shelf.guides)
        asked = self._ask(here, "data.what_next", self._choices(kept))
        messages = [Message(who), Message(what), *asked.messages]
        return Answer(messages, asked.press, settles=True)

    def _choices(self, kept: Kept) -> Sequence[Choice]:
        stops = [key for key, purpose in _STOP.items() if _agrees(kept, purpose)]
        keys = [*stops, _FIX, _EXPORT, _ERASE]
        return [self._choice(key) for key in keys]

    def _choice(self, key: str) -> Choice:
        return Choice(f"{PRESS}{key}", self._words.say(f"data.buttons.{key}"))

    def sure(self) -> Sequence[Choice]:
        """Keeping comes first: whoever types "1" without reading loses nothing."""
        return [self._choice(_KEEP), self._choice(_SURE)]

    def _export(self, here: _Here) -> Answer:
        self._clock(here, SEE)
        lines = self._shown.everything(self._kept(here), self._shelf.guides)
        return Answer([Message(lines)], here.heard.received.press)

    def _kept(self, here: _Here) -> Kept:
        person = here.heard.person
        return own_data.see(
            here.connection, here.actor, here.heard.now, self._vault, person, here.chat
        )

    def _fix(self, here: _Here) -> Answer:
        """Somebody of the team writes it down: a call that says what about, with the words that
        stand behind a colon."""
        self._clock(here, CORRECT)
        seat = {"address": here.chat, "person": here.heard.person}
        calls.call(here.connection, [{**seat, "guide": "", "item": CORRECT}], here.heard.now)
        if not (words := _behind(here.heard)):
            return self._answer(here, "data.fix")
        service.told(here.connection, here.heard.now, here.chat, here.heard.person, words)
        return self._answer(here, "data.fix_said")

    def _withdraw(self, here: _Here, purpose: Purpose) -> Answer:
        self._clock(here, WITHDRAW)
        said = Message(self._words.say(f"data.withdrawn.{purpose}"))
        press = here.heard.received.press
        return Answer([said], press, settles=True, withdrawn=purpose)

    def _erase(self, here: _Here) -> Answer:
        """The clerk does it at once, when nothing else of this chat is being written."""
        self._clock(here, DELETE)
        return self._answer(here, "data.erasing")

    def _clock(self, here: _Here, kind: str) -> None:
        address = here.heard.received.address
        own_data.ask(here.connection, here.actor, here.heard.now, self._hours, kind, address)

    def _ask(self, here: _Here, key: str, choices: Sequence[Choice]) -> Answer:
        people.see(
            here.connection, {here.chat: here.heard.received.address.channel}, here.heard.now
        )
        message = self.asking(
            here.connection, here.chat, here.heard.now, self._words.say(key), choices
        )
        return Answer([message], here.heard.received.press, settles=True)

    @staticmethod
    def asking(
        connection: Connection, chat: str, now: int, text: str, choices: Sequence[Choice]
    ) -> Message:
        question = Question(ABOUT, now, [one.id for one in choices])
        links.ask(connection, chat, question.content())
        return Message(text, tuple(choices))

    def _answer(self, here: _Here, key: str) -> Answer:
        links.ask(here.connection, here.chat, "")
        text = self._words.say(key)
        return Answer([Message(text)], here.heard.received.press, settles=True)


def _behind(heard: Heard) -> str:
    """What is wrong, in the words of whoever has it put right; empty for a button."""
    event = heard.received.event
    said = event.text.partition(":")[2] if isinstance(event, TextReceived) else ""
    return said.strip()[: service.LONGEST]


def _agrees(kept: Kept, purpose: Purpose) -> bool:
    last = kept.agreed(purpose)
    return bool(last and last["granted"])


def _pressed(choice: str) -> str:
    """What a button stands for; the conversation's own word for it asks first."""
    if choice == Word.FORGET:
        return "erase"
    key = choice.removeprefix(PRESS)
    if not choice.startswith(PRESS):
        return ""
    if key in _STOP:
        return _STOP[key].value
    known = {_EXPORT: "export", _FIX: "fix", _ERASE: "erase", _SURE: "sure", _KEEP: "keep"}
    return known.get(key, "")


class DataWatcher:
    """Who asked for it in a sentence of their own is asked whether they are sure."""

    def __init__(self, words: PeopleWords, desk: DataDesk) -> None:
        self._words, self._desk = words, desk

    def after(self, connection: Connection, news: News) -> Sequence[NewDelivery]:
        asked = {str(one["address"]): one for one in news.calls if one["item"] == Word.FORGET}
        return [self._sure(connection, chat, news.now) for chat in asked]

    def _sure(self, connection: Connection, chat: str, now: int) -> NewDelivery:
        text = self._words.say("data.sure")
        message = self._desk.asking(connection, chat, now, text, self._desk.sure())
        return NewDelivery("data", chat, packed(message), lanes.REPLY)
