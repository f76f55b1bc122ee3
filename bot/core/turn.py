"""A turn in the making and what it says in the end. How answers move it is turns.py's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.effects import Acknowledge, Effect, Message, Outcome, RecordProgress, Say
from bot.core.guide import Phrase
from bot.core.prompts import prompt
from bot.core.state import Conversation, Guides, Run, Waiting

LONGEST_MESSAGE = 280


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in the making: the state so far, sentences to say first, and effects.

    `aloud`: the question is to be heard, so its recording stands in for its picture.
    """

    now: Conversation
    guides: Guides
    leads: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    answered: str = ""
    silent: bool = False
    aloud: bool = False

    def to(self, waiting_for: Waiting, run: Run | None) -> "Turn":
        return replace(self, now=replace(self.now, waiting_for=waiting_for, run=run))

    def lead(self, phrase: Phrase, **values: str) -> "Turn":
        return self.say_first(self.guides.phrases[phrase].format(**values))

    def say_first(self, text: str) -> "Turn":
        return replace(self, leads=(*self.leads, text))

    def record(self, effect: Effect) -> "Turn":
        return replace(self, effects=(*self.effects, effect))

    def progress(self, run: Run, item: str, outcome: Outcome) -> "Turn":
        return self.record(RecordProgress(run.guide, run.revision, item, outcome))

    def quiet(self) -> "Turn":
        return replace(self, silent=True)

    def end(self) -> tuple[Conversation, tuple[Effect, ...]]:
        if self.silent:
            return self.now, (*self.effects, Acknowledge())
        turn = self.now.turn + 1
        said = tuple(Say(message) for message in self._messages(turn))
        return replace(self.now, turn=turn, answered=self.answered), self.effects + said

    def _messages(self, turn: int) -> list[Message]:
        """A question with a picture stands alone, so that its caption is about the picture."""
        asked = self._asked(turn)
        leads = tuple(map(self._spoken, self.leads))
        if asked.picture:
            return [*map(Message, _together(leads)), asked]
        *first, last = _together((*leads, asked.text))
        return [*map(Message, first), replace(asked, text=last)]

    def _asked(self, turn: int) -> Message:
        asked = prompt(self.now, self.guides)
        choices = tuple(replace(one, label=self._spoken(one.label)) for one in asked.choices)
        text, picture = self._spoken(asked.text), None if self.aloud else asked.picture
        return replace(asked, text=text, choices=choices, turn=turn, picture=picture)

    def _spoken(self, text: str) -> str:
        return self.guides.manners.say(text, self.now.manner)


def _together(texts: Sequence[str]) -> list[str]:
    """Sentences share a message as long as it stays short."""
    shared = [""]
    for text in texts:
        joined = f"{shared[-1]}\n\n{text}".strip()
        if len(joined) <= LONGEST_MESSAGE:
            shared[-1] = joined
        else:
            shared.append(text)
    return [text for text in shared if text]
