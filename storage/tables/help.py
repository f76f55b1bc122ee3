"""Calls for a person and what became of them. Columns and constraints only."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class HelpRequest(SQLModel, table=True):
    """`state` is open, claimed or closed (`outcome` says how); `level` who was asked last:
    empty, night, team, lead, office or nobody. `due_at` is when the worker looks at it next,
    `helper` the chat its `claimed_by` claimed it in, empty for the console."""

    __tablename__ = "help_request"
    __table_args__ = (
        partial("uq_help_request_live", "state <> 'closed'", "address", "person", unique=True),
        partial("ix_help_request_due", "state <> 'closed'", "due_at"),
        partial("ix_help_request_claimed", "state = 'claimed'", "claimed_by"),
    )
    id: int | None = Field(default=None, sa_column=number())
    address: str
    person: int
    area: str
    guide: str
    item: str
    state: str
    level: str
    outcome: str
    asked: int
    claimed_by: int
    helper: str
    due_at: int = Field(sa_column=moment())
    asked_at: int = Field(sa_column=moment())
    claimed_at: int = Field(sa_column=moment())
    replied_at: int = Field(sa_column=moment())
    said_at: int = Field(sa_column=moment())
    ended_at: int = Field(sa_column=moment())


class HelpEvent(SQLModel, table=True):
    """What happened to a request, in order. `told_at` is empty until those concerned have been
    written to; `text` is what was said, kept while the request lives."""

    __tablename__ = "help_event"
    __table_args__ = (
        Index("ix_help_event_request", "request", "id"),
        partial("ix_help_event_untold", "told_at IS NULL", "id"),
    )
    id: int | None = Field(default=None, sa_column=number())
    request: int
    kind: str
    actor: int
    text: str = Field(sa_column=long_text())
    at: int = Field(sa_column=moment())
    told_at: int | None = Field(sa_column=moment(empty=True))
