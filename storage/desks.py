"""What a chat's desk offered last or is in the middle of, as JSON. Column chat.desk."""

from sqlalchemy import Connection, select, update

from storage.rows import table
from storage.tables import Chat

_chat = table(Chat)


def load(connection: Connection, address: str) -> str:
    """Empty for nothing."""
    found: str | None = connection.execute(
        select(_chat.c.desk).where(_chat.c.address == address)
    ).scalar()
    return found or ""


def save(connection: Connection, address: str, content: str) -> None:
    """What another desk asked before is void."""
    connection.execute(
        update(_chat).where(_chat.c.address == address).values(desk=content, asked="")
    )
