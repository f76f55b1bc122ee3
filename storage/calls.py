"""Calls for a person: who is asked, who claimed, what was said. Tables help_request, help_event."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, case, func, or_, select, update

from storage import areas
from storage.rows import Row, given, insert, insert_new, packed, table
from storage.tables import Delivery, HelpEvent, HelpRequest, Household, Person

_help = table(HelpRequest)
_columns = _help.c
_event = table(HelpEvent)
_outbox = table(Delivery).c
_live = _columns.state != "closed"
OPEN, CLAIMED, CLOSED = "open", "claimed", "closed"
_UNSENT = ("failed", "expired", "skipped", "uncertain")


@dataclass(frozen=True, slots=True)
class Request:
    """A call as read; moments are microseconds, 0 for never."""

    id: int
    address: str
    person: int
    area: str
    guide: str
    item: str
    state: str
    level: str
    outcome: str
    asked: int
    claimed_by: int
    helper: str
    due_at: int
    asked_at: int
    claimed_at: int
    replied_at: int
    said_at: int

    @property
    def waits(self) -> bool:
        """Somebody is to answer the resident."""
        return not self.replied_at or self.said_at > self.replied_at


@dataclass(frozen=True, slots=True)
class Happened:
    """Something about a request. `actor` is who did it or, for "told", who is to be told."""

    id: int
    request: int
    kind: str
    actor: int
    text: str
    at: int
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A claimed request: the resident's chat and seat, and the member who helps."""

    request: int
    address: str
    person: int
    member: int


_FIELDS = [_columns[name] for name in Request.__dataclass_fields__]
_EVENT_FIELDS = [_event.c[name] for name in Happened.__dataclass_fields__]


def call(connection: Connection, calls: Sequence[Row], now: int) -> None:
    """One live request per person and chat: asking again is counted and moves its place."""
    rows = [_row(one, now) for one in calls]
    insert_new(connection, HelpRequest, rows)
    asked: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        seat = row["address"], row["person"]
        times = int(str(asked[seat]["asked"])) if seat in asked else 0
        asked[seat] = {**row, "asked": times + 1}
    if asked:
        dialect = connection.dialect.name
        connection.execute(_asking(dialect), packed(dialect, list(asked.values()), _ASKED))


_ASKED = ("address", "person", "guide", "item", "asked")


@lru_cache
def _asking(dialect: str) -> Any:
    more = given(dialect, HelpRequest, _ASKED).c
    theirs = (_columns.address == more.address, _columns.person == more.person)
    values = {"guide": more.guide, "item": more.item, "asked": _columns.asked + more.asked}
    return update(_help).where(*theirs, _live).values(**values)


def _row(one: Row, now: int) -> Row:
    texts = dict.fromkeys(("area", "level", "outcome", "helper"), "")
    moments = dict.fromkeys(("claimed_at", "replied_at", "said_at", "ended_at"), 0)
    fixed = {"state": OPEN, "asked": 0, "claimed_by": 0, "due_at": now, "asked_at": now}
    return {**one, **texts, **moments, **fixed}


def get(connection: Connection, ids: Collection[int]) -> dict[int, Request]:
    found = connection.execute(select(*_FIELDS).where(_columns.id.in_(ids)))
    return {row.id: Request(*row) for row in found}


def of_chats(connection: Connection, addresses: Collection[str]) -> list[Request]:
    """The live ones of everybody at these chats."""
    found = connection.execute(select(*_FIELDS).where(_columns.address.in_(addresses), _live))
    return [Request(*row) for row in found]


def due(connection: Connection, now: int, limit: int) -> list[Request]:
    """Locked, so that only one process moves each."""
    found = connection.execute(
        select(*_FIELDS)
        .where(_live, _columns.due_at <= now)
        .order_by(_columns.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Request(*row) for row in found]


def is_due(connection: Connection, now: int) -> bool:
    """Whether the worker has anything to do."""
    waiting = select(_columns.id).where(_live, _columns.due_at <= now).limit(1)
    untold = select(_event.c.id).where(_event.c.told_at.is_(None)).limit(1)
    return any(connection.execute(one).first() for one in (waiting, untold))


def change(connection: Connection, number: int, before: str, /, **values: object) -> bool:
    """Whether it was still in that state: of two at once the first wins."""
    changed = connection.execute(
        update(_help).where(_columns.id == number, _columns.state == before).values(**values)
    )
    return changed.rowcount == 1


def happened(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of request, kind, actor, text, at and, if any, picture; those concerned are told by
    the worker."""
    insert(connection, HelpEvent, [{"picture": "", **row, "told_at": None} for row in rows])


def untold(connection: Connection, limit: int) -> list[Happened]:
    """Oldest first; processes wait for each other here, so that the order is kept."""
    found = connection.execute(
        select(*_EVENT_FIELDS)
        .where(_event.c.told_at.is_(None))
        .order_by(_event.c.id)
        .limit(limit)
        .with_for_update()
    )
    return [Happened(*row) for row in found]


def told(connection: Connection, ids: Collection[int], now: int) -> None:
    connection.execute(update(_event).where(_event.c.id.in_(ids)).values(told_at=now))


def forget_words(connection: Connection, ids: Collection[int]) -> None:
    """What was said about closed requests and has been passed on."""
    connection.execute(
        update(_event)
        .where(_event.c.request.in_(ids), _event.c.told_at.is_not(None), _event.c.text != "")
        .values(text="")
    )


def last_words(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """What each resident said last, if it is kept."""
    said = (_event.c.kind == "said") & _event.c.request.in_(ids)
    last = select(func.max(_event.c.id)).where(said).group_by(_event.c.request)
    found = connection.execute(
        select(_event.c.request, _event.c.text).where(_event.c.id.in_(last), _event.c.text != "")
    )
    return {row.request: row.text for row in found}


def newest(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """What happened last to each, by its number, which only grows."""
    found = connection.execute(
        select(_event.c.request, func.max(_event.c.id))
        .where(_event.c.request.in_(ids))
        .group_by(_event.c.request)
    )
    return {request: int(number) for request, number in found}


def stamp(connection: Connection) -> tuple[int, ...]:
    """Something else whenever any call is: what happened last, which came last, how many live."""
    last = select(func.max(_event.c.id)).scalar_subquery()
    live_ = select(func.count()).select_from(_help).where(_live).scalar_subquery()
    found = connection.execute(select(last, select(func.max(_columns.id)).scalar_subquery(), live_))
    return tuple(int(one or 0) for one in found.one())


def history(connection: Connection, number: int) -> list[Happened]:
    found = connection.execute(
        select(*_EVENT_FIELDS).where(_event.c.request == number).order_by(_event.c.id)
    )
    return [Happened(*row) for row in found]


def gave_back(connection: Connection, ids: Collection[int]) -> dict[int, set[int]]:
    """Who held each request and did not keep it."""
    found = connection.execute(
        select(_event.c.request, _event.c.actor).where(
            _event.c.request.in_(ids), _event.c.kind.in_(("returned", "released"))
        )
    )
    persons: defaultdict[int, set[int]] = defaultdict(set)
    for request, person in found:
        persons[request].add(person)
    return persons


def unheard(connection: Connection, owners: Collection[str]) -> set[str]:
    """Owners of deliveries none of which reached anybody or still may."""
    found = connection.execute(
        select(_outbox.owner)
        .where(_outbox.owner.in_(owners))
        .group_by(_outbox.owner)
        .having(func.sum(case((_outbox.state.in_(_UNSENT), 1), else_=0)) == func.count())
    )
    return set(found.scalars())


def talks(
    connection: Connection, addresses: Collection[str], members: Collection[int]
) -> list[Talk]:
    """Claimed requests from these chats or held by these members."""
    found = connection.execute(
        select(_columns.id, _columns.address, _columns.person, _columns.claimed_by)
        .where(
            _columns.state == CLAIMED,
            or_(_columns.address.in_(addresses), _columns.claimed_by.in_(members)),
        )
        .order_by(_columns.claimed_at)
    )
    return [Talk(*row) for row in found]


def live(
    connection: Connection, scopes: Collection[str], limit: int, after: int = 0
) -> list[Request]:
    """Open and claimed ones of some places, oldest first."""
    found = connection.execute(
        select(*_FIELDS)
        .where(_live, areas.inside(_columns.area, scopes), _columns.id > after)
        .order_by(_columns.id)
        .limit(limit)
    )
    return [Request(*row) for row in found]


def places(connection: Connection, persons: Collection[int]) -> dict[int, str]:
    """Where each lives; those without a household are left out."""
    person, household = table(Person).c, table(Household).c
    found = connection.execute(
        select(person.id, household.area)
        .join_from(table(Person), table(Household), household.code == person.household)
        .where(person.id.in_(persons))
    )
    return {row.id: row.area for row in found}


def open_count(connection: Connection) -> int:
    found: int = connection.execute(
        select(func.count()).select_from(_help).where(_live)
    ).scalar_one()
    return found


def unanswered(connection: Connection, since: int) -> int:
    """Live ones nobody could be told of, or that nobody has claimed since then."""
    late = (_columns.state == OPEN) & (_columns.asked_at < since)
    found: int = connection.execute(
        select(func.count()).select_from(_help).where(_live, or_(_columns.level == "nobody", late))
    ).scalar_one()
    return found
