"""What residents asked about their data, as those see it who have to settle it: by place, with
the law's clocks; corrected, declined for a reason, looked into. Erasing is own_data's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.data_rights import ASKED_BY, IN_PERSON, REASONS, clocks
from bot.core.hours import OfficeHours
from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.services import access, own_data, persons
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import audit, data_requests, households
from storage import persons as rows
from storage.data_requests import Asked
from storage.database import DAY
from storage.households import Home
from storage.persons import Someone
from storage.rows import Row

_AT_ONCE = 100
_LOOKS = (Operation.SEE_PHONE, Operation.SEE_PERSON_DATA)
_LOOKS_AT_ONCE = 50
_OLDEST = 60 * DAY


@dataclass(frozen=True, slots=True)
class Case:
    """One request. Nobody is known for a chat tied to no name, or after an erasure."""

    asked: Asked
    person: Someone | None
    home: Home | None

    @property
    def is_open(self) -> bool:
        return self.asked.done_at is None


def listed(connection: Connection, actor: Actor, *, is_open: bool = True) -> list[Case]:
    """Of the actor's own places; the open ones most urgent first, the settled ones newest first."""
    scopes = access.scopes(actor, Operation.SETTLE_DATA)
    return _cases(connection, data_requests.listed(connection, scopes, _AT_ONCE, is_open=is_open))


def get(connection: Connection, actor: Actor, number: int) -> Case:
    """Raises Refused: in somebody else's place, or unknown."""
    found = data_requests.get(connection, number)
    if found is None:
        access.scopes(actor, Operation.SETTLE_DATA)
        raise Refused(Problem.NO_PERSON)
    (case,) = _cases(connection, [found])
    area = case.home.area if case.home else EVERYWHERE
    access.require(connection, actor, Operation.SETTLE_DATA, area)
    return case


def _waiting(connection: Connection, actor: Actor, number: int) -> Case:
    case = get(connection, actor, number)
    if not case.is_open:
        raise Refused(Problem.SAME)
    return case


def _cases(connection: Connection, found: Sequence[Asked]) -> list[Case]:
    people = rows.get(connection, {one.person for one in found})
    homes = households.get(connection, {one.household for one in people.values()})
    return [
        Case(one, who, homes.get(who.household) if who else None)
        for one in found
        for who in (people.get(one.person),)
    ]


def looks(connection: Connection, actor: Actor, number: int) -> list[Row]:
    """Who looked at the phone number or at everything kept, newest first."""
    person = get(connection, actor, number).asked.person
    if not person:
        return []
    return audit.page(connection, _LOOKS_AT_ONCE, target=f"person:{person}", operations=_LOOKS)


def correct(
    connection: Connection, actor: Actor, now: int, vault: Vault, number: int, **typed: str
) -> Asked:
    """What is written down from now on: fields of Details; without any, it was mended already."""
    case = _waiting(connection, actor, number)
    if typed and case.asked.person:
        persons.correct(connection, actor, now, vault, case.asked.person, **typed)
    return _settle(connection, actor, now, case, "")


def note(
    connection: Connection,
    actor: Actor,
    now: int,
    hours: OfficeHours,
    person: int,
    kind: str,
    asked_at: int,
    way: str,
    *,
    is_sure: bool,
) -> int:
    """Asked in person, by letter or by phone; its number. The clocks run from `asked_at`, not from
    when it was noted. `is_sure`: whoever asked is who they say."""
    access.person(connection, actor, Operation.SETTLE_DATA, person)
    if kind not in IN_PERSON or way not in ASKED_BY or not now - _OLDEST < asked_at <= now:
        raise Refused(Problem.BAD_VALUE)
    if not is_sure:
        raise Refused(Problem.NOT_SURE)
    answer, due = clocks(kind, asked_at, hours)
    asked = Asked(0, "", person, kind, asked_at, answer, due)
    number = data_requests.add(connection, asked)
    target = f"data:{number}"
    audit.record(connection, actor, Operation.SETTLE_DATA, target, now, kind=kind, way=way)
    return number


def decline(connection: Connection, actor: Actor, now: int, number: int, reason: str) -> Asked:
    case = _waiting(connection, actor, number)
    if reason not in REASONS:
        raise Refused(Problem.NO_REASON)
    return _settle(connection, actor, now, case, reason)


def erase(
    connection: Connection, actor: Actor, now: int, vault: Vault, number: int, *, is_sure: bool
) -> Asked:
    """Everything of whoever asked; what they asked besides ends as well."""
    case = _waiting(connection, actor, number)
    if not is_sure:
        raise Refused(Problem.NOT_SURE)
    asked = _settle(connection, actor, now, case, "")
    own_data.erase(connection, actor, now, vault, asked.person, asked.address)
    return asked


def _settle(connection: Connection, actor: Actor, now: int, case: Case, declined: str) -> Asked:
    number = case.asked.id
    if not data_requests.finish(connection, number, now, actor.person, declined):
        raise Refused(Problem.SAME)
    audit.record(connection, actor, Operation.SETTLE_DATA, f"data:{number}", now, declined=declined)
    return case.asked
