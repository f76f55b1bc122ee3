"""Chats and consents: what is heard from people, as little as serves."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select, update

from bot.core.address import Address
from storage.rows import Row, insert, insert_new, table, upsert
from storage.tables import Chat, Consent, ConsentText

_chat = table(Chat)


def see(connection: Connection, addresses: Mapping[str, str], now: int) -> None:
    """Persons just heard from, address -> channel: so they can be reached (again)."""
    rows = [
        {
            "address": address,
            "channel": channel,
            "kind": "person",
            "title": "",
            "reachable": True,
            "can_post": True,
            "moved_to": "",
            "changed_at": now,
        }
        for address, channel in addresses.items()
    ]
    insert_new(connection, Chat, rows)
    connection.execute(
        update(_chat)
        .where(_chat.c.address.in_(addresses), _chat.c.reachable.is_(False))
        .values(reachable=True, changed_at=now)
    )


def set_reachable(connection: Connection, address: str, now: int, *, reachable: bool) -> None:
    connection.execute(
        update(_chat).where(_chat.c.address == address).values(reachable=reachable, changed_at=now)
    )


def set_group(
    connection: Connection, address: Address, now: int, *, title: str, member: bool, can_post: bool
) -> None:
    """A group as its platform last described it; an empty title leaves the known one."""
    known = chat(connection, str(address))
    row = {
        "address": str(address),
        "channel": address.channel,
        "kind": "group",
        "title": title or (known["title"] if known else ""),
        "reachable": member,
        "can_post": can_post,
        "moved_to": "",
        "changed_at": now,
    }
    upsert(connection, Chat, [row], ["address"])


def move(connection: Connection, address: str, moved_to: str, now: int) -> None:
    """The old row stays and says where the chat went."""
    old = chat(connection, address)
    if old:
        insert_new(connection, Chat, [{**old, "address": moved_to, "changed_at": now}])
        connection.execute(
            update(_chat)
            .where(_chat.c.address == address)
            .values(reachable=False, can_post=False, moved_to=moved_to, changed_at=now)
        )


def chat(connection: Connection, address: str) -> Row | None:
    found = connection.execute(select(_chat).where(_chat.c.address == address)).mappings().first()
    return dict(found) if found else None


def record_consents(connection: Connection, rows: Sequence[Row]) -> None:
    insert(connection, Consent, rows)


def last_version(connection: Connection, person: int, purpose: str) -> str:
    """Of the words this person last answered; empty when they were never asked."""
    columns = table(Consent).c
    found: str | None = connection.execute(
        select(columns.version)
        .where(columns.person == person, columns.purpose == purpose)
        .order_by(columns.id.desc())
        .limit(1)
    ).scalar()
    return found or ""


def consent_texts(connection: Connection, versions: Collection[str]) -> dict[str, str]:
    """The words that were agreed to, or not, by version."""
    columns = table(ConsentText).c
    found = connection.execute(
        select(columns.version, columns.content).where(columns.version.in_(versions))
    )
    return {row.version: row.content for row in found}


def add_consent_texts(connection: Connection, texts: Mapping[str, str], now: int) -> None:
    rows = [
        {"version": version, "content": text, "added_at": now} for version, text in texts.items()
    ]
    insert_new(connection, ConsentText, rows)
