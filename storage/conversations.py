"""States of conversations and the guide versions they are pinned to."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from storage.rows import insert_new, table, upsert
from storage.tables import ConversationState, GuideVersion

_conversation = table(ConversationState).c
_version = table(GuideVersion).c


def load(connection: Connection, addresses: Collection[str]) -> dict[str, str]:
    """The stored JSON of each chat that has any."""
    found = connection.execute(
        select(_conversation.address, _conversation.state).where(
            _conversation.address.in_(addresses)
        )
    )
    return {address: state for address, state in found}  # noqa: C416  # rows are not pairs to mypy


def save(connection: Connection, states: Mapping[str, str], now: int) -> None:
    rows = [
        {"address": address, "state": state, "updated_at": now} for address, state in states.items()
    ]
    upsert(connection, ConversationState, rows, ["address"])


def add_versions(connection: Connection, versions: Mapping[tuple[str, str], str], now: int) -> None:
    """Versions never change: known ones are left as they are."""
    rows = [
        {"guide": guide, "revision": revision, "content": content, "added_at": now}
        for (guide, revision), content in versions.items()
    ]
    insert_new(connection, GuideVersion, rows)


def versions(connection: Connection) -> list[str]:
    return list(connection.execute(select(_version.content)).scalars())
