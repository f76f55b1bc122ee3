"""What a member saw or did at a door: visits, what they verify, and consent given by word of
mouth or on paper. The same said twice changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from bot.core.effects import Purpose
from bot.core.guide import Guide
from bot.core.reminding import Calendar
from bot.core.rights import Actor, Operation
from bot.services import access, households, sequences
from bot.services.access import Problem, Refused
from storage import audit, people, persons, reminders, runs, visits
from storage import sequences as rows
from storage.database import DAY
from storage.persons import Someone
from storage.rows import Row
from storage.runs import Run

MUTED_FOR = 90 * DAY


class Outcome(StrEnum):
    DONE = "done"
    AWAY = "away"
    REFUSED = "refused"
    MOVED = "moved"
    AGAIN = "again"


TAUGHT = (Outcome.DONE, Outcome.AGAIN)


class Statement(StrEnum):
    """How somebody without a phone agreed, or that they did not."""

    ORAL = "oral"
    PAPER = "paper"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a visit. `guides` and `persons` say of what and of whom it speaks."""

    household: str
    outcome: Outcome
    guides: tuple[str, ...] = ()
    persons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """`new` is False when all of it had been said before; `number` stands for it if it is to be
    taken back."""

    report: Report
    new: bool
    number: int


def suggested(
    connection: Connection, people_of: Sequence[Someone], guides: Collection[str]
) -> dict[int, tuple[str, ...]]:
    """Person -> of which guides a member is likely to speak: running or said, not verified yet;
    only `guides` if there are any."""
    ids = [one.id for one in people_of]
    open_of: dict[int, list[str]] = {one: [] for one in ids}
    for run in runs.live(connection, ids):
        if run.state != "planned":
            open_of[run.person].append(run.guide)
    for person, known in runs.confirmed(connection, ids).items():
        open_of[person] += [guide for guide, kinds in known.items() if runs.VERIFIED not in kinds]
    wanted = {
        person: tuple(dict.fromkeys(one for one in found if not guides or one in guides))
        for person, found in open_of.items()
    }
    return {person: found for person, found in wanted.items() if found}


def record(
    connection: Connection,
    actor: Actor,
    now: int,
    report: Report,
    books: Mapping[str, Guide],
    calendar: Calendar,
) -> Recorded:
    """Raises Refused: nothing of one's own places, nobody of it, or without their consent."""
    home = access.active(connection, actor, Operation.RECORD_VISIT, report.household)
    if not set(report.guides) <= books.keys():
        raise Refused(Problem.NO_GUIDE)
    living = persons.of_households(connection, [home.code])[home.code]
    if not set(report.persons) <= {one.id for one in living}:
        raise Refused(Problem.NO_PERSON)
    if missing := set(report.persons) - visits.agreeing(connection, report.persons):
        raise Refused(Problem.NO_CONSENT, person=str(min(missing)))
    known = visits.of_day(connection, home.code, calendar.day(now))
    written = _visits(actor, now, report, calendar)
    new = any((row["person"], row["guide"], row["outcome"]) not in known for row in written)
    visits.add(connection, written)
    if new and report.outcome in TAUGHT:
        _taught(connection, actor, now, report, books, calendar)
    if new:
        _household(connection, actor, now, report)
        target = f"household:{home.code}"
        audit.record(
            connection, actor, Operation.RECORD_VISIT, target, now, outcome=report.outcome,
            guides=sorted(report.guides), persons=sorted(report.persons),
        )  # fmt: skip
    return Recorded(report, new, _number(connection, written, calendar.day(now)))


def _number(connection: Connection, written: Sequence[Row], day: str) -> int:
    known = visits.of_day(connection, written[0]["household"], day)
    return max(known[row["person"], row["guide"], row["outcome"]] for row in written)


def _visits(actor: Actor, now: int, report: Report, calendar: Calendar) -> list[Row]:
    fixed: Row = {
        "household": report.household,
        "outcome": report.outcome.value,
        "member": actor.person,
        "day": calendar.day(now),
        "at": now,
    }
    return [
        {**fixed, "person": person, "guide": guide}
        for person in report.persons or (0,)
        for guide in report.guides or ("",)
    ]


def _taught(
    connection: Connection,
    actor: Actor,
    now: int,
    report: Report,
    books: Mapping[str, Guide],
    calendar: Calendar,
) -> None:
    """Verified by who was there; what ran is finished, and the next guide may begin."""
    numbers = visits.of_day(connection, report.household, calendar.day(now))
    running = {(run.person, run.guide): run for run in runs.live(connection, report.persons)}
    named = [(person, guide) for person in report.persons for guide in report.guides]
    again = report.outcome is Outcome.AGAIN
    confirmed = [
        {
            "person": person,
            "guide": guide,
            "kind": runs.AGAIN if again else runs.VERIFIED,
            "revision": books[guide].revision,
            "run": running[person, guide].id if (person, guide) in running else 0,
            "visit": numbers[person, guide, report.outcome.value],
            "recorder": actor.person,
            "at": now,
        }
        for person, guide in named
    ]
    runs.confirm(connection, confirmed)
    ended = [running[key] for key in named if key in running]
    if not again:
        finish(connection, ended, now, calendar)


def finish(connection: Connection, ended: Sequence[Run], now: int, calendar: Calendar) -> None:
    """Over by a visit: nobody is reminded, a month later it is asked about."""
    done = [replace(run, state="finished", stuck=0, helped_at=0, moved_at=now) for run in ended]
    runs.write(connection, done, now)
    reminders.clear(connection, [run.id for run in done], "visited", now)
    due = calendar.used(now)
    later = [
        {
            "run": run.id,
            "kind": reminders.USED,
            "person": run.person,
            "item": "",
            "number": 1,
            "due_at": due,
        }
        for run in done
    ]
    reminders.schedule(connection, later, now)
    rows.move(connection, sorted({run.sequence for run in done} - {0}), due_at=now)


def _household(connection: Connection, actor: Actor, now: int, report: Report) -> None:
    """Who does not want to is left alone for a while; who moved away is out of reach."""
    if report.outcome is Outcome.REFUSED:
        households.mute(connection, actor, now, report.household, "refused", now + MUTED_FOR)
    elif report.outcome is Outcome.MOVED:
        households.move(connection, actor, now, report.household)
    else:
        return
    living = persons.of_households(connection, [report.household])[report.household]
    going = rows.open_of(connection, [one.id for one in living])
    sequences.halt(connection, [one.id for one in going], report.outcome, now)


def agree(
    connection: Connection,
    actor: Actor,
    now: int,
    person: int,
    statement: Statement,
    words: str,
) -> None:
    """What somebody said to, or signed for, a member; `words` is what was read to them."""
    access.person(connection, actor, Operation.RECORD_CONSENT, person)
    version = sha256(words.encode()).hexdigest()[:12]
    people.add_consent_texts(connection, {version: words}, now)
    row = {
        "address": "",
        "person": person,
        "purpose": Purpose.GUIDES.value,
        "granted": statement is not Statement.REFUSED,
        "version": version,
        "recorder": f"member:{actor.person}:{statement}",
        "at": now,
    }
    people.record_consents(connection, [row])
    target = f"person:{person}"
    audit.record(
        connection, actor, Operation.RECORD_CONSENT, target, now, statement=statement,
        version=version,
    )  # fmt: skip


def used_again(
    connection: Connection, persons_here: Collection[int], number: int, now: int, *, yes: bool
) -> bool:
    """The answer of one of the people of a chat, a month later; the last one counts. False when
    the run is nobody's here."""
    run = runs.get(connection, [number]).get(number)
    if run is None or run.person not in persons_here:
        return False
    runs.change_mind(connection, run.person, run.guide, [runs.AGAIN, runs.NO_LONGER])
    row = {
        "person": run.person,
        "guide": run.guide,
        "kind": runs.AGAIN if yes else runs.NO_LONGER,
        "revision": run.revision,
        "run": run.id,
        "visit": 0,
        "recorder": 0,
        "at": now,
    }
    runs.confirm(connection, [row])
    return True
