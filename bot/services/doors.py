"""The visit list of the week: which doors, why, who lives there, and who is left out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.reminding import Calendar
from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import doors, persons, runs, sights, teams
from storage.doors import Door, LeftOut
from storage.persons import Someone
from storage.runs import Run


@dataclass(frozen=True, slots=True)
class Stop:
    """A door with the people behind it and what they are at."""

    door: Door
    people: Sequence[Someone]
    live: Sequence[Run]
    confirmed: Mapping[int, Mapping[str, Collection[str]]]


@dataclass(frozen=True, slots=True)
class Round:
    """A page of the list. `monday` is the week's first day as a date (ISO)."""

    monday: str
    stops: Sequence[Stop]
    more: bool
    left: LeftOut


def week(
    connection: Connection,
    actor: Actor,
    now: int,
    calendar: Calendar,
    *,
    page: int = 1,
    size: int = 8,
    team: str = "",
) -> Round:
    """Of the actor's own places, or of those a team serves. Who saw whom is written down."""
    scopes = _scopes(connection, actor, team)
    monday, since = calendar.week(now)
    found = doors.ranked(connection, scopes, now, since, size + 1, (page - 1) * size)
    stops = _stops(connection, found[:size])
    sights.seen(connection, actor.person, [one.door.household for one in stops], now)
    left = doors.left_out(connection, scopes, now, since)
    return Round(monday.isoformat(), stops, len(found) > size, left)


def _scopes(connection: Connection, actor: Actor, team: str) -> Collection[str]:
    if not team:
        return access.scopes(actor, Operation.SEE_VISITS)
    served = teams.served(connection, team)
    if not served:
        raise Refused(Problem.NO_TEAM)
    for area in served:
        access.require(connection, actor, Operation.SEE_VISITS, area)
    return served


def _stops(connection: Connection, found: Sequence[Door]) -> list[Stop]:
    people = persons.of_households(connection, [one.household for one in found])
    ids = [one.id for each in people.values() for one in each]
    live, confirmed = runs.live(connection, ids), runs.confirmed(connection, ids)
    stops = []
    for door in found:
        here = {one.id for one in people[door.household]}
        mine = [run for run in live if run.person in here and run.state != "planned"]
        known = {person: kinds for person, kinds in confirmed.items() if person in here}
        stops.append(Stop(door, people[door.household], mine, known))
    return stops
