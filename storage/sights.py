"""Who was shown a household's names, once a day for each. Tables sight, audit_entry, person.

Phones and whole files are in the audit trail; both are read together here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, distinct, func, literal, select

from bot.core.rights import Operation
from storage import areas
from storage.database import DAY
from storage.rows import insert_new, table
from storage.tables import AuditEntry, Household, Person, PersonAddress, Sight

_sight, _audit, _person = table(Sight), table(AuditEntry).c, table(Person)
_home, _chat = table(Household).c, table(PersonAddress).c
Shown = tuple[int, str]  # to whom, which household
CLOSER = (Operation.SEE_PHONE, Operation.SEE_PERSON_DATA)


@dataclass(frozen=True, slots=True)
class Asked:
    """Moments in microseconds; 0 and empty for any."""

    since: int = 0
    until: int = 0
    viewer: int = 0
    person: int = 0
    scopes: Collection[str] = ("",)


@dataclass(frozen=True, slots=True)
class Look:
    """`what` is "names", or the operation of the audit trail."""

    at: int
    viewer: int
    person: int
    what: str


def seen(connection: Connection, viewer: int, households: Collection[str], now: int) -> None:
    shown(connection, [(viewer, one) for one in households], now)


def shown(connection: Connection, looks: Collection[Shown], now: int) -> None:
    """Of many viewers at once."""
    rows = [
        {"viewer": viewer, "day": now // DAY, "household": household, "at": now}
        for viewer, household in sorted(set(looks))
        if household
    ]
    insert_new(connection, Sight, rows)


def looks(connection: Connection, asked: Asked, limit: int) -> list[Look]:
    """Newest first. Those whom a household has now count as shown with it."""
    queries = (_names(asked).limit(limit), _closely(asked).limit(limit))
    found = [Look(*row) for query in queries for row in connection.execute(query)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def _names(asked: Asked) -> Any:
    columns = _sight.c
    return (
        select(columns.at, columns.viewer, _person.c.id, literal("names"))
        .join(_person, _person.c.household == columns.household)
        .join(table(Household), _home.code == columns.household)
        .where(*_fits(asked, columns.at, columns.viewer, _person.c.id))
        .order_by(columns.at.desc())
    )


def _closely(asked: Asked) -> Any:
    number = literal("person:").concat(cast(_person.c.id, String))
    return (
        select(_audit.at, _audit.actor, _person.c.id, _audit.operation)
        .join(_person, _audit.target == number)
        .outerjoin(table(Household), _home.code == _person.c.household)
        .where(_audit.operation.in_(CLOSER), *_fits(asked, _audit.at, _audit.actor, _person.c.id))
        .order_by(_audit.at.desc())
    )


def _fits(asked: Asked, at: Any, viewer: Any, person: Any) -> list[ColumnElement[bool]]:
    told: list[tuple[object, ColumnElement[bool]]] = [
        (asked.since, at >= asked.since),
        (asked.until, at < asked.until),
        (asked.viewer, viewer == asked.viewer),
        (asked.person, person == asked.person),
        (tuple(asked.scopes) != ("",), areas.inside(_home.area, asked.scopes)),
    ]
    return [where for given, where in told if given]


def kept(connection: Connection, scopes: Collection[str]) -> dict[str, int]:
    """How many persons of some places something is kept of, by kind of data."""
    lives = select(_person.c.id).join(table(Household), _home.code == _person.c.household)
    here = (
        lives.where(areas.inside(_home.area, scopes))
        if tuple(scopes) != ("",)
        else select(_person.c.id)
    )
    of_them = _person.c.id.in_(here)

    def number(what: Any, *where: Any) -> int:
        return int(connection.execute(select(func.count(what)).where(*where)).scalar_one())

    return {
        "names": number(_person.c.id, of_them),
        "phones": number(_person.c.id, of_them, _person.c.phone != ""),
        "chats": number(distinct(_chat.person), _chat.person.in_(here)),
    }
