"""Calls for a person, what became of them, and pictures on their way in them. Columns and
constraints only."""

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
    written to; `text` is what was said and `picture` the path of what was shown, kept while the
    request lives."""

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
    picture: str = Field(default="", sa_column_kwargs={"server_default": ""})
    at: int = Field(sa_column=moment())
    told_at: int | None = Field(sa_column=moment(empty=True))


class HelpPicture(SQLModel, table=True):
    """A picture sent in a call: on its way until it has a `path` and `content` (base64), gone
    with the call. `reference` is what the platform of `address`, its sender's chat, calls it;
    `actor` sent it, `of_member` on the member's side."""

    __tablename__ = "help_picture"
    __table_args__ = (
        Index("ix_help_picture_request", "request"),
        Index("ix_help_picture_path", "path"),
        partial("ix_help_picture_waiting", "path = ''", "due_at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    request: int
    actor: int
    of_member: bool
    address: str
    reference: str = Field(sa_column=long_text())
    text: str = Field(sa_column=long_text())
    path: str
    content: str = Field(sa_column=long_text())
    tries: int
    due_at: int = Field(sa_column=moment())
