"""Giving guides to people: who would get what and who would not, beginning, following, stopping.

What leaves in chats is the worker's (bot/carer.py); here rows are planned.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from bot.core.guide import Guide
from bot.core.person import CHILD
from bot.core.reminding import Calendar
from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, candidates, reminders, runs, sequences
from storage.candidates import Candidate
from storage.rows import Row

MOST_HOUSEHOLDS, MOST_GUIDES = 20, 9


class Way(StrEnum):
    CHAT = "chat"
    HOME = "home"
    PAPER = "paper"


class Why(StrEnum):
    """Why somebody gets nothing, or not this guide. Each has words in guides/desk.yaml."""

    RUNNING = "running"
    DONE = "done"
    MUTED = "muted"
    DECLINED = "declined"
    NO_CHAT = "no-chat"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class Wish:
    """Guides in order for some households, or for a whole place; `persons` of them, or
    everybody who can."""

    guides: tuple[str, ...]
    way: Way = Way.CHAT
    households: tuple[str, ...] = ()
    area: str = ""
    persons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """`guide` is empty for all of them; `item` is where they are in one that is running."""

    who: Candidate
    why: Why
    guide: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets which guides, and everybody who does not, with the reason."""

    wish: Wish
    given: Sequence[tuple[Candidate, tuple[str, ...]]]
    left: Sequence[Left]

    @property
    def reasons(self) -> dict[str, int]:
        """People who get nothing at all, by reason."""
        given = {who.person for who, _ in self.given}
        firsts = {one.who.person: str(one.why) for one in reversed(self.left)}
        return dict(Counter(why for person, why in firsts.items() if person not in given))


def plan(
    connection: Connection, actor: Actor, now: int, wish: Wish, known: Collection[str]
) -> Plan:
    """Changes nothing. `known` are the guides there are."""
    if not 0 < len(wish.guides) <= MOST_GUIDES or not set(wish.guides) <= set(known):
        raise Refused(Problem.NO_GUIDE)
    people = _wanted(connection, actor, wish)
    if missing := set(wish.persons) - {one.person for one in people}:
        raise Refused(Problem.NO_PERSON, person=str(min(missing)))
    chosen = [one for one in people if not wish.persons or one.person in wish.persons]
    given: list[tuple[Candidate, tuple[str, ...]]] = []
    left: list[Left] = []
    for one in chosen:
        if why := _barred(one, wish.way, now):
            left.append(Left(one, why))
            continue
        left += (again := [_again(one, guide) for guide in wish.guides if _known(one, guide)])
        new = tuple(guide for guide in wish.guides if guide not in {it.guide for it in again})
        if new:
            given.append((one, new))
    return Plan(wish, given, left)


def _wanted(connection: Connection, actor: Actor, wish: Wish) -> list[Candidate]:
    if wish.area:
        access.require(connection, actor, Operation.START_BULK, wish.area)
        return candidates.of_area(connection, wish.area, wish.guides)
    if not 0 < len(wish.households) <= MOST_HOUSEHOLDS:
        raise Refused(Problem.TOO_MANY if wish.households else Problem.NOBODY)
    access.every_active(connection, actor, Operation.START_SEQUENCE, wish.households)
    return candidates.of_households(connection, wish.households, wish.guides)


def _barred(one: Candidate, way: Way, now: int) -> Why | None:
    if one.muted_until > now:
        return Why.MUTED
    if one.age_band == CHILD:
        return Why.CHILD
    if way is Way.CHAT and one.consent is False:
        return Why.DECLINED
    return Why.NO_CHAT if way is Way.CHAT and not one.chat else None


def _known(one: Candidate, guide: str) -> bool:
    return guide in one.live or guide in one.done


def _again(one: Candidate, guide: str) -> Left:
    running = guide in one.live
    return Left(one, Why.RUNNING if running else Why.DONE, guide, one.live.get(guide, ""))


def start(
    connection: Connection,
    actor: Actor,
    now: int,
    wish: Wish,
    books: Mapping[str, Guide],
    calendar: Calendar,
) -> tuple[int, Plan]:
    """The number of the start and what it came to. Raises Refused when nobody gets anything.

    In a chat the worker begins, not before the quiet hours are over; at home and on paper the
    first guide is to be done from now on.
    """
    made = plan(connection, actor, now, wish, books)
    if not made.given:
        raise Refused(Problem.NOTHING)
    number = sequences.add_start(
        connection,
        {
            "area": wish.area,
            "household": ";".join(wish.households),
            "guides": ";".join(wish.guides),
            "way": wish.way,
            "started_by": actor.person,
            "left_out": made.reasons,
            "at": now,
        },
    )
    _begin(connection, actor, now, made, number, calendar.quiet(now))
    _plan_runs(connection, actor, now, made, number, books)
    target = f"area:{wish.area}" if wish.area else f"household:{wish.households[0]}"
    operation = Operation.START_BULK if wish.area else Operation.START_SEQUENCE
    audit.record(connection, actor, operation, target, now, start=number, people=len(made.given))
    return number, made


def _begin(
    connection: Connection, actor: Actor, now: int, made: Plan, number: int, due: int
) -> None:
    chat = made.wish.way is Way.CHAT
    fixed: Row = {
        "start": number,
        "way": made.wish.way,
        "started_by": actor.person,
        "state": sequences.WAITING if chat else sequences.ACTIVE,
        "due_at": due if chat else 0,
    }
    rows = [{**fixed, "person": one.person, "household": one.household} for one, _ in made.given]
    sequences.add(connection, rows, now)


def _plan_runs(
    connection: Connection,
    actor: Actor,
    now: int,
    made: Plan,
    number: int,
    books: Mapping[str, Guide],
) -> None:
    ids = {one.person: one.id for one in sequences.of_start(connection, number)}
    first = "planned" if made.wish.way is Way.CHAT else "given"
    rows = [
        {
            "sequence": ids[one.person],
            "place": place,
            "person": one.person,
            "guide": guide,
            "revision": books[guide].revision,
            "way": made.wish.way,
            "started_by": actor.person,
            "state": "planned" if place else first,
        }
        for one, guides in made.given
        for place, guide in enumerate(guides)
    ]
    runs.add(connection, rows, now)


def stop(
    connection: Connection, actor: Actor, now: int, household: str, persons: Collection[int] = ()
) -> list[int]:
    """Whatever is still running or to come for these people of a household, or for all of it;
    whose it was."""
    home = access.household(connection, actor, Operation.STOP_SEQUENCE, household)
    people = candidates.of_households(connection, [home.code], ())
    chosen = [one.person for one in people if not persons or one.person in persons]
    going = sequences.open_of(connection, chosen)
    if not going:
        raise Refused(Problem.NOTHING)
    halt(connection, [one.id for one in going], "member", now)
    target = f"household:{household}"
    audit.record(connection, actor, Operation.STOP_SEQUENCE, target, now, sequences=len(going))
    return sorted({one.person for one in going})


def halt(connection: Connection, ids: Sequence[int], reason: str, now: int) -> None:
    """Sequences end, their runs stop, nobody is reminded of them, and others get their turn."""
    if not ids:
        return
    kept = sequences.get(connection, ids)
    affected = runs.of_sequences(connection, ids)
    reminders.clear(connection, [run.id for each in affected.values() for run in each], reason, now)
    runs.stop(connection, ids, now)
    sequences.end(connection, ids, sequences.STOPPED, reason, now)
    sequences.next_at(connection, {one.address for one in kept.values() if one.address}, now)


@dataclass(frozen=True, slots=True)
class Standing:
    """A start and how many of its sequences are in which state."""

    start: sequences.Start
    counts: Mapping[str, int]


def standing(connection: Connection, actor: Actor, limit: int = 5) -> list[Standing]:
    """The newest starts of the actor's own."""
    access.scopes(actor, Operation.SEE_SEQUENCES)
    found = sequences.starts(connection, [actor.person], limit)
    counts = sequences.counts(connection, [one.id for one in found])
    return [Standing(one, counts[one.id]) for one in found]
