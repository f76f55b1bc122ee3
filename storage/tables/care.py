"""Guides given to households and what came of them: starts, sequences, runs, confirmations,
reminders, visits. Columns and constraints only; docs/develop/care.md says what each row means.
"""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class SequenceStart(SQLModel, table=True):
    """What a member asked for at once: guides for a household, or for a whole place.
    `left_out` counts, as JSON, who got nothing and why."""

    __tablename__ = "sequence_start"
    id: int | None = Field(default=None, sa_column=number())
    area: str
    household: str
    guides: str
    way: str
    started_by: int
    left_out: str = Field(sa_column=long_text())
    at: int = Field(sa_column=moment())


class Sequence(SQLModel, table=True):
    """Guides one person is to be led through, one after the other. `way` is chat, home or
    paper; `state` waiting (for its turn at the chat), active, done or stopped for `reason`.
    `due_at` is when the worker looks at it next, 0 for not by itself."""

    __tablename__ = "sequence"
    __table_args__ = (
        Index("ix_sequence_start", "start"),
        Index("ix_sequence_person", "person"),
        partial("ix_sequence_due", "due_at > 0", "due_at"),
        partial("ix_sequence_active_address", "state = 'active'", "address"),
    )
    id: int | None = Field(default=None, sa_column=number())
    start: int
    person: int
    household: str
    way: str
    address: str
    started_by: int
    state: str
    reason: str
    due_at: int = Field(sa_column=moment())
    created_at: int = Field(sa_column=moment())
    ended_at: int | None = Field(sa_column=moment(empty=True))


class GuideRun(SQLModel, table=True):
    """One person and one guide. `sequence` and `started_by` are 0 for who began by themselves.
    `state` is planned, given, started, finished or stopped. `item` is where they were last,
    `stuck` how often in a row they could not go on, `helped_at` when they asked for a person
    (0: not waiting for one)."""

    __tablename__ = "guide_run"
    __table_args__ = (
        partial(
            "uq_guide_run_live",
            "state IN ('planned', 'given', 'started')",
            "person",
            "guide",
            unique=True,
        ),
        Index("ix_guide_run_sequence", "sequence", "place"),
        partial("ix_guide_run_helped", "helped_at > 0", "helped_at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    sequence: int
    place: int
    person: int
    guide: str
    revision: str
    way: str
    started_by: int
    state: str
    item: str
    stuck: int
    helped_at: int = Field(sa_column=moment())
    created_at: int = Field(sa_column=moment())
    moved_at: int = Field(sa_column=moment())
    ended_at: int | None = Field(sa_column=moment(empty=True))


class Confirmation(SQLModel, table=True):
    """Three things never mixed: said (by themselves), verified (a member saw it), again (used
    a month later; no-longer when not). `recorder` is the member, 0 for the person's own word;
    `visit` where it was seen. Each kind once for a person and guide."""

    __tablename__ = "confirmation"
    __table_args__ = (
        UniqueConstraint("person", "guide", "kind"),
        Index("ix_confirmation_at", "at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    person: int
    guide: str
    kind: str
    revision: str
    run: int
    visit: int
    recorder: int
    at: int = Field(sa_column=moment())


class Reminder(SQLModel, table=True):
    """What the service says by itself and when: nudge (a run that stands still), again (used
    a month later?). `state` is scheduled, sent, or cleared for `reason`."""

    __tablename__ = "reminder"
    __table_args__ = (
        partial("uq_reminder_scheduled", "state = 'scheduled'", "run", "kind", unique=True),
        partial("ix_reminder_due", "state = 'scheduled'", "due_at"),
        Index("ix_reminder_run", "run"),
        partial("ix_reminder_sent", "state = 'sent'", "address", "ended_at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    run: int
    kind: str
    person: int
    item: str
    number: int
    state: str
    reason: str
    address: str
    due_at: int = Field(sa_column=moment())
    created_at: int = Field(sa_column=moment())
    ended_at: int | None = Field(sa_column=moment(empty=True))


class ChatNudge(SQLModel, table=True):
    """Somebody nobody knows who stands still in a guide, by the chat alone. Gone when they finish,
    stop, are known, or were reminded often enough: nothing is kept of it."""

    __tablename__ = "chat_nudge"
    __table_args__ = (Index("ix_chat_nudge_due_at", "due_at"),)
    address: str = Field(primary_key=True)
    guide: str
    number: int
    due_at: int = Field(sa_column=moment())


class Visit(SQLModel, table=True):
    """Somebody of the team at a door. `outcome` is done, away, refused, moved or again; `guide`
    and `person` say of what and of whom, empty and 0 when of neither. `day` is the local date:
    the same said twice on one day is one visit."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("household", "person", "guide", "outcome", "day"),
        Index("ix_visit_household", "household", "at"),
        Index("ix_visit_at", "at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    household: str
    person: int
    guide: str
    outcome: str
    member: int
    day: str
    at: int = Field(sa_column=moment())
