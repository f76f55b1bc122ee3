"""Places and their former names. Columns and constraints only."""

from sqlmodel import Field, SQLModel


class Area(SQLModel, table=True):
    """A place as it is now: codes, kinds, validity and aliases are data, never code.

    `aliases` holds further names, separated by ";"; `search` every name without accents.
    A place that ended has `valid_to` (a date, not included) and, when one took it over,
    a `successor`.
    """

    __tablename__ = "area"
    code: str = Field(primary_key=True)
    parent: str = Field(index=True)
    kind: str
    name: str
    aliases: str
    search: str
    valid_from: str
    valid_to: str
    successor: str


class AreaName(SQLModel, table=True):
    """What a place was called, and what kind it was, from one date to another."""

    __tablename__ = "area_name"
    area: str = Field(primary_key=True)
    valid_from: str = Field(primary_key=True)
    valid_to: str
    kind: str
    name: str
