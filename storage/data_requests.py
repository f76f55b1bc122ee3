"""What residents asked about their own data, with the legal clocks. Table data_request."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, true, update

from bot.core.rights import EVERYWHERE
from storage import areas
from storage.rows import table
from storage.tables import DataRequest, Household, Person

_request = table(DataRequest)
_columns = _request.c


@dataclass(frozen=True, slots=True)
class Asked:
    """`answer_by` and `due_at` are the law's clocks; moments in microseconds, None for not yet."""

    id: int
    address: str
    person: int
    kind: str
    asked_at: int
    answer_by: int
    due_at: int
    done_at: int | None = None
    done_by: int = 0
    declined: str = ""


_FIELDS = [_columns[name] for name in Asked.__dataclass_fields__]
_open = _columns.done_at.is_(None)


def add(connection: Connection, asked: Asked) -> int:
    """Its number; `id` is not looked at. An open one of the same kind stays the only one."""
    known: int | None = connection.execute(
        select(_columns.id).where(
            _columns.address == asked.address,
            _columns.person == asked.person,
            _columns.kind == asked.kind,
            _open,
        )
    ).scalar()
    if known:
        return known
    row = {name: getattr(asked, name) for name in Asked.__dataclass_fields__ if name != "id"}
    made: int = connection.execute(
        _request.insert().values(row).returning(_columns.id)
    ).scalar_one()
    return made


def is_waiting(connection: Connection, kind: str) -> bool:
    """Whether one was asked for in a chat; what was asked in person waits for a person."""
    in_chat = _columns.address != ""
    found = select(_columns.id).where(_open, in_chat, _columns.kind == kind).limit(1)
    return connection.execute(found).first() is not None


def waiting(connection: Connection, kinds: Collection[str], limit: int) -> list[Asked]:
    """Open ones that were asked for in a chat, in order of when they are due."""
    found = connection.execute(
        select(*_FIELDS)
        .where(_open, _columns.address != "", _columns.kind.in_(kinds))
        .order_by(_columns.due_at, _columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Asked(*row) for row in found]


def listed(
    connection: Connection, scopes: Collection[str], limit: int, *, is_open: bool
) -> list[Asked]:
    """Of people who live in these places; the open ones by when they are due, the settled ones
    newest first. Those of nobody known, and of people who are gone, lie in no place."""
    order = (_columns.due_at, _columns.id) if is_open else (_columns.done_at.desc(), _columns.id)
    person, home = table(Person), table(Household)
    lived = (
        select(person.c.id)
        .join(home, home.c.code == person.c.household)
        .where(areas.inside(home.c.area, scopes))
    )
    here = true() if EVERYWHERE in scopes else _columns.person.in_(lived)
    found = connection.execute(
        select(*_FIELDS).where(_open if is_open else ~_open, here).order_by(*order).limit(limit)
    )
    return [Asked(*row) for row in found]


def get(connection: Connection, number: int) -> Asked | None:
    found = connection.execute(select(*_FIELDS).where(_columns.id == number)).first()
    return Asked(*found) if found else None


def finish(connection: Connection, number: int, now: int, by: int, declined: str = "") -> bool:
    """Done, or declined for a reason."""
    changed = connection.execute(
        update(_request)
        .where(_columns.id == number, _open)
        .values(done_at=now, done_by=by, declined=declined)
    )
    return changed.rowcount == 1


def finish_of(connection: Connection, person: int, kind: str, now: int, by: int) -> None:
    connection.execute(
        update(_request)
        .where(_columns.person == person, _columns.kind == kind, _open)
        .values(done_at=now, done_by=by)
    )


def overdue(connection: Connection, now: int) -> int:
    """Not answered within the first clock."""
    found: int = connection.execute(
        select(func.count()).select_from(_request).where(_open, _columns.answer_by < now)
    ).scalar_one()
    return found


def open_count(connection: Connection) -> int:
    found: int = connection.execute(
        select(func.count()).select_from(_request).where(_open)
    ).scalar_one()
    return found
