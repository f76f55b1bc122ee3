"""Who is in a team. Rights are asked over every place the team serves; nobody's past is lost:
what they recorded stays theirs."""

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation, Role
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, logins, persons, teams
from storage.teams import Known

_LONG = 40
_ROLES = {Role.MEMBER: Operation.ADD_MEMBER, Role.LEAD: Operation.ADD_LEAD}


def join(
    connection: Connection,
    actor: Actor,
    now: int,
    team: str,
    called: tuple[str, str],
    role: str,
    household: str = "",
) -> int:
    """`called` is the honorific and the name: somebody new, or who lives in that household. Their
    number."""
    wanted = Role.LEAD if role == Role.LEAD else Role.MEMBER
    known = _team(connection, actor, _ROLES[wanted], team)
    honorific, name = (" ".join(one.split()) for one in called)
    if not 0 < len(name) <= _LONG or len(honorific) > _LONG:
        raise Refused(Problem.BAD_VALUE)
    if household:
        person = _living(connection, actor, household, honorific, name)
    else:
        person = persons.add_one(connection, {"honorific": honorific, "call_name": name}, now)
    row = {"team": known.code, "person": person, "role": wanted}
    teams.add_members(connection, [row], now)
    _audit(connection, actor, _ROLES[wanted], person, now, team=team, role=wanted)
    return person


def leave(connection: Connection, actor: Actor, now: int, team: str, person: int) -> None:
    """Whoever serves nowhere any more is out of every page at once."""
    known = _team(connection, actor, Operation.REMOVE_MEMBER, team)
    members = {one.person: one for one in teams.members(connection, [known.code])}
    if person not in members:
        raise Refused(Problem.NO_PERSON)
    if members[person].role == Role.LEAD:
        _team(connection, actor, Operation.ADD_LEAD, team)
    teams.remove_member(connection, known.code, person)
    if not teams.serves(connection, person):
        logins.end_all(connection, person)
    _audit(connection, actor, Operation.REMOVE_MEMBER, person, now, team=team)


def _team(connection: Connection, actor: Actor, operation: Operation, code: str) -> Known:
    known = teams.known(connection).get(code)
    if known is None:
        access.scopes(actor, operation)
        raise Refused(Problem.NO_TEAM)
    for area in known.serves or {known.area}:
        access.require(connection, actor, operation, area)
    return known


def _living(connection: Connection, actor: Actor, household: str, honorific: str, name: str) -> int:
    home = access.active(connection, actor, Operation.SEE_HOUSEHOLDS, household.upper())
    living = persons.of_households(connection, [home.code])[home.code]
    here = {persons.key_of(one.honorific, one.call_name): one for one in living}
    found = here.get(persons.same_as(here, honorific, name))
    if found is None:
        raise Refused(Problem.NO_PERSON)
    return found.id


def _audit(
    connection: Connection,
    actor: Actor,
    operation: Operation,
    person: int,
    now: int,
    **detail: object,
) -> None:
    audit.record(connection, actor, operation, f"person:{person}", now, **detail)
