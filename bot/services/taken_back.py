"""Taking back what was recorded of a visit by mistake, by who recorded it or a lead. What followed
from it is undone; the audit trail keeps both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.core.reminding import Calendar
from bot.core.rights import Actor, Operation, refusal
from bot.services import access
from bot.services.access import Problem, Refused
from bot.services.visits import MUTED_FOR, Outcome
from storage import areas, audit, households, reminders, runs, sequences, visits
from storage.households import Home
from storage.rows import Row
from storage.runs import Run
from storage.sequences import Kept
from storage.visits import Seen

REASON = "taken-back"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was recorded at once. `number` stands for it; `member` recorded it."""

    household: str
    number: int
    outcome: Outcome
    guides: Sequence[str]
    persons: Sequence[int]
    member: int
    at: int


def last(connection: Connection, actor: Actor, code: str, number: int = 0) -> Mistake:
    """What was recorded under a number, or last: by themselves, where they may not take back what
    others did. Raises Refused, also when it is not theirs."""
    return _mistake(_found(connection, actor, code, number)[1])


def take_back(
    connection: Connection, actor: Actor, now: int, code: str, number: int, calendar: Calendar
) -> Mistake:
    """Raises Refused: not theirs, or not there any more."""
    home, seen = _found(connection, actor, code, number)
    proven = runs.proven(connection, [one.id for one in seen])
    if not visits.remove(connection, [one.id for one in seen]):
        raise Refused(Problem.GONE)
    mistake = _mistake(seen)
    if mistake.outcome in (Outcome.DONE, Outcome.AGAIN):
        lost = _disprove(connection, proven, seen)
        if mistake.outcome is Outcome.DONE:
            _go_on(connection, lost, seen[0].at, now, calendar)
    elif mistake.outcome in (Outcome.REFUSED, Outcome.MOVED):
        _restore(connection, home, mistake, now)
    _told(connection, actor, mistake, now)
    return mistake


def _found(
    connection: Connection, actor: Actor, code: str, number: int
) -> tuple[Home, Sequence[Seen]]:
    home = access.household(connection, actor, Operation.RECORD_VISIT, code)
    seen = visits.report(connection, code, number)
    leads = not refusal(actor, Operation.TAKE_BACK_VISIT, areas.line(connection, home.area))
    if not (number or leads):
        seen = visits.report(connection, code, member=actor.person) or seen
    if not seen:
        raise Refused(Problem.GONE)
    if seen[0].member != actor.person:
        access.require(connection, actor, Operation.TAKE_BACK_VISIT, home.area)
    if home.state == households.MERGED:
        raise Refused(Problem.NOT_ACTIVE, household=code)
    return home, seen


def _mistake(seen: Sequence[Seen]) -> Mistake:
    first = seen[0]
    guides = tuple(dict.fromkeys(one.guide for one in seen if one.guide))
    persons = tuple(dict.fromkeys(one.person for one in seen if one.person))
    outcome = Outcome(first.outcome)
    return Mistake(
        first.household, first.id, outcome, guides, persons, first.member, first.at
    )  # fmt: skip


def _disprove(connection: Connection, proven: Sequence[Row], seen: Sequence[Seen]) -> Sequence[Row]:
    """What nobody else saw is not confirmed any more; which those were."""
    runs.disprove(connection, [one.id for one in seen])
    others = visits.others(connection, seen)
    kept = [(row, others.get((row["person"], row["guide"]))) for row in proven]
    again = [
        {**row, "visit": other.id, "recorder": other.member, "at": other.at}
        for row, other in kept
        if other
    ]
    runs.confirm(connection, again)
    return [row for row, other in kept if not other]


def _go_on(
    connection: Connection, lost: Sequence[Row], at: int, now: int, calendar: Calendar
) -> None:
    """Guides that this visit ended run again where they stood, and what came next waits."""
    ended = runs.get(connection, [row["run"] for row in lost if row["run"]])
    over = [one for one in ended.values() if one.state == "finished" and one.moved_at == at]
    people = [one.person for one in over]
    live = {(one.person, one.guide) for one in runs.live(connection, people)}
    kept = sequences.get(connection, {one.sequence for one in over})
    agreeing = visits.agreeing(connection, people)
    reminders.clear(connection, [one.id for one in over], REASON, now)
    for one in over:
        led = kept.get(one.sequence)
        wanted = led.state != sequences.STOPPED if led else one.person in agreeing
        if wanted and (one.person, one.guide) not in live:
            _reopen(connection, one, led, now, calendar)
        else:
            runs.write(connection, [replace(one, state="stopped")], now)


def _reopen(
    connection: Connection, one: Run, led: Kept | None, now: int, calendar: Calendar
) -> None:
    """Where the next one was offered already, the chat goes back to this one."""
    later = runs.of_sequences(connection, [led.id])[led.id] if led else []
    early = [run for run in later if run.place > one.place and run.state == "given"]
    state = "planned" if early else "started" if one.item else "given"
    back = replace(one, state=state, moved_at=now)
    reminders.clear(connection, [run.id for run in early], REASON, now)
    runs.write(connection, [back, *(replace(run, state="planned") for run in early)], now)
    if led:
        due_at = now if early else 0
        sequences.reopen(connection, [led.id], sequences.ACTIVE, due_at=due_at)
    if one.way == sequences.CHAT and not early:
        due = calendar.nudge(now, 1)
        row = {"run": one.id, "kind": reminders.NUDGE, "person": one.person, "item": one.item}
        reminders.schedule(connection, [{**row, "number": 1, "due_at": due}], now)


def _restore(connection: Connection, home: Home, mistake: Mistake, now: int) -> None:
    """Nobody refused, nobody moved: they are written to again, and what was stopped goes on."""
    if mistake.outcome is Outcome.MOVED and home.state == households.MOVED:
        households.change(connection, home.code, now, state=households.ACTIVE)
    muted = "refused", mistake.at + MUTED_FOR
    if mistake.outcome is Outcome.REFUSED and (home.muted_reason, home.muted_until) == muted:
        households.change(connection, home.code, now, muted_reason="", muted_until=0)
    halted = sequences.halted(connection, home.code, mistake.outcome, mistake.at)
    stopped = runs.of_sequences(connection, [one.id for one in halted])
    waiting = [
        replace(run, state="started" if run.item else "planned", moved_at=now)
        for each in stopped.values()
        for run in each
        if run.state == "stopped"
    ]
    live = {(one.person, one.guide) for one in runs.live(connection, {r.person for r in waiting})}
    runs.write(connection, [one for one in waiting if (one.person, one.guide) not in live], now)
    for chat in (True, False):
        ids = [one.id for one in halted if (one.way == sequences.CHAT) is chat]
        state = sequences.WAITING if chat else sequences.ACTIVE
        sequences.reopen(connection, ids, state, due_at=now)


def _told(connection: Connection, actor: Actor, mistake: Mistake, now: int) -> None:
    row = {"household": mistake.household, "kind": REASON, "other": "", "person": 0}
    households.happened(connection, [{**row, "actor": actor.person, "at": now}])
    audit.record(
        connection, actor, Operation.TAKE_BACK_VISIT, f"household:{mistake.household}", now,
        outcome=mistake.outcome, guides=sorted(mistake.guides), persons=sorted(mistake.persons),
        visit=mistake.number, member=mistake.member, recorded_at=mistake.at,
    )  # fmt: skip
