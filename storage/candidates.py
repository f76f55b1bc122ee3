"""Who could be given guides, with all that decides it. A fixed number of queries for any number
of people; no table of its own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from storage import areas
from storage.households import ACTIVE
from storage.rows import table
from storage.runs import LIVE, SAID, VERIFIED
from storage.tables import (
    Chat,
    Confirmation,
    Consent,
    GuideRun,
    Household,
    Person,
    PersonAddress,
)

_person = table(Person)
_household = table(Household)
_link = table(PersonAddress).c
_chat = table(Chat).c
_consent = table(Consent).c
_run = table(GuideRun).c
_confirmation = table(Confirmation).c


@dataclass(slots=True)
class Candidate:
    """`chat` is where they can be written to, `consent` their last word about guides (None:
    never asked), `live` guide -> where they are in it, `done` what they finished."""

    person: int
    name: str
    household: str
    age_band: str
    muted_until: int
    chat: str = ""
    consent: bool | None = None
    live: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)


def of_households(
    connection: Connection, codes: Collection[str], guides: Collection[str]
) -> list[Candidate]:
    return _all(connection, _household.c.code.in_(codes), guides)


def of_area(connection: Connection, area: str, guides: Collection[str]) -> list[Candidate]:
    """Everybody below a place whose household is there."""
    return _all(connection, areas.inside(_household.c.area, [area]), guides)


def of_persons(connection: Connection, persons: Collection[int]) -> dict[int, Candidate]:
    """By id; those who moved away or are gone are left out."""
    return {one.person: one for one in _all(connection, _person.c.id.in_(persons), ())}


def _all(connection: Connection, where: Any, guides: Collection[str]) -> list[Candidate]:
    where = where & (_household.c.state == ACTIVE)
    living = _person.join(_household, _household.c.code == _person.c.household)
    found = connection.execute(
        select(
            _person.c.id,
            _person.c.honorific + " " + _person.c.call_name,
            _person.c.household,
            _person.c.age_band,
            _household.c.muted_until,
        )
        .select_from(living)
        .where(where)
        .order_by(_person.c.household, _person.c.is_head.desc(), _person.c.id)
    )
    people = {row[0]: Candidate(row[0], row[1].strip(), *row[2:]) for row in found}
    who = select(_person.c.id).select_from(living).where(where)
    _reach(connection, people, who)
    _agree(connection, people, who)
    _study(connection, people, who, guides)
    return list(people.values())


def _reach(connection: Connection, people: Mapping[int, Candidate], who: Any) -> None:
    """Their best chat: preferred before owned before the rest."""
    found = connection.execute(
        select(_link.person, _link.address)
        .join_from(table(PersonAddress), table(Chat), _chat.address == _link.address)
        .where(_link.person.in_(who), _chat.reachable)
        .order_by(_link.preferred, _link.is_owner, _link.linked_at.desc())
    )
    for person, address in found:
        people[person].chat = address


def _agree(connection: Connection, people: Mapping[int, Candidate], who: Any) -> None:
    """By themselves: what a member recorded opens no chat, but it may close one."""
    own = (_consent.recorder == "self") | ~_consent.granted
    mine = (_consent.purpose == "guides") & own
    last = (
        select(func.max(_consent.id))
        .where(_consent.person.in_(who), mine)
        .group_by(_consent.person)
    )
    found = select(_consent.person, _consent.granted).where(_consent.id.in_(last))
    for person, granted in connection.execute(found):
        people[person].consent = granted


def _study(
    connection: Connection, people: Mapping[int, Candidate], who: Any, guides: Collection[str]
) -> None:
    live = select(_run.person, _run.guide, _run.item).where(
        _run.person.in_(who), _run.guide.in_(guides), _run.state.in_(LIVE)
    )
    for person, guide, item in connection.execute(live):
        people[person].live[guide] = item
    done = select(_confirmation.person, _confirmation.guide).where(
        _confirmation.person.in_(who),
        _confirmation.guide.in_(guides),
        _confirmation.kind.in_((SAID, VERIFIED)),
    )
    for person, guide in connection.execute(done):
        people[person].done.add(guide)
