"""/thu-vien/…/thu: a draft as a chat. Every page plays it anew from the buttons in its
address, so nothing is kept, counted or sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import Response

from bot.core.conversation import advance
from bot.core.effects import CallTeam, Message, Say
from bot.core.events import ChoiceMade, Event, GuideStarted
from bot.core.guide import Choice, Guide
from bot.core.rights import Operation
from bot.core.state import Conversation, Guides, Waiting
from webhooks.console.editing import Pages
from webhooks.console.frame import Console, Visit
from webhooks.console.library import PATH

_MOST = 200  # buttons pressed
_FIRST = {Waiting.CONSENT: 0, Waiting.NEWS: -1}  # yes to guides, no to news: about neither here


@dataclass(frozen=True, slots=True)
class _Line:
    """A message, or (`pressed`) a button that was pressed; `calls` where a person would be."""

    message: Message | None = None
    pressed: str = ""
    calls: bool = False


class _Play:
    def __init__(self, guides: Guides) -> None:
        self._guides, self._state = guides, Conversation()
        self.lines: list[_Line] = []
        self.choices: Sequence[Choice] = ()

    def begin(self, guide: str) -> None:
        self._hear(GuideStarted(guide))
        while (place := _FIRST.get(self._state.waiting_for)) is not None:
            self.lines = []
            self._hear(self._chosen(self.choices[place]))

    def press(self, choice: str) -> bool:
        """False for a button that is not there."""
        found = next((one for one in self.choices if one.id == choice), None)
        if found:
            self.lines.append(_Line(pressed=found.label))
            self._hear(self._chosen(found))
        return found is not None

    def _chosen(self, choice: Choice) -> ChoiceMade:
        return ChoiceMade(choice.id, self._state.turn)

    def _hear(self, event: Event) -> None:
        self._state, effects = advance(self._state, event, self._guides)
        said = [one.message for one in effects if isinstance(one, Say)]
        self.lines += [_Line(one) for one in said]
        self.lines += [_Line(calls=True) for one in effects if isinstance(one, CallTeam)]
        self.choices = next((one.choices for one in reversed(said) if one.choices), self.choices)


class _Pages(Pages):
    async def play(self, visit: Visit) -> Response:
        guide = await self.guide(visit, Operation.SEE_GUIDES)
        seen, _ = await self.seen(visit)
        judged = await self.judged(guide.id, seen.texts, visit) if seen else None
        if judged is None or judged.guide is None:
            return visit.go(f"{PATH}/{guide.id}/ban-moi")
        play = _Play(self._with(judged.guide))
        play.begin(guide.id)
        pressed = []
        for choice in visit.request.query_params.getlist("bam")[:_MOST]:
            if not play.press(choice):
                break
            pressed.append(choice)
        return visit.show(
            "console/trying.html",
            guide=guide,
            lines=play.lines,
            choices=play.choices if len(pressed) < _MOST else (),
            pressed=pressed,
        )

    def _with(self, draft: Guide) -> Guides:
        """The draft in the place of what residents have."""
        guides, mine = self.shelf.guides, {draft.id: draft}
        return replace(
            guides,
            current={**guides.current, **(mine if draft.id in guides.current else {})},
            team={**guides.team, **(mine if draft.id in guides.team else {})},
            versions={**guides.versions, (draft.id, draft.revision): draft},
            expired=guides.expired - {draft.id},
        )


def add(console: Console) -> None:
    pages = _Pages(console)
    console.get(f"{PATH}/{{guide}}/thu", Operation.SEE_GUIDES)(pages.play)
