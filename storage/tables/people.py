"""Places, teams, households, persons, consents and calls for help. Columns and constraints only."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


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
    id: int | None = Field(default=None, sa_column=number())
    household: str = Field(index=True)
    call_name: str


class Consent(SQLModel, table=True):
    """Append-only: the last row of a purpose counts. `recorder` is "self" or a member."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_address", "address"),)
    id: int | None = Field(default=None, sa_column=number())
    address: str
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


class HelpRequest(SQLModel, table=True):
    __tablename__ = "help_request"
    __table_args__ = (partial("uq_help_request_open", "state = 'open'", "address", unique=True),)
    id: int | None = Field(default=None, sa_column=number())
    address: str
    guide: str
    item: str
    state: str
    asked: int
    asked_at: int = Field(sa_column=moment())
