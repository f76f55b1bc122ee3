"""What was heard and what leaves: inbox, outbox, lanes, pace. Columns and constraints only."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class InboxUpdate(SQLModel, table=True):
    """One thing a channel heard, body masked, until its turn has been committed.

    `sent_at` is the platform's own time where it does not keep events in order, else 0.
    """

    __tablename__ = "inbox_update"
    __table_args__ = (
        UniqueConstraint("channel", "account", "event_id"),
        partial("ix_inbox_update_waiting", "state = 'waiting'", "id"),
        partial("ix_inbox_update_waiting_address", "state = 'waiting'", "address", "id"),
        partial("ix_inbox_update_parked", "state = 'parked'", "id"),
        Index("ix_inbox_update_received_at", "received_at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    channel: str
    account: str
    event_id: str
    address: str
    body: str = Field(sa_column=long_text())
    secrets: str
    sent_at: int = Field(sa_column=moment())
    received_at: int = Field(sa_column=moment())
    state: str
    attempts: int
    due_at: int = Field(sa_column=moment())
    error: str


class Delivery(SQLModel, table=True):
    """The ledger: one row for each message to each chat, with its fate.

    `person` is whom it is about, 0 for whoever holds the phone. `part` counts the accepted
    calls of a message that takes several. A held row comes back at `not_before_at` at the
    latest.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedup"),
        partial("ix_outbox_queued", "state = 'queued'", "address", "lane", "id"),
        partial("ix_outbox_sending", "state = 'sending'", "lease_until"),
        partial("ix_outbox_uncertain", "state = 'uncertain'", "id"),
        partial("ix_outbox_queued_person", "state = 'queued' AND person <> 0", "person"),
        partial("ix_outbox_held", "state = 'held'", "address"),
        partial("ix_outbox_held_until", "state = 'held'", "not_before_at"),
        Index("ix_outbox_owner", "owner"),
    )
    id: int | None = Field(default=None, sa_column=number())
    owner: str
    address: str
    person: int
    content: str = Field(sa_column=long_text())
    lane: int
    on_doubt: str
    dedup: str | None
    state: str
    reason: str
    attempt: int
    failures: int
    doubts: int
    holder: str
    lease_until: int = Field(sa_column=moment())
    not_before_at: int = Field(sa_column=moment())
    expires_at: int = Field(sa_column=moment())
    created_at: int = Field(sa_column=moment())
    ended_at: int | None = Field(sa_column=moment(empty=True))
    reference: str
    part: int


class MessageReference(SQLModel, table=True):
    """What a platform calls a message of ours, where it sends receipts. A receipt may come
    before we know the message: then `delivery` is empty and `state` waits for it."""

    __tablename__ = "message_reference"
    __table_args__ = (Index("ix_message_reference_at", "at"),)
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    delivery: int | None = Field(sa_column=moment(empty=True))
    state: str
    at: int = Field(sa_column=moment())


class Lane(SQLModel, table=True):
    """One row per chat: what it waits for (`due_at`, empty for nothing) and when it may be
    written to next (`ready_at`). `holder` is the sender that is writing to it now."""

    __tablename__ = "lane"
    __table_args__ = (
        partial(
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
    due_at: int | None = Field(sa_column=moment(empty=True))
    ready_at: int = Field(sa_column=moment())
    holder: str


class Pace(SQLModel, table=True):
    """One GCRA number per account and bucket, so limits hold over several senders."""

    __tablename__ = "pace"
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    bucket: str = Field(primary_key=True)
    arrival_at: int = Field(sa_column=moment())
    blocked_until: int = Field(sa_column=moment())
    failures: int
    reason: str
