"""Chats, their conversations and what they show. Columns and constraints only."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number


class Chat(SQLModel, table=True):
    """An address that has been heard of: a person's or a group's chat.

    `acting` is the person it works for now, 0 for its owner; `desk` a member's command in
    the making and `asked` what somebody was asked besides the guides, as JSON.
    """

    __tablename__ = "chat"
    address: str = Field(primary_key=True)
    channel: str
    kind: str
    title: str
    reachable: bool
    can_post: bool
    moved_to: str
    acting: int
    desk: str = Field(sa_column=long_text())
    asked: str = Field(sa_column=long_text())
    changed_at: int = Field(sa_column=moment())


class ConversationState(SQLModel, table=True):
    """One for each person who uses the chat; person 0 while nobody is known."""

    __tablename__ = "conversation"
    address: str = Field(primary_key=True)
    person: int = Field(primary_key=True)
    state: str = Field(sa_column=long_text())
    updated_at: int = Field(sa_column=moment())


class Contact(SQLModel, table=True):
    """When a person was near, on platforms that tell the time: `near_at` is what opens the
    right to write, `last_at` the newest event handled. While a person of ours answers by
    hand, until `human_until`, the machine keeps still; so it does until `rests_until` in any
    chat that wrote faster than it can be answered. `rested` was heard meanwhile."""

    __tablename__ = "contact"
    address: str = Field(primary_key=True)
    near_at: int = Field(sa_column=moment())
    last_at: int = Field(sa_column=moment())
    human_until: int = Field(sa_column=moment())
    rests_until: int = Field(sa_column=moment())
    rested: int


class OwnGroup(SQLModel, table=True):
    """What the platform tells of a group it keeps for us. `status` is enabled, or why nothing
    can be sent there. Whose people it is for is group_chat's."""

    __tablename__ = "own_group"
    address: str = Field(primary_key=True)
    status: str
    members: int
    link: str
    checked_at: int = Field(sa_column=moment())


class WebMessage(SQLModel, table=True):
    """The web chat's own transcript. A ledger row (`delivery`) or a resident's event is
    shown once however often it arrives."""

    __tablename__ = "web_message"
    __table_args__ = (
        UniqueConstraint("delivery"),
        UniqueConstraint("event"),
        Index("ix_web_message_address", "address", "id"),
        Index("ix_web_message_at", "at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    address: str
    delivery: int | None = Field(sa_column=moment(empty=True))
    event: str | None
    author: str
    content: str = Field(sa_column=long_text())
    at: int = Field(sa_column=moment())


class MediaReference(SQLModel, table=True):
    """What a platform calls a picture it already has, so it is uploaded once per account."""

    __tablename__ = "media_reference"
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    reference: str
