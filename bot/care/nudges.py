"""Saying what is due: at most two reminders for a step, then the visit list; and the question a
month later. Never in the quiet hours or on a day off, never while somebody helps them or they are
in the middle of something, never more than two a day in one chat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from bot.care.letters import Letters
from bot.care.watch import nudge
from bot.channels.base import packed
from bot.core.address import Address
from bot.core.reminding import Calendar
from bot.desk.used import ABOUT
from bot.errands import start_guide
from bot.seats import Question
from storage import (
    candidates,
    conversations,
    inbox,
    lanes,
    links,
    outbox,
    reminders,
    runs,
    sequences,
)
from storage.candidates import Candidate
from storage.database import DAY, HOUR, MINUTE
from storage.reminders import Reminder
from storage.runs import LIVE, Run

MOST_A_DAY = 2
_MOST = 2  # for one step
TALKING = 30 * MINUTE
_ANSWERABLE = 3 * DAY
LATER, HELPED = HOUR, 6 * HOUR
Fate = Literal["send", "clear", "later"]


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come, and what becomes of it."""

    one: Reminder
    fate: Fate
    run: Run | None = None
    who: Candidate | None = None
    reason: str = ""
    until: int = 0


@dataclass(slots=True)
class Round:
    """What is known of a batch. `sent` grows as it goes."""

    now: int
    opens: int
    runs: Mapping[int, Run]
    people: Mapping[int, Candidate]
    asking: set[int]
    talked: Mapping[str, int]
    sent: dict[str, int]

    def due(self, one: Reminder) -> Due:
        run, who = self.runs.get(one.run), self.people.get(one.person)
        if reason := self._pointless(one, run, who):
            return Due(one, "clear", reason=reason)
        chat = who.chat if who else ""
        if until := self._until(one, chat):
            return Due(one, "later", until=until)
        self.sent[chat] = self.sent.get(chat, 0) + 1
        return Due(one, "send", run, who)

    def _pointless(self, one: Reminder, run: Run | None, who: Candidate | None) -> str:
        if run is None or (one.kind != reminders.USED and run.state not in LIVE):
            return "over"
        if who is None:
            return "moved"
        if who.muted_until > self.now:
            return "muted"
        if who.consent is False:
            return "declined"
        return "" if who.chat else "no-chat"

    def _until(self, one: Reminder, chat: str) -> int:
        """0 for now."""
        if self.opens > self.now:
            return self.opens
        if one.kind == reminders.NUDGE and one.person in self.asking:
            return self.now + HELPED
        if self.talked.get(chat, 0) > self.now - TALKING:
            return self.now + LATER
        return self.now + DAY if self.sent.get(chat, 0) >= MOST_A_DAY else 0


class Nudges:
    def __init__(self, letters: Letters, calendar: Calendar) -> None:
        self._letters, self._calendar = letters, calendar

    def due(self, connection: Connection, now: int, limit: int) -> bool:
        """One batch; whether there was any."""
        if not (found := reminders.due(connection, now, limit)):
            return False
        due = self._due(connection, found, now)
        for reason in {one.reason for one in due if one.fate == "clear"}:
            ids = [one.one.id for one in due if one.reason == reason and one.fate == "clear"]
            reminders.end(connection, ids, reason, now)
        for until in {one.until for one in due if one.fate == "later"}:
            ids = [one.one.id for one in due if one.until == until]
            reminders.put_off(connection, ids, self._calendar.opens(until))
        self._send(connection, [one for one in due if one.fate == "send"], now)
        return True

    def _due(self, connection: Connection, found: Sequence[Reminder], now: int) -> list[Due]:
        persons = {one.person for one in found}
        people = candidates.of_persons(connection, persons)
        chats = {one.chat for one in people.values() if one.chat}
        known = Round(
            now,
            self._calendar.opens(now),
            runs.get(connection, {one.run for one in found}),
            people,
            reminders.asking(connection, persons),
            conversations.last(connection, chats),
            reminders.sent_since(connection, chats, now - DAY),
        )
        return [known.due(one) for one in found]

    def _send(self, connection: Connection, due: Sequence[Due], now: int) -> None:
        ready = [(one.one, one.run, one.who) for one in due if one.run and one.who]
        if not ready:
            return
        shared = self._letters.shared(connection, {who.chat for _, _, who in ready})
        reminders.sent(connection, {one.id: who.chat for one, _, who in ready}, now)
        pushes = [it for it in ready if it[0].kind != reminders.USED]
        arrivals = [
            start_guide(
                Address.parse(who.chat),
                who.person,
                run.guide,
                f"reminder:{one.id}",
                self._lead(one, who, shared=who.chat in shared),
            )
            for one, run, who in pushes
        ]
        inbox.add(connection, arrivals, now)
        self._ask(connection, [it for it in ready if it[0].kind == reminders.USED], shared, now)
        self._follow(connection, [(one, run) for one, run, _ in pushes], now)

    def _lead(self, one: Reminder, who: Candidate, *, shared: bool) -> str:
        return self._letters.to(self._letters.nudge(one.number), who.name, shared=shared)

    def _ask(
        self,
        connection: Connection,
        ready: Sequence[tuple[Reminder, Run, Candidate]],
        shared: set[str],
        now: int,
    ) -> None:
        said = [
            (one, who, self._letters.used(run, who.name, shared=who.chat in shared))
            for one, run, who in ready
        ]
        rows = [
            outbox.NewDelivery(
                f"reminder:{one.id}",
                who.chat,
                packed(message),
                lanes.PERSONAL,
                dedup=f"reminder:{one.id}",
                person=who.person,
            )
            for one, who, message in said
            if message
        ]
        outbox.enqueue(connection, rows, now)
        asked = {
            who.chat: Question(ABOUT, now, [one.id for one in message.choices], _ANSWERABLE)
            for _, who, message in said
            if message
        }
        links.ask_each(connection, {chat: one.content() for chat, one in asked.items()})

    def _follow(
        self, connection: Connection, pushed: Sequence[tuple[Reminder, Run]], now: int
    ) -> None:
        """The second follows the first; after it the phone is somebody else's turn."""
        due = self._calendar.nudge(now, _MOST)
        again = [nudge(run, one.number + 1, due) for one, run in pushed if one.number < _MOST]
        reminders.schedule(connection, again, now)
        silent = sorted({run.sequence for one, run in pushed if one.number >= _MOST} - {0})
        sequences.move(connection, silent, reason=sequences.SILENT)
        chats = {one.address for one in sequences.get(connection, silent).values() if one.address}
        sequences.next_at(connection, chats, now + DAY)
