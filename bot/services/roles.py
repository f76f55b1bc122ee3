"""Officials: who holds which role over which place. Members' roles come from their teams."""

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation, Role
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, persons, teams

OFFICES = tuple(role for role in Role if role is not Role.RESIDENT)


def appoint(
    connection: Connection, actor: Actor, now: int, person: int, role: Role, area: str
) -> None:
    """Held already: nothing changes."""
    access.require(connection, actor, Operation.GRANT_ROLE, area)
    if role not in OFFICES:
        raise Refused(Problem.BAD_VALUE)
    if person not in persons.get(connection, [person]):
        raise Refused(Problem.NO_PERSON)
    row = {"person": person, "role": role, "area": area, "granted_by": actor.person}
    teams.grant(connection, [row], now)
    _audit(connection, actor, person, now, step="appoint", role=role, area=area)


def end(connection: Connection, actor: Actor, now: int, person: int, role: Role, area: str) -> None:
    access.require(connection, actor, Operation.GRANT_ROLE, area)
    if not teams.end_grant(connection, person, role, area, now):
        raise Refused(Problem.SAME)
    _audit(connection, actor, person, now, step="end", role=role, area=area)


def listed(connection: Connection, actor: Actor) -> list[teams.Held]:
    """Every role held now in the actor's places."""
    return teams.held(connection, access.scopes(actor, Operation.GRANT_ROLE))


def _audit(connection: Connection, actor: Actor, person: int, now: int, **detail: object) -> None:
    audit.record(connection, actor, Operation.GRANT_ROLE, f"person:{person}", now, **detail)
