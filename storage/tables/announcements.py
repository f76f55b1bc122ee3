"""Announcements, who changed and approved them, and what became of each copy.
Columns and constraints only.
"""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class Announcement(SQLModel, table=True):
    """From `text` to `expires_at` is what is approved, and `digest` covers it. Beyond the
    unapproved states no row can be kept whose digest is not the approved one. `number` is 0
    until it is approved; `source` is where a draft was taken from, so that it is taken once;
    `glass` is the reason for an approval that is to be reviewed afterwards."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'rejected')"
            " OR (approved_digest = digest AND digest <> '')",
            name="ck_announcement_approved",
        ),
        UniqueConstraint("code"),
        partial("uq_announcement_source", "source <> ''", "source", unique=True),
        partial("uq_announcement_number", "number <> 0", "number", unique=True),
        Index("ix_announcement_state", "state"),
        Index("ix_announcement_follows", "follows"),
    )
    id: int | None = Field(default=None, sa_column=number())
    code: str
    number: int
    text: str = Field(sa_column=long_text())
    picture: str
    kind: str
    follows: int
    areas: str = Field(sa_column=long_text())
    ways: str
    channels: str
    urgent: bool
    send_at: int = Field(sa_column=moment())
    expires_at: int = Field(sa_column=moment())
    digest: str
    state: str
    version: int
    author: int
    source: str
    reason: str = Field(sa_column=long_text())
    approved_digest: str
    approved_by: int
    approved_at: int = Field(sa_column=moment())
    glass: str = Field(sa_column=long_text())
    reviewed_by: int
    groups: int
    recipients: int
    page_seen: int
    due_at: int = Field(sa_column=moment())
    created_at: int = Field(sa_column=moment())
    changed_at: int = Field(sa_column=moment())
    sent_at: int = Field(sa_column=moment())
    done_at: int = Field(sa_column=moment())


class AnnouncementEdit(SQLModel, table=True):
    """Every version there has been, whole, and who made it."""

    __tablename__ = "announcement_edit"
    announcement: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    editor: int
    digest: str
    content: str = Field(sa_column=long_text())
    at: int = Field(sa_column=moment())


class Approval(SQLModel, table=True):
    """What was decided about which version: approved, returned, rejected, reviewed."""

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_announcement", "announcement"),)
    id: int | None = Field(default=None, sa_column=number())
    announcement: int
    version: int
    digest: str
    person: int
    decision: str
    reason: str = Field(sa_column=long_text())
    at: int = Field(sa_column=moment())


class Recipient(SQLModel, table=True):
    """One of the frozen audience. `target` is "group:CODE", "person:ID" or "chat:ADDRESS".
    Its state is that of ledger row `delivery`; without one it is planned, or skipped for
    `reason`. `round` counts further tries. `posted_at` is when a member posted it in a relay
    group, `seen_at` when it was said to be seen."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("announcement", "target"),
        partial("ix_recipient_planned", "delivery IS NULL AND reason = ''", "announcement", "id"),
        Index("ix_recipient_delivery", "delivery"),
        Index("ix_recipient_address", "address"),
    )
    id: int | None = Field(default=None, sa_column=number())
    announcement: int
    target: str
    way: str
    address: str
    person: int
    area: str
    delivery: int | None = Field(sa_column=moment(empty=True))
    reason: str
    round: int
    reminded_at: int = Field(sa_column=moment())
    posted_at: int = Field(sa_column=moment())
    seen_at: int = Field(sa_column=moment())


class AnnouncementView(SQLModel, table=True):
    """Who said "seen": each of those in a chat once."""

    __tablename__ = "announcement_view"
    announcement: int = Field(primary_key=True)
    viewer: str = Field(primary_key=True)
    at: int = Field(sa_column=moment())


class Feed(SQLModel, table=True):
    """An official site's feed. `tag` is what its server calls the last version, `due_at` when
    it is read next; drafts from it are `added_by`'s."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("url"), Index("ix_feed_due_at", "due_at"))
    id: int | None = Field(default=None, sa_column=number())
    url: str
    areas: str = Field(sa_column=long_text())
    added_by: int
    tag: str
    due_at: int = Field(sa_column=moment())
    read_at: int = Field(sa_column=moment())
    failures: int
    error: str
    added_at: int = Field(sa_column=moment())


class FeedEntry(SQLModel, table=True):
    """What was taken from a feed, so that it is taken once."""

    __tablename__ = "feed_entry"
    feed: int = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: int = Field(sa_column=moment())


class NoticePicture(SQLModel, table=True):
    """`path` holds the digest of the picture, `content` its bytes in base 64, so that it is in
    every backup and on every machine."""

    __tablename__ = "notice_picture"
    path: str = Field(primary_key=True)
    content: str = Field(sa_column=long_text())
    added_at: int = Field(sa_column=moment())
