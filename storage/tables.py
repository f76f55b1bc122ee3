"""Tables: nothing but columns and constraints. Only storage/ may import this.

Every `*_at` and `*_until` column is whole microseconds since 1970 UTC.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Big = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column(_Big, primary_key=True, autoincrement=True)


def _at(*, empty: bool = False) -> Column[int]:
    return Column(BigInteger, nullable=empty)


def _text() -> Column[str]:
    return Column(Text, nullable=False)


def _partial(name: str, where: str, *columns: str) -> Index:
    clause = text(where)
    return Index(name, *columns, sqlite_where=clause, postgresql_where=clause)


class InboxUpdate(SQLModel, table=True):
    """One thing a channel heard, body masked, until its turn has been committed."""

    __tablename__ = "inbox_update"
    __table_args__ = (
        UniqueConstraint("channel", "account", "event_id"),
        _partial("ix_inbox_update_waiting", "state = 'waiting'", "id"),
        _partial("ix_inbox_update_waiting_address", "state = 'waiting'", "address", "id"),
        _partial("ix_inbox_update_parked", "state = 'parked'", "id"),
        Index("ix_inbox_update_received_at", "received_at"),
    )
    id: int | None = Field(default=None, sa_column=_id())
    channel: str
    account: str
    event_id: str
    address: str
    body: str = Field(sa_column=_text())
    secrets: str
    received_at: int = Field(sa_column=_at())
    state: str
    attempts: int
    due_at: int = Field(sa_column=_at())
    error: str


class Chat(SQLModel, table=True):
    """An address that has been heard of: a person's or a group's chat."""

    __tablename__ = "chat"
    address: str = Field(primary_key=True)
    channel: str
    kind: str
    title: str
    reachable: bool
    can_post: bool
    moved_to: str
    changed_at: int = Field(sa_column=_at())


class ConversationState(SQLModel, table=True):
    __tablename__ = "conversation"
    address: str = Field(primary_key=True)
    state: str = Field(sa_column=_text())
    updated_at: int = Field(sa_column=_at())


class GuideVersion(SQLModel, table=True):
    """Every revision ever offered, so that a run ends on the version it began with."""

    __tablename__ = "guide_version"
    guide: str = Field(primary_key=True)
    revision: str = Field(primary_key=True)
    content: str = Field(sa_column=_text())
    added_at: int = Field(sa_column=_at())


class Progress(SQLModel, table=True):
    __tablename__ = "progress"
    __table_args__ = (Index("ix_progress_address", "address"),)
    id: int | None = Field(default=None, sa_column=_id())
    address: str
    guide: str
    revision: str
    item: str
    outcome: str
    at: int = Field(sa_column=_at())


class Consent(SQLModel, table=True):
    """Append-only: the last row of a purpose counts. `recorder` is "self" or a member."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_address", "address"),)
    id: int | None = Field(default=None, sa_column=_id())
    address: str
    purpose: str
    granted: bool
    version: str
    recorder: str
    at: int = Field(sa_column=_at())


class ConsentText(SQLModel, table=True):
    """The exact words behind a version."""

    __tablename__ = "consent_text"
    version: str = Field(primary_key=True)
    content: str = Field(sa_column=_text())
    added_at: int = Field(sa_column=_at())


class HelpRequest(SQLModel, table=True):
    __tablename__ = "help_request"
    __table_args__ = (
        Index(
            "uq_help_request_open",
            "address",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: int | None = Field(default=None, sa_column=_id())
    address: str
    guide: str
    item: str
    state: str
    asked: int
    asked_at: int = Field(sa_column=_at())


class Delivery(SQLModel, table=True):
    """The ledger: one row for each message to each chat, with its fate."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedup"),
        _partial("ix_outbox_queued", "state = 'queued'", "address", "lane", "id"),
        _partial("ix_outbox_sending", "state = 'sending'", "lease_until"),
        _partial("ix_outbox_uncertain", "state = 'uncertain'", "id"),
        Index("ix_outbox_owner", "owner"),
    )
    id: int | None = Field(default=None, sa_column=_id())
    owner: str
    address: str
    content: str = Field(sa_column=_text())
    lane: int
    on_doubt: str
    dedup: str | None
    state: str
    reason: str
    attempt: int
    failures: int
    doubts: int
    holder: str
    lease_until: int = Field(sa_column=_at())
    not_before_at: int = Field(sa_column=_at())
    expires_at: int = Field(sa_column=_at())
    created_at: int = Field(sa_column=_at())
    ended_at: int | None = Field(sa_column=_at(empty=True))
    reference: str


class Lane(SQLModel, table=True):
    """One row per chat: what it waits for (`due_at`, empty for nothing) and when it may be
    written to next (`ready_at`). `holder` is the sender that is writing to it now."""

    __tablename__ = "lane"
    __table_args__ = (
        _partial(
            "ix_lane_due",
            "due_at IS NOT NULL AND holder = ''",
            "channel",
            "account",
            "urgency",
            "due_at",
        ),
    )
    address: str = Field(primary_key=True)
    channel: str
    account: str
    urgency: int
    due_at: int | None = Field(sa_column=_at(empty=True))
    ready_at: int = Field(sa_column=_at())
    holder: str


class Pace(SQLModel, table=True):
    """One GCRA number per account and bucket, so limits hold over several senders."""

    __tablename__ = "pace"
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    bucket: str = Field(primary_key=True)
    arrival_at: int = Field(sa_column=_at())
    blocked_until: int = Field(sa_column=_at())
    failures: int
    reason: str


class MediaReference(SQLModel, table=True):
    """What a platform calls a picture it already has, so it is uploaded once per account."""

    __tablename__ = "media_reference"
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    reference: str


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
    id: int | None = Field(default=None, sa_column=_id())
    address: str
    delivery: int | None = Field(sa_column=_at(empty=True))
    event: str | None
    author: str
    content: str = Field(sa_column=_text())
    at: int = Field(sa_column=_at())


class Area(SQLModel, table=True):
    """Names of places are data: codes, kinds, validity and aliases, never code."""

    __tablename__ = "area"
    code: str = Field(primary_key=True)
    parent: str
    kind: str
    name: str
    aliases: str
    valid_from: str
    valid_to: str


class Team(SQLModel, table=True):
    __tablename__ = "team"
    code: str = Field(primary_key=True)
    area: str = Field(index=True)
    name: str


class Household(SQLModel, table=True):
    __tablename__ = "household"
    code: str = Field(primary_key=True)
    area: str = Field(index=True)
    label: str


class Person(SQLModel, table=True):
    __tablename__ = "person"
    id: int | None = Field(default=None, sa_column=_id())
    household: str = Field(index=True)
    call_name: str


metadata = SQLModel.metadata
