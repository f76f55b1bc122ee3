"""What must be provable: consents, requests about one's data, the audit trail, upkeep.

Columns and constraints only.
"""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class Consent(SQLModel, table=True):
    """Append-only: the last row of a purpose counts. `recorder` is "self" or a member."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_address", "address"), Index("ix_consent_person", "person"))
    id: int | None = Field(default=None, sa_column=number())
    address: str
    person: int
    purpose: str
    granted: bool
    version: str
    recorder: str
    at: int = Field(sa_column=moment())


class ConsentText(SQLModel, table=True):
    """The exact words behind a version."""

    __tablename__ = "consent_text"
    version: str = Field(primary_key=True)
    content: str = Field(sa_column=long_text())
    added_at: int = Field(sa_column=moment())


class DataRequest(SQLModel, table=True):
    """A resident's see, correct, withdraw or delete, with its legal clocks."""

    __tablename__ = "data_request"
    __table_args__ = (partial("ix_data_request_open", "done_at IS NULL", "due_at"),)
    id: int | None = Field(default=None, sa_column=number())
    address: str
    person: int
    kind: str
    asked_at: int = Field(sa_column=moment())
    answer_by: int = Field(sa_column=moment())
    due_at: int = Field(sa_column=moment())
    done_at: int | None = Field(sa_column=moment(empty=True))
    done_by: int
    # Why it was declined; empty when it was done.
    declined: str


class AuditEntry(SQLModel, table=True):
    """Append-only. `digest` covers the entry and the digest before it, so that a changed or
    missing entry shows. Holds ids and names of fields, never what was in them."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_target", "target"),)
    id: int | None = Field(default=None, sa_column=number())
    actor: int
    via: str
    operation: str
    target: str
    detail: str = Field(sa_column=long_text())
    at: int = Field(sa_column=moment())
    digest: str


class Sight(SQLModel, table=True):
    """Who was shown a household's names, once a day; phones and whole files are audited besides."""

    __tablename__ = "sight"
    __table_args__ = (Index("ix_sight_household", "household"), Index("ix_sight_at", "at"))
    viewer: int = Field(primary_key=True)
    day: int = Field(primary_key=True)
    household: str = Field(primary_key=True)
    at: int = Field(sa_column=moment())


class Upkeep(SQLModel, table=True):
    """When each table's old rows are next removed, and how many went last time."""

    __tablename__ = "upkeep"
    name: str = Field(primary_key=True)
    due_at: int = Field(sa_column=moment())
    ran_at: int = Field(sa_column=moment())
    rows: int
