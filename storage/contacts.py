"""When people were last near, on platforms that count it, and which chats rest. Table contact."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, fields

from sqlalchemy import Connection, bindparam, select, update

from storage.rows import table, upsert
from storage.tables import Chat
from storage.tables import Contact as Table

_contact = table(Table)
_columns = _contact.c
_chat = table(Chat).c


@dataclass(frozen=True, slots=True)
class Contact:
    """Microseconds; 0 for never. `rested` counts what was heard while the chat rests."""

    near_at: int = 0
    last_at: int = 0
    human_until: int = 0
    rests_until: int = 0
    rested: int = 0


_NAMES = tuple(one.name for one in fields(Contact))


def load(connection: Connection, addresses: Collection[str]) -> dict[str, Contact]:
    found = connection.execute(
        select(_columns.address, *[_columns[name] for name in _NAMES]).where(
            _columns.address.in_(addresses)
        )
    )
    return {address: Contact(*times) for address, *times in found}


def save(connection: Connection, known: Mapping[str, Contact]) -> None:
    """Of chats that the caller holds."""
    rows = [
        {"address": address, **dict(zip(_NAMES, astuple(one), strict=True))}
        for address, one in sorted(known.items())
    ]
    upsert(connection, Table, rows, ["address"])


def seen_near(connection: Connection, near: Iterable[tuple[str, int]]) -> None:
    """People who came near elsewhere than in their own chat, if they are known at all."""
    rows = [{"b_address": address, "b_at": at} for address, at in sorted(near)]
    if rows:
        connection.execute(
            update(_contact)
            .where(_columns.address == bindparam("b_address"), _columns.near_at < bindparam("b_at"))
            .values(near_at=bindparam("b_at")),
            rows,
        )


def away(connection: Connection, addresses: Collection[str], since: int) -> set[str]:
    """Chats nobody was near in after `since`; a group is never away."""
    near = select(_columns.address).where(_columns.address.in_(addresses), _columns.near_at > since)
    groups = select(_chat.address).where(_chat.address.in_(addresses), _chat.kind == "group")
    return set(addresses) - set(connection.execute(near.union(groups)).scalars())


def close(connection: Connection, address: str) -> None:
    """The platform knows better: this person has been away too long."""
    connection.execute(update(_contact).where(_columns.address == address).values(near_at=0))
