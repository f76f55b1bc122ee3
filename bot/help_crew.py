"""Who can be asked about calls for help: members on duty, their lead, the commune. Only people who
can be written to count. Loads for many calls at once; no words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Role
from storage import areas, calls, links, teams
from storage.calls import Request

TEAM, LEAD, OFFICE, NOBODY, NIGHT = "team", "lead", "office", "nobody", "night"
LEVELS = (TEAM, LEAD, OFFICE)
_OFFICERS = (Role.LEAD, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class Crew:
    """By level, whom to ask about one call; `area` is the place it counts to."""

    area: str
    asked: Mapping[str, Sequence[int]]

    def after(self, level: str) -> str:
        """The next level that has anybody; the same again after the last; NOBODY when none."""
        able = [one for one in LEVELS if self.asked[one]]
        if level not in LEVELS:
            return able[0] if able else NOBODY
        later = [one for one in able if LEVELS.index(one) > LEVELS.index(level)]
        return (later or able or [NOBODY])[0 if later else -1]


@dataclass(frozen=True, slots=True)
class _Known:
    lines: Mapping[str, Sequence[str]]
    serves: Mapping[str, set[str]]
    members: Mapping[str, Sequence[teams.Member]]
    officers: Sequence[teams.Held]
    gave_back: Mapping[int, set[int]]


def crews(connection: Connection, requests: Sequence[Request], now: int) -> dict[int, Crew]:
    """By call. One nobody is tied to counts to the only team's place, if there is but one, else
    to that of the first operator."""
    if not requests:
        return {}
    homes = calls.places(connection, {one.person for one in requests})
    only = _only_area(connection)
    areas_of = {one.id: homes.get(one.person) or one.area or only for one in requests}
    lines = areas.lines(connection, set(areas_of.values()))
    places = {place for line in lines.values() for place in line}
    serves, members = teams.crews(connection, places - {EVERYWHERE})
    known = _Known(
        lines,
        serves,
        members,
        teams.officers(connection, _OFFICERS),
        calls.gave_back(connection, [one.id for one in requests]),
    )
    found = {one.id: _crew(one, areas_of[one.id], known, now) for one in requests}
    everybody = {person for crew in found.values() for who in crew.asked.values() for person in who}
    reached = links.reach(connection, everybody)
    return {number: _reachable(crew, reached) for number, crew in found.items()}


def _only_area(connection: Connection) -> str:
    known = list(teams.areas_of(connection).values())
    return known[0] if len(known) == 1 else ""


def _crew(one: Request, area: str, known: _Known, now: int) -> Crew:
    line = known.lines[area]
    here = [
        member
        for team, serves in known.serves.items()
        if serves & set(line)
        for member in known.members.get(team, ())
    ]
    leads = [member.person for member in here if member.role == Role.LEAD]
    able = [
        member.person
        for member in here
        if member.role != Role.LEAD and member.on_duty and member.quiet_until <= now
    ]
    offices = [held for held in known.officers if held.area in line or area == EVERYWHERE]
    leads += [held.person for held in offices if held.role == Role.LEAD]
    office = [held.person for held in offices if held.role == Role.OPERATOR]
    asked = {TEAM: able, LEAD: leads, OFFICE: office}
    refused = known.gave_back.get(one.id, set()) | {one.person}
    free = {level: _without(who, refused) for level, who in asked.items()}
    first = next((held.area for held in offices if held.role == Role.OPERATOR), EVERYWHERE)
    return Crew(area or first, free)


def _without(persons: Collection[int], left_out: Collection[int]) -> list[int]:
    return [one for one in dict.fromkeys(persons) if one not in left_out]


def _reachable(crew: Crew, reached: Collection[int]) -> Crew:
    asked = {level: [p for p in who if p in reached] for level, who in crew.asked.items()}
    return Crew(crew.area, asked)
