"""What is said to people because of their guides, and to the members who began them. Words are
in guides/desk.yaml; to residents with the pair of words all texts are written in.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from bot.channels.base import packed
from bot.core.effects import Message
from bot.core.guide import Choice, Guide
from bot.core.reminding import Calendar
from bot.desk.ask import NO, USED, YES, button
from bot.desk.words import DeskWords
from bot.shelf import Shelf
from storage import lanes, links, persons
from storage.candidates import Candidate
from storage.outbox import NewDelivery
from storage.runs import Run
from storage.sequences import Kept


class Letters:
    def __init__(self, words: DeskWords, shelf: Shelf, calendar: Calendar) -> None:
        self._words, self._shelf, self._calendar = words, shelf, calendar

    def guide(self, guide: str) -> Guide | None:
        return self._shelf.guides.current.get(guide)

    def button_of(self, guide: str) -> str:
        found = self.guide(guide)
        return found.button if found else guide

    def leads(
        self, connection: Connection, given: Sequence[tuple[Kept, Run, Candidate]]
    ) -> dict[int, str]:
        """Run -> what comes before the guide: from whom it is and, on a phone of several people,
        for whom."""
        members = persons.get(connection, {run.started_by for _, run, _ in given})
        shared = self.shared(connection, {who.chat for _, _, who in given})
        said: dict[int, str] = {}
        for _, run, who in given:
            member = members.get(run.started_by)
            key = "lead_next" if run.place else "lead_start" if member else "lead_team"
            named = member.name if member else ""
            lead = self._words.say(key, member=named, guide=self.button_of(run.guide))
            said[run.id] = self.to(lead, who.name, shared=who.chat in shared)
        return said

    def shared(self, connection: Connection, chats: Collection[str]) -> set[str]:
        """Those that several people use."""
        found = links.profiles(connection, chats)
        return {chat for chat, people in found.items() if len(people) > 1}

    def to(self, said: str, name: str, *, shared: bool) -> str:
        return f"{self._words.say('for_whom', name=name)} {said}" if shared else said

    def nudge(self, number: int) -> str:
        return self._words.say("lead_nudge" if number == 1 else "lead_last")

    def used(self, run: Run, name: str, *, shared: bool) -> Message | None:
        """Whether the guide was used again; None when it is not offered any more."""
        if not (guide := self.guide(run.guide)):
            return None
        choices = tuple(
            Choice(f"{USED}{run.id}-{one}", self._words.say(f"used.{one}")) for one in (YES, NO)
        )
        return Message(self.to(guide.follow_up, name, shared=shared), choices)

    def done(
        self,
        connection: Connection,
        over: Sequence[tuple[Kept, Candidate | None]],
        now: int,
    ) -> list[NewDelivery]:
        """To each member who began a sequence that is over, not in the quiet hours."""
        chats = links.reach(connection, {kept.started_by for kept, _ in over if kept.started_by})
        opening = self._calendar.opens(now)
        return [
            NewDelivery(
                f"sequence:{kept.id}",
                chats[kept.started_by][0],
                packed(self._done(kept, who)),
                lanes.PERSONAL,
                dedup=f"sequence:{kept.id}:done",
                not_before_at=opening,
            )
            for kept, who in over
            if who and kept.started_by in chats
        ]

    def _done(self, kept: Kept, who: Candidate) -> Message:
        text = self._words.say("sequence_done", name=who.name, code=kept.household)
        seen = button(f"{kept.household} p{who.person} xong", self._words.say("seen_button"))
        return Message(text, (seen,))
