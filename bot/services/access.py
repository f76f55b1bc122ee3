"""Asking for rights, and refusing. Every operation of a service begins here."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Actor, Operation, Refusal, refusal
from storage import areas, households, persons


class Problem(StrEnum):
    """What else can stand in the way; like a refusal, each has words in guides/desk.yaml."""

    NO_AREA = "no-area"
    NO_HOUSEHOLD = "no-household"
    NO_PERSON = "no-person"
    NO_TEAM = "no-team"
    NAME_TAKEN = "name-taken"
    NOT_ACTIVE = "not-active"
    SAME = "same"
    BAD_PHONE = "bad-phone"
    BAD_VALUE = "bad-value"
    BAD_PICTURE = "bad-picture"
    BAD_CODE = "bad-code"
    NO_HELP = "no-help"
    TAKEN = "taken"
    TOO_MANY = "too-many"
    AMBIGUOUS = "ambiguous"
    NO_ANNOUNCEMENT = "no-announcement"
    NO_GROUP = "no-group"
    NO_FEED = "no-feed"
    WRONG_STATE = "wrong-state"
    CHANGED = "changed"
    OWN_WORK = "own-work"
    NO_REASON = "no-reason"
    WRONG_COUNT = "wrong-count"
    NOBODY = "nobody"
    NOBODY_LEFT = "nobody-left"
    TOO_LATE = "too-late"
    TOO_EARLY = "too-early"
    NO_REPORT = "no-report"
    FAULTY = "faulty"
    BAD_LINK = "bad-link"
    BAD_LOGIN = "bad-login"
    BAD_PASSWORD = "bad-password"  # noqa: S105
    LOCKED = "locked"
    NO_ROLE = "no-role"
    NO_GUIDE = "no-guide"
    NOTHING = "nothing"
    GONE = "gone"
    NO_CONSENT = "no-consent"
    SERVES = "serves"
    NOT_SURE = "not-sure"
    OWN_OFFICE = "own-office"
    SHORT_NIGHT = "short-night"
    SHORT_DAY = "short-day"


class Refused(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """Nothing was changed. `values` fill the words that say why."""

    def __init__(self, reason: Refusal | Problem, **values: str) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


def require(
    connection: Connection, actor: Actor, operation: Operation, area: str, own: str = ""
) -> None:
    """For a place, or for somebody of one's `own` who lives there. Raises Refused."""
    line: Sequence[str] = areas.line(connection, area)
    if not line:
        raise Refused(Problem.NO_AREA, area=area)
    if found := refusal(actor, operation, (own, *line) if own else line):
        raise Refused(found, operation=operation)


def scopes(actor: Actor, operation: Operation) -> tuple[str, ...]:
    """Where the actor may do this, for listing. Raises Refused when nowhere."""
    found = tuple(one for one in actor.scopes(operation) if not one.startswith("person:"))
    if not found:
        raise Refused(refusal(actor, operation, ()) or Refusal.ROLE, operation=operation)
    return found


def household(
    connection: Connection, actor: Actor, operation: Operation, code: str
) -> households.Home:
    """The household, if the actor may do this there. Raises Refused.

    One in somebody else's place is refused before it is said whether it exists.
    """
    found = households.get(connection, [code]).get(code)
    if found is None:
        scopes(actor, operation)
        raise Refused(Problem.NO_HOUSEHOLD, household=code)
    require(connection, actor, operation, found.area)
    return found


def active(
    connection: Connection, actor: Actor, operation: Operation, code: str
) -> households.Home:
    """Likewise, and it has not moved away or been merged."""
    found = household(connection, actor, operation, code)
    if found.state != households.ACTIVE:
        raise Refused(Problem.NOT_ACTIVE, household=code)
    return found


def every_active(
    connection: Connection, actor: Actor, operation: Operation, codes: Collection[str]
) -> dict[str, households.Home]:
    """All of them, in as many queries as they lie in different places."""
    found = households.get(connection, codes)
    for code in codes:
        if code not in found:
            scopes(actor, operation)
            raise Refused(Problem.NO_HOUSEHOLD, household=code)
    for area in {one.area for one in found.values()}:
        require(connection, actor, operation, area)
    for one in found.values():
        if one.state != households.ACTIVE:
            raise Refused(Problem.NOT_ACTIVE, household=one.code)
    return found


def person(
    connection: Connection, actor: Actor, operation: Operation, number: int
) -> persons.Someone:
    """Somebody of a household, or oneself. Raises Refused."""
    found = persons.get(connection, [number]).get(number)
    if found is None:
        raise Refused(Problem.NO_PERSON)
    homes = households.get(connection, [found.household])
    area = homes[found.household].area if found.household in homes else EVERYWHERE
    require(connection, actor, operation, area, own=f"person:{number}")
    return found
