"""What turns mean for runs, confirmations and reminders. Told once a batch, in its transaction,
with a fixed number of queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.core.address import Address
from bot.core.effects import Outcome, Purpose
from bot.core.reminding import Calendar
from bot.desks import News
from bot.errands import take_back
from bot.services.consents import end_guides
from storage import conversations, inbox, reminders, runs, sequences
from storage.outbox import NewDelivery
from storage.rows import Row
from storage.runs import Run

_ON = (Outcome.DONE, Outcome.RIGHT)
Key = tuple[int, str]


class CareWatcher:
    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def after(self, connection: Connection, news: News) -> Sequence[NewDelivery]:
        self._follow(connection, news)
        self._stop(connection, news)
        self._elsewhere(connection, news)
        return ()

    @staticmethod
    def _elsewhere(connection: Connection, news: News) -> None:
        """What somebody takes back in one chat is taken back in every other of theirs."""
        taken: dict[int, set[Purpose]] = {}
        for one in news.consents:
            if one["person"] and not one["granted"]:
                taken.setdefault(one["person"], set()).add(one["purpose"])
        if not taken:
            return
        here = {(str(one["address"]), one["person"]) for one in news.consents}
        arrivals = [
            take_back(Address.parse(chat), person, taken[person], news.now)
            for chat, person in conversations.of_persons(connection, taken)
            if (chat, person) not in here
        ]
        inbox.add(connection, arrivals, news.now)

    def _stop(self, connection: Connection, news: News) -> None:
        """Whoever stops or declines ends what was begun in that chat for anybody: a stop is
        never taken to be meant for somebody else."""
        no = [one for one in news.consents if one["purpose"] == Purpose.GUIDES]
        no = [one for one in no if not one["granted"]]
        if not no:
            return
        persons = {one["person"] for one in no if one["person"]}
        end_guides(connection, persons, {str(one["address"]) for one in no}, news.now)

    def _follow(self, connection: Connection, news: News) -> None:
        done = [row for row in news.progress if row["person"]]
        called = [row for row in news.calls if row["person"]]
        if not (done or called):
            return
        now, persons = news.now, {row["person"] for row in (*done, *called)}
        known = _by_key(runs.live(connection, persons))
        if new := {_key(row): row for row in done if _key(row) not in known}:
            runs.add(connection, [_begun(row) for row in new.values()], now)
            known = _by_key(runs.live(connection, persons))
        before = dict(known)
        for row in done:
            known[_key(row)] = _after(known[_key(row)], row)
        for row in called:
            _helped(known, row, now)
        changed = [run for key, run in known.items() if run is not before[key]]
        runs.write(connection, changed, now)
        self._remind(connection, changed, now)
        self._confirm(connection, [run for run in changed if run.state == "finished"], now)

    def _remind(self, connection: Connection, changed: Sequence[Run], now: int) -> None:
        """From each step anew."""
        reminders.clear(connection, [run.id for run in changed], "moved", now, reminders.NUDGE)
        waiting = [run for run in changed if run.state == "started"]
        rows = [nudge(run, 1, self._calendar.nudge(now, 1)) for run in waiting]
        reminders.schedule(connection, rows, now)
        speaking = {run.sequence for run in waiting if run.sequence}
        sequences.move(connection, sorted(speaking), reason="")

    def _confirm(self, connection: Connection, finished: Sequence[Run], now: int) -> None:
        """By their own word, to be asked again in a month; the next guide may begin."""
        if not finished:
            return
        runs.confirm(connection, [said(run, now) for run in finished])
        used = self._calendar.used(now)
        reminders.schedule(connection, [asked_again(run, used) for run in finished], now)
        going_on = sorted({run.sequence for run in finished if run.sequence})
        sequences.move(connection, going_on, due_at=now)


def _key(row: Row) -> Key:
    return row["person"], row["guide"]


def _by_key(found: Sequence[Run]) -> dict[Key, Run]:
    return {(run.person, run.guide): run for run in found}


def _begun(row: Row) -> Row:
    """By themselves."""
    fixed = {"sequence": 0, "place": 0, "way": "chat", "started_by": 0, "state": "given"}
    who = {"person": row["person"], "guide": row["guide"], "revision": row["revision"]}
    return {**fixed, **who}


def _after(run: Run, row: Row) -> Run:
    outcome = row["outcome"]
    run = replace(run, revision=row["revision"], moved_at=row["at"])
    if outcome == Outcome.FINISHED:
        return replace(run, state="finished", stuck=0, helped_at=0)
    if outcome == Outcome.STUCK:
        return replace(run, state="started", item=row["item"], stuck=run.stuck + 1)
    if outcome in _ON:
        return replace(run, state="started", item=row["item"], stuck=0, helped_at=0)
    return replace(run, state="started")


def _helped(known: dict[Key, Run], row: Row, now: int) -> None:
    """Outside a guide nothing of theirs is waiting."""
    if run := known.get(_key(row)):
        known[_key(row)] = replace(run, helped_at=now)


def nudge(run: Run, number: int, due: int) -> Row:
    kind = {"kind": reminders.NUDGE, "item": run.item, "number": number}
    return {"run": run.id, "person": run.person, "due_at": due, **kind}


def asked_again(run: Run, due: int) -> Row:
    kind = {"kind": reminders.USED, "item": "", "number": 1}
    return {"run": run.id, "person": run.person, "due_at": due, **kind}


def said(run: Run, now: int) -> Row:
    what: Mapping[str, object] = {"kind": runs.SAID, "visit": 0, "recorder": 0}
    who = {"person": run.person, "guide": run.guide, "revision": run.revision, "run": run.id}
    return {**who, **what, "at": now}
