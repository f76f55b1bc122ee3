"""Giving the next guide of sequences whose time has come: in the chat, at the door, or not yet.
One sequence leads in a chat at a time, so people who share a phone are led one after the other.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import Connection

from bot.care.letters import Letters
from bot.care.watch import nudge
from bot.core.address import Address
from bot.core.reminding import Calendar
from bot.errands import start_guide
from bot.services.sequences import halt
from storage import candidates, inbox, lanes, outbox, reminders, runs, sequences
from storage.candidates import Candidate
from storage.database import MINUTE
from storage.runs import Run
from storage.sequences import Kept

_FRESH = 30 * MINUTE  # who just finished a guide is there to go on with the next
Fate = Literal["give", "door", "later", "rest", "over", "stop"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A sequence whose time has come, and what becomes of it. `run` is the guide to give."""

    kept: Kept
    fate: Fate
    run: Run | None = None
    who: Candidate | None = None
    reason: str = ""
    due_at: int = 0


@dataclass(slots=True)
class Round:
    """What is known of a batch. `leading` changes as chats are given to sequences."""

    now: int
    opens: int
    people: Mapping[int, Candidate]
    runs: Mapping[int, Sequence[Run]]
    leading: dict[str, int] = field(default_factory=dict)

    def turn(self, kept: Kept) -> Turn:
        mine, who = self.runs[kept.id], self.people.get(kept.person)
        if any(run.state in ("given", "started") for run in mine):
            return Turn(kept, "rest")
        run = next((run for run in mine if run.state == "planned"), None)
        if run is None:
            return Turn(kept, "over", who=who)
        if who is None or who.muted_until > self.now:
            return Turn(kept, "stop", reason="muted" if who else "moved")
        if kept.way != sequences.CHAT:
            return Turn(kept, "door", run, who)
        if who.consent is False:
            return Turn(kept, "stop", reason="declined")
        return self._in_chat(kept, run, who)

    def _in_chat(self, kept: Kept, run: Run, who: Candidate) -> Turn:
        if not who.chat:
            return Turn(kept, "door", run, who, reason="no-chat")
        if self.leading.setdefault(who.chat, kept.id) != kept.id:
            return Turn(kept, "rest")
        last = max(
            (one.moved_at for one in self.runs[kept.id] if one.state == "finished"), default=0
        )
        if self.opens > self.now and last < self.now - _FRESH:
            return Turn(kept, "later", due_at=self.opens)
        return Turn(kept, "give", run, who)


class Giving:
    def __init__(self, letters: Letters, calendar: Calendar) -> None:
        self._letters, self._calendar = letters, calendar

    def due(self, connection: Connection, now: int, limit: int) -> bool:
        """One batch; whether there was any."""
        if not (found := sequences.due(connection, now, limit)):
            return False
        turns = self._turns(connection, found, now)
        by_fate: defaultdict[Fate, list[Turn]] = defaultdict(list)
        for turn in turns:
            by_fate[turn.fate].append(turn)
        self._give(connection, by_fate["give"], now)
        self._door(connection, by_fate["door"], now)
        self._over(connection, by_fate["over"], now)
        self._put_off(connection, [*by_fate["later"], *by_fate["rest"]])
        _stop(connection, by_fate["stop"], now)
        return True

    def _turns(self, connection: Connection, found: Sequence[Kept], now: int) -> list[Turn]:
        """The chats are held, so that nobody else gives a turn there meanwhile."""
        people = candidates.of_persons(connection, [one.person for one in found])
        chats = {one.chat for one in people.values() if one.chat}
        lanes.hold(connection, chats, wait=True)
        mine = runs.of_sequences(connection, [one.id for one in found])
        leading = sequences.leading(connection, chats)
        round_ = Round(now, self._calendar.quiet(now), people, mine, leading)
        return [round_.turn(one) for one in sorted(found, key=lambda one: one.id)]

    def _give(self, connection: Connection, turns: Sequence[Turn], now: int) -> None:
        if not turns:
            return
        ready = [(one.kept, one.run, one.who) for one in turns if one.run and one.who]
        leads = self._letters.leads(connection, ready)
        arrivals = [
            start_guide(
                Address.parse(who.chat),
                who.person,
                run.guide,
                f"run:{run.id}:{run.moved_at}",
                leads[run.id],
            )
            for _, run, who in ready
        ]
        inbox.add(connection, arrivals, now)
        given = [replace(run, state="given", moved_at=now) for _, run, _ in ready]
        runs.write(connection, given, now)
        sequences.lead(connection, {kept.id: who.chat for kept, _, who in ready})
        due = self._calendar.nudge(now, 1)
        reminders.schedule(connection, [nudge(run, 1, due) for run in given], now)

    def _door(self, connection: Connection, turns: Sequence[Turn], now: int) -> None:
        """To be done at home; the visit list shows it."""
        given = [replace(one.run, state="given", moved_at=now) for one in turns if one.run]
        runs.write(connection, given, now)
        for reason in {one.reason for one in turns}:
            ids = [one.kept.id for one in turns if one.reason == reason]
            sequences.move(connection, ids, state=sequences.ACTIVE, due_at=0, reason=reason)

    def _over(self, connection: Connection, turns: Sequence[Turn], now: int) -> None:
        """Whoever began it is told, and asked whether they have seen it."""
        if not turns:
            return
        sequences.end(connection, [one.kept.id for one in turns], sequences.DONE, "", now)
        chats = {one.kept.address for one in turns if one.kept.address}
        sequences.next_at(connection, chats, now)
        told = self._letters.done(connection, [(one.kept, one.who) for one in turns], now)
        outbox.enqueue(connection, told, now)

    def _put_off(self, connection: Connection, turns: Sequence[Turn]) -> None:
        for due_at in {one.due_at for one in turns}:
            ids = [one.kept.id for one in turns if one.due_at == due_at]
            sequences.move(connection, ids, due_at=due_at)


def _stop(connection: Connection, turns: Sequence[Turn], now: int) -> None:
    for reason in {one.reason for one in turns}:
        halt(connection, [one.kept.id for one in turns if one.reason == reason], reason, now)
