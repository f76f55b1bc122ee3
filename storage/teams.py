"""Teams, where they serve, who is in them, and what officials may do.

Tables team, team_area, team_member, role_grant.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, union_all, update

from bot.core.rights import Actor, Grant, Role
from storage import areas
from storage.rows import Row, insert_new, table, upsert
from storage.tables import Person, RoleGrant, Team, TeamArea, TeamMember

_team = table(Team)
_serves = table(TeamArea)
_member = table(TeamMember)
_grant = table(RoleGrant)
_person = table(Person).c


@dataclass(frozen=True, slots=True)
class Member:
    """Someone in a team. `quiet_until` is in microseconds; 0 for not quiet."""

    team: str
    person: int
    name: str
    role: str
    on_duty: bool
    quiet_until: int


@dataclass(frozen=True, slots=True)
class Held:
    """An official's role over a place; the empty one is everywhere."""

    person: int
    name: str
    role: str
    area: str
    granted_at: int


@dataclass(frozen=True, slots=True)
class Known:
    """A team, the place it belongs to and those it serves."""

    code: str
    area: str
    name: str
    serves: frozenset[str]


def put(
    connection: Connection, teams: Sequence[Row], serves: Mapping[str, Collection[str]]
) -> None:
    """Teams with the areas each serves, replacing what was known of these teams."""
    upsert(connection, Team, teams, ["code"])
    connection.execute(_serves.delete().where(_serves.c.team.in_(list(serves))))
    rows = [{"team": team, "area": area} for team, areas in serves.items() for area in areas]
    insert_new(connection, TeamArea, rows)


def known(connection: Connection) -> dict[str, Known]:
    """Every team by code."""
    serves: defaultdict[str, set[str]] = defaultdict(set)
    for team, area in connection.execute(select(_serves.c.team, _serves.c.area)):
        serves[team].add(area)
    found = connection.execute(select(_team.c.code, _team.c.area, _team.c.name))
    return {
        row.code: Known(row.code, row.area, row.name, frozenset(serves[row.code])) for row in found
    }


def areas_of(connection: Connection, teams: Collection[str] | None = None) -> dict[str, str]:
    """Team -> the place it belongs to; all teams unless told which."""
    found = select(_team.c.code, _team.c.area)
    if teams is not None:
        found = found.where(_team.c.code.in_(teams))
    return {row.code: row.area for row in connection.execute(found)}


def name_of(connection: Connection, team: str) -> str:
    """Its code when it is unknown."""
    found: str | None = connection.execute(
        select(_team.c.name).where(_team.c.code == team)
    ).scalar()
    return found or team


def served(connection: Connection, team: str) -> list[str]:
    """Where a team works; empty for an unknown one."""
    found = select(_serves.c.area).where(_serves.c.team == team).order_by(_serves.c.area)
    return list(connection.execute(found).scalars())


def add_members(connection: Connection, members: Sequence[Row], now: int) -> None:
    """Rows of team, person and role; who is in the team already keeps duty and gets the role."""
    rows = [{**one, "on_duty": True, "quiet_until": 0, "joined_at": now} for one in members]
    insert_new(connection, TeamMember, rows)
    for role in {str(one["role"]) for one in members}:
        changed = [(one["team"], one["person"]) for one in members if one["role"] == role]
        _of_pairs(connection, changed, role)


def _of_pairs(connection: Connection, pairs: Sequence[tuple[str, int]], role: str) -> None:
    by_team: defaultdict[str, list[int]] = defaultdict(list)
    for team, person in pairs:
        by_team[team].append(person)
    for team, persons in by_team.items():
        connection.execute(
            update(_member)
            .where(_member.c.team == team, _member.c.person.in_(persons), _member.c.role != role)
            .values(role=role)
        )


def remove_member(connection: Connection, team: str, person: int) -> None:
    connection.execute(_member.delete().where(_member.c.team == team, _member.c.person == person))


def set_duty(
    connection: Connection, person: int, *, on_duty: bool, quiet_until: int | None = None
) -> None:
    values: dict[str, object] = {"on_duty": on_duty}
    if quiet_until is not None:
        values["quiet_until"] = quiet_until
    connection.execute(update(_member).where(_member.c.person == person).values(values))


def members(connection: Connection, teams: Collection[str]) -> list[Member]:
    found = connection.execute(
        select(
            _member.c.team,
            _member.c.person,
            (_person.honorific + " " + _person.call_name),
            _member.c.role,
            _member.c.on_duty,
            _member.c.quiet_until,
        )
        .join_from(_member, table(Person), _person.id == _member.c.person)
        .where(_member.c.team.in_(teams))
        .order_by(_member.c.team, _member.c.joined_at, _member.c.person)
    )
    return [Member(row[0], row[1], row[2].strip(), *row[3:]) for row in found]


def serving(connection: Connection, line: Collection[str]) -> list[Member]:
    """Who serves a place, given its line: those of the nearest team are all of them."""
    teams = connection.execute(
        select(_serves.c.team).where(_serves.c.area.in_(line)).distinct()
    ).scalars()
    return members(connection, list(teams))


def crews(
    connection: Connection, places: Collection[str]
) -> tuple[dict[str, set[str]], dict[str, list[Member]]]:
    """The teams that serve any of these places: what each serves of them, and who is in it."""
    serves: defaultdict[str, set[str]] = defaultdict(set)
    for team, area in connection.execute(
        select(_serves.c.team, _serves.c.area).where(_serves.c.area.in_(places))
    ):
        serves[team].add(area)
    people: defaultdict[str, list[Member]] = defaultdict(list)
    for one in members(connection, list(serves)):
        people[one.team].append(one)
    return dict(serves), dict(people)


def grant(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Rows of person, role, area and granted_by; one that is held already changes nothing."""
    full = [{**row, "granted_at": now, "ended_at": None} for row in rows]
    insert_new(connection, RoleGrant, full)


def end_grant(connection: Connection, person: int, role: str, area: str, now: int) -> bool:
    """Whether it was held."""
    changed = connection.execute(
        update(_grant)
        .where(
            _grant.c.person == person,
            _grant.c.role == role,
            _grant.c.area == area,
            _grant.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    return changed.rowcount > 0


def officers(connection: Connection, roles: Collection[str]) -> list[Held]:
    """Everybody who holds one of these roles, over whatever place."""
    found = connection.execute(_offices().where(_grant.c.role.in_(roles)))
    return [Held(row[0], row[1].strip(), *row[2:]) for row in found]


def held(connection: Connection, scopes: Collection[str]) -> list[Held]:
    """Offices held now in some places, those over everywhere only for whoever is so placed."""
    found = connection.execute(_offices().where(areas.inside(_grant.c.area, scopes)))
    return [Held(row[0], row[1].strip(), *row[2:]) for row in found]


def _offices() -> Any:
    return (
        select(
            _grant.c.person,
            (_person.honorific + " " + _person.call_name),
            _grant.c.role,
            _grant.c.area,
            _grant.c.granted_at,
        )
        .join_from(_grant, table(Person), _person.id == _grant.c.person)
        .where(_grant.c.ended_at.is_(None))
        .order_by(_grant.c.area, _grant.c.role, _grant.c.person)
    )


def serves(connection: Connection, person: int) -> bool:
    """In a team or an office, now."""
    member = select(_member.c.person).where(_member.c.person == person)
    office = select(_grant.c.person).where(_grant.c.person == person, _grant.c.ended_at.is_(None))
    return connection.execute(member.union_all(office).limit(1)).first() is not None


def holders(connection: Connection, role: Role) -> set[int]:
    """Whoever holds this office anywhere."""
    found = select(_grant.c.person).where(_grant.c.role == role, _grant.c.ended_at.is_(None))
    return set(connection.execute(found).scalars())


def actors(connection: Connection, persons: Collection[int], via: str) -> dict[int, Actor]:
    """What each person may do: over themselves, where their teams serve, and by office."""
    held: dict[int, list[Grant]] = {one: [Grant(Role.RESIDENT, f"person:{one}")] for one in persons}
    served = (
        select(_member.c.person, _member.c.role, _serves.c.area)
        .join_from(_member, _serves, _serves.c.team == _member.c.team)
        .where(_member.c.person.in_(persons))
    )
    office = select(_grant.c.person, _grant.c.role, _grant.c.area).where(
        _grant.c.person.in_(persons), _grant.c.ended_at.is_(None)
    )
    for person, role, area in connection.execute(union_all(served, office)):
        held[person].append(Grant(Role(role), area))
    return {person: Actor(person, via, tuple(grants)) for person, grants in held.items()}


def only_name(connection: Connection) -> str:
    """The name residents are greeted with; empty while several teams share the service."""
    names = list(connection.execute(select(_team.c.name).limit(2)).scalars())
    return names[0] if len(names) == 1 else ""
