"""Persons: the least that serves. Table person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from bot.core.text import searchable
from storage.rows import Row, batches, insert_new, table
from storage.tables import Person

_person = table(Person)
_columns = _person.c


@dataclass(frozen=True, slots=True)
class Someone:
    """A person as read. `phone` is encrypted, or empty."""

    id: int
    household: str
    honorific: str
    call_name: str
    is_head: bool
    age_band: str
    smartphone: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.honorific} {self.call_name}".strip()


_FIELDS = (
    _columns.id,
    _columns.household,
    _columns.honorific,
    _columns.call_name,
    _columns.is_head,
    _columns.age_band,
    _columns.smartphone,
    _columns.phone,
)
EMPTY: Row = {
    "household": None,
    "honorific": "",
    "call_name": "",
    "is_head": False,
    "age_band": "",
    "smartphone": "",
    "phone": "",
    "phone_mark": "",
}


def key_of(honorific: str, call_name: str) -> str:
    return searchable(f"{honorific} {call_name}")


def same_as(here: Mapping[str, Someone], honorific: str, call_name: str) -> str:
    """The key somebody goes by among people by key: without an honorific the only one of that
    name is meant. Their own key when nobody is."""
    key = key_of(honorific, call_name)
    if key in here or honorific:
        return key
    called = [known for known, one in here.items() if searchable(one.call_name) == key]
    return called[0] if len(called) == 1 else key


def _someone(row: Sequence[object]) -> Someone:
    return Someone(row[0], row[1] or "", *row[2:])  # type: ignore[arg-type]


def add(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Columns left out are empty. Somebody of that name in the household stays as they are."""
    full: list[Row] = [{**EMPTY, **row} for row in rows]
    made = [
        {**row, "key": key_of(row["honorific"], row["call_name"]), "changed_at": now}
        for row in full
    ]
    insert_new(connection, Person, made)


def add_one(connection: Connection, row: Row, now: int) -> int:
    """The new person's id. Raises IntegrityError when the household has that name already."""
    full = {**EMPTY, **row}
    full |= {"key": key_of(full["honorific"], full["call_name"]), "changed_at": now}
    made: int = connection.execute(
        _person.insert().values(full).returning(_columns.id)
    ).scalar_one()
    return made


def add_all(connection: Connection, rows: Sequence[Row], now: int) -> list[int]:
    """The new persons' ids in the order of the rows. Raises IntegrityError like add_one."""
    if not rows:
        return []
    full: list[Row] = [{**EMPTY, **row} for row in rows]
    made = [
        {**row, "key": key_of(row["honorific"], row["call_name"]), "changed_at": now}
        for row in full
    ]
    ordered = _person.insert().returning(_columns.id, sort_by_parameter_order=True)
    return list(connection.execute(ordered, made).scalars())


def get(connection: Connection, ids: Collection[int]) -> dict[int, Someone]:
    found: dict[int, Someone] = {}
    for some in batches(sorted(ids)):
        rows = connection.execute(select(*_FIELDS).where(_columns.id.in_(some)))
        found |= {row.id: _someone(row) for row in rows}
    return found


def of_households(connection: Connection, codes: Collection[str]) -> dict[str, list[Someone]]:
    """Everybody of each household, its head first."""
    found = connection.execute(
        select(*_FIELDS)
        .where(_columns.household.in_(codes))
        .order_by(_columns.household, _columns.is_head.desc(), _columns.id)
    )
    people: dict[str, list[Someone]] = {code: [] for code in codes}
    for row in found:
        people[row.household].append(_someone(row))
    return people


def by_phone(connection: Connection, mark: str) -> list[Someone]:
    """By the keyed digest of a number."""
    found = connection.execute(
        select(*_FIELDS).where(_columns.phone_mark == mark, _columns.phone_mark != "")
    )
    return [_someone(row) for row in found]


def by_phones(connection: Connection, marks: Collection[str]) -> list[tuple[str, Someone]]:
    found = connection.execute(
        select(_columns.phone_mark, *_FIELDS).where(
            _columns.phone_mark.in_(marks), _columns.phone_mark != ""
        )
    )
    return [(row[0], _someone(row[1:])) for row in found]


def marks(connection: Connection, codes: Collection[str]) -> dict[int, str]:
    """The keyed digests of phones in these households, by person."""
    found = connection.execute(
        select(_columns.id, _columns.phone_mark).where(
            _columns.household.in_(codes), _columns.phone_mark != ""
        )
    )
    return {row.id: row.phone_mark for row in found}


def revise(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Rows of id and the columns that may change; the same columns in each."""
    if rows:
        names = [name for name in rows[0] if name != "id"]
        connection.execute(
            update(_person)
            .where(_columns.id == bindparam("b_id"))
            .values({name: bindparam(f"b_{name}") for name in names} | {"changed_at": now}),
            [{f"b_{name}": value for name, value in row.items()} for row in rows],
        )


def set_heads(connection: Connection, keys: Mapping[str, str]) -> None:
    """Household -> key of its only head from now on, who must live in it."""
    rows = [{"b_household": code, "b_key": key} for code, key in keys.items()]
    here = _columns.household == bindparam("b_household")
    other, wanted = _columns.key != bindparam("b_key"), _columns.key == bindparam("b_key")
    if rows:
        ended = update(_person).where(here, other, _columns.is_head)
        connection.execute(ended.values(is_head=False), rows)
        connection.execute(update(_person).where(here, wanted).values(is_head=True), rows)


def change(connection: Connection, person: int, now: int, **values: object) -> None:
    """Sets columns of one person; the key follows the names."""
    connection.execute(
        update(_person).where(_columns.id == person).values(changed_at=now, **values)
    )
    if {"honorific", "call_name"} & values.keys():
        one = get(connection, [person])[person]
        key = key_of(one.honorific, one.call_name)
        connection.execute(update(_person).where(_columns.id == person).values(key=key))


def set_head(connection: Connection, household: str, person: int) -> None:
    """Exactly one of the household, who must live in it."""
    here = _columns.household == household
    connection.execute(update(_person).where(here, _columns.is_head).values(is_head=False))
    connection.execute(update(_person).where(here, _columns.id == person).values(is_head=True))


def rehouse(connection: Connection, ids: Collection[int], household: str, now: int) -> None:
    """Into another household, which keeps its head; a household without one is not given one."""
    connection.execute(
        update(_person)
        .where(_columns.id.in_(ids))
        .values(household=household, is_head=False, changed_at=now)
    )


def erase(connection: Connection, person: int) -> None:
    connection.execute(_person.delete().where(_columns.id == person))
