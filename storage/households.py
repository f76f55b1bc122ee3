"""Households and their history. Tables household, household_event."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from bot.core.text import searchable
from storage import areas
from storage.rows import Row, batches, insert, insert_new, table
from storage.tables import Household, HouseholdEvent, Person

_household = table(Household)
_columns = _household.c
_event = table(HouseholdEvent)
_person = table(Person).c
ACTIVE, MOVED, MERGED = "active", "moved", "merged"


@dataclass(frozen=True, slots=True)
class Home:
    """A household as it is read. `muted_until` is in microseconds, 0 for not muted."""

    code: str
    area: str
    label: str
    state: str
    merged_into: str
    muted_reason: str
    muted_until: int


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a household's history. `person` and `actor` are ids, 0 for none."""

    kind: str
    other: str
    person: int
    actor: int
    at: int


_FIELDS = (
    _columns.code,
    _columns.area,
    _columns.label,
    _columns.state,
    _columns.merged_into,
    _columns.muted_reason,
    _columns.muted_until,
)


def add(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Rows of code, area and label. A code that is taken is left as it is."""
    fixed = {"state": ACTIVE, "merged_into": "", "muted_reason": "", "muted_until": 0}
    full = [
        {**row, **fixed, "search": searchable(f"{row['code']} {row['label']}"), "changed_at": now}
        for row in rows
    ]
    insert_new(connection, Household, full)


def get(connection: Connection, codes: Collection[str]) -> dict[str, Home]:
    found: dict[str, Home] = {}
    for some in batches(sorted(codes)):
        rows = connection.execute(select(*_FIELDS).where(_columns.code.in_(some)))
        found |= {row.code: Home(*row) for row in rows}
    return found


def search(
    connection: Connection, scopes: Collection[str], text: str, limit: int, *, after: str = ""
) -> list[Home]:
    """Active households below the scopes whose code, address or people have words that begin
    as each word of the text does, accents or none. In order of code, from `after` on."""
    begins = [_columns.search.contains(f" {word}") for word in searchable(text).split()]
    found = connection.execute(
        select(*_FIELDS)
        .where(
            areas.inside(_columns.area, scopes),
            _columns.state == ACTIVE,
            _columns.code > after,
            *begins,
        )
        .order_by(_columns.code)
        .limit(limit)
    )
    return [Home(*row) for row in found]


def change(connection: Connection, code: str, now: int, **values: object) -> None:
    """Sets columns of one household. Follow with `refresh` when its address changed."""
    connection.execute(
        update(_household).where(_columns.code == code).values(changed_at=now, **values)
    )


def relabel(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """Rows of code and label. Follow with `refresh`."""
    if rows:
        connection.execute(
            update(_household)
            .where(_columns.code == bindparam("b_code"))
            .values(label=bindparam("b_label"), changed_at=now),
            [{"b_code": row["code"], "b_label": row["label"]} for row in rows],
        )


def refresh(connection: Connection, codes: Iterable[str]) -> None:
    """Works out anew what households are found by."""
    for part in batches(sorted(set(codes))):
        found = connection.execute(
            select(_person.household, _person.key).where(_person.household.in_(part))
        )
        people: defaultdict[str, list[str]] = defaultdict(list)
        for household, key in found:
            people[household].append(key)
        homes = get(connection, part).values()
        rows = [
            {
                "b_code": home.code,
                "b_search": "".join([searchable(f"{home.code} {home.label}"), *people[home.code]]),
            }
            for home in homes
        ]
        if rows:
            connection.execute(
                update(_household)
                .where(_columns.code == bindparam("b_code"))
                .values(search=bindparam("b_search")),
                rows,
            )


def happened(connection: Connection, rows: Sequence[Row]) -> None:
    """Adds to the history: rows of household, kind, other, person, actor and at."""
    insert(connection, HouseholdEvent, rows)


def history(connection: Connection, code: str) -> list[Happening]:
    """Oldest first."""
    found = connection.execute(
        select(_event.c.kind, _event.c.other, _event.c.person, _event.c.actor, _event.c.at)
        .where(_event.c.household == code)
        .order_by(_event.c.id)
    )
    return [Happening(*row) for row in found]


def next_code(connection: Connection) -> str:
    """A code nobody has: H and a number, counting on from how many there are."""
    start = connection.execute(select(func.count()).select_from(_household)).scalar_one() + 1
    while True:
        tried = [f"H{number:03}" for number in range(start, start + 50)]
        taken = get(connection, tried)
        if free := next((one for one in tried if one not in taken), ""):
            return free
        start += 50
