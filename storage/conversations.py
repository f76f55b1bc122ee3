"""States of conversations and the guide versions they are pinned to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from storage.rows import insert_new, table, upsert
from storage.tables import ConversationState, GuideVersion, PersonAddress

_conversation = table(ConversationState).c
_version = table(GuideVersion).c
_tie = table(PersonAddress).c


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored conversation as JSON, and when it last moved."""

    state: str
    updated_at: int


def load(connection: Connection, addresses: Collection[str]) -> dict[tuple[str, int], Kept]:
    """Every conversation of each chat, by chat and person (0: nobody known)."""
    found = connection.execute(
        select(
            _conversation.address,
            _conversation.person,
            _conversation.state,
            _conversation.updated_at,
        ).where(_conversation.address.in_(addresses))
    )
    return {(row.address, row.person): Kept(row.state, row.updated_at) for row in found}


def last(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """When each chat's conversation, whoever's, last moved."""
    found = connection.execute(
        select(_conversation.address, func.max(_conversation.updated_at))
        .where(_conversation.address.in_(addresses))
        .group_by(_conversation.address)
    )
    return {row[0]: row[1] for row in found}


def of_persons(connection: Connection, persons: Collection[int]) -> list[tuple[str, int]]:
    """Chats where these people are known and have talked with us, and who it is."""
    mine = (_conversation.address == _tie.address) & (_conversation.person == _tie.person)
    found = connection.execute(
        select(_tie.address, _tie.person)
        .join_from(table(PersonAddress), table(ConversationState), mine)
        .where(_tie.person.in_(persons))
    )
    return [(address, person) for address, person in found]


def any_at(connection: Connection) -> bool:
    """Whether anybody ever talked with us."""
    return connection.execute(select(_conversation.address).limit(1)).first() is not None


def save(connection: Connection, states: Mapping[tuple[str, int], str], now: int) -> None:
    rows = [
        {"address": address, "person": person, "state": state, "updated_at": now}
        for (address, person), state in states.items()
    ]
    upsert(connection, ConversationState, rows, ["address", "person"])


def begin(connection: Connection, address: str, person: int, now: int) -> None:
    """Somebody's turn at a chat, from now on; what they were in the middle of stays."""
    row = {"address": address, "person": person, "state": "{}", "updated_at": now}
    insert_new(connection, ConversationState, [row])
    connection.execute(
        update(table(ConversationState))
        .where(_conversation.address == address, _conversation.person == person)
        .values(updated_at=now)
    )


def add_versions(connection: Connection, versions: Mapping[tuple[str, str], str], now: int) -> None:
    """Versions never change: known ones are left as they are."""
    rows = [
        {"guide": guide, "revision": revision, "content": content, "added_at": now}
        for (guide, revision), content in versions.items()
    ]
    insert_new(connection, GuideVersion, rows)


def versions(connection: Connection) -> list[str]:
    return list(connection.execute(select(_version.content)).scalars())
