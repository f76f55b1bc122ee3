"""Guide versions and what was done in them. Columns and constraints only."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class GuideVersion(SQLModel, table=True):
    """Every revision ever offered, so that a run ends on the version it began with."""

    __tablename__ = "guide_version"
    guide: str = Field(primary_key=True)
    revision: str = Field(primary_key=True)
    content: str = Field(sa_column=long_text())
    added_at: int = Field(sa_column=moment())


class Progress(SQLModel, table=True):
    __tablename__ = "progress"
    __table_args__ = (
        Index("ix_progress_address", "address"),
        Index("ix_progress_person", "person"),
        Index("ix_progress_at", "at"),
        partial("ix_progress_finished", "outcome = 'finished'", "person", "guide", "at"),
    )
    id: int | None = Field(default=None, sa_column=number())
    address: str
    person: int
    guide: str
    revision: str
    item: str
    outcome: str
    at: int = Field(sa_column=moment())


class GuideEdition(SQLModel, table=True):
    """A guide in words of one's own: `texts` are its changed files by name, `base` the shipped
    revision they were changed in, `revision` what it reads as once it was handed in."""

    __tablename__ = "guide_edition"
    __table_args__ = (
        partial("ix_guide_edition_open", "state IN ('draft', 'submitted')", "guide", unique=True),
    )
    id: int | None = Field(default=None, sa_column=number())
    guide: str
    base: str
    texts: str = Field(sa_column=long_text())
    state: str
    revision: str
    editors: str
    reason: str
    decided_by: int
    changed_at: int = Field(sa_column=moment())
