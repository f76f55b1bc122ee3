"""What a chat's desk offered last or is in the middle of, as JSON. Column chat.desk."""

from sqlalchemy import Connection, func, select, update

from storage.rows import table
from storage.tables import Chat, ConversationState

_chat = table(Chat)
_conversation = table(ConversationState).c


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


def spoke_last(connection: Connection, address: str) -> int:
    """When the chat's conversation, whoever's, last moved; 0 for never."""
    found: int | None = connection.execute(
        select(func.max(_conversation.updated_at)).where(_conversation.address == address)
    ).scalar()
    return found or 0
