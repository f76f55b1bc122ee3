"""Households, persons and where they can be reached. Columns and constraints only."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, number, partial


class Household(SQLModel, table=True):
    """`label` is the address within the hamlet; `search` is that, the code and everybody's
    names without accents. `state` is active, moved or merged; a muted household is left
    alone until `muted_until`."""

    __tablename__ = "household"
    __table_args__ = (Index("ix_household_area", "area", "state", "code"),)
    code: str = Field(primary_key=True)
    area: str
    label: str
    search: str = Field(sa_column=long_text())
    state: str
    merged_into: str
    muted_reason: str
    muted_until: int = Field(sa_column=moment())
    changed_at: int = Field(sa_column=moment())


class HouseholdEvent(SQLModel, table=True):
    """What happened to a household, for good: moved, refused, merged, split, head, …

    `other` is the other household or place of a move, merge or split.
    """

    __tablename__ = "household_event"
    __table_args__ = (Index("ix_household_event_household", "household", "id"),)
    id: int | None = Field(default=None, sa_column=number())
    household: str
    kind: str
    other: str
    person: int
    actor: int
    at: int = Field(sa_column=moment())


class Person(SQLModel, table=True):
    """The least that serves. `key` is honorific and name without accents, and tells the
    people of one household apart. `phone` is encrypted; `phone_mark` is a keyed digest to
    find it by. Officials and members may have no household."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("household", "key"),
        Index("ix_person_lives", "household", "id", "age_band", "smartphone"),
        partial("uq_person_head", "is_head", "household", unique=True),
        partial("ix_person_phone_mark", "phone_mark <> ''", "phone_mark"),
    )
    id: int | None = Field(default=None, sa_column=number())
    household: str | None
    honorific: str
    call_name: str
    key: str
    is_head: bool
    age_band: str
    smartphone: str
    phone: str = Field(sa_column=long_text())
    phone_mark: str
    changed_at: int = Field(sa_column=moment())


class PersonAddress(SQLModel, table=True):
    """Who can be reached where. The owner is whose phone it is; others share it.

    Of several addresses of one person the preferred one comes first.
    """

    __tablename__ = "person_address"
    __table_args__ = (
        partial("uq_person_address_owner", "is_owner", "address", unique=True),
        partial("uq_person_address_preferred", "preferred", "person", unique=True),
    )
    address: str = Field(primary_key=True)
    person: int = Field(primary_key=True, index=True)
    is_owner: bool
    preferred: bool
    linked_at: int = Field(sa_column=moment())


class LinkCode(SQLModel, table=True):
    """A one-time code that ties a chat to a person, or to whom it chooses of a household.

    Only the keyed digest of the code is kept.
    """

    __tablename__ = "link_code"
    __table_args__ = (Index("ix_link_code_expires_at", "expires_at"),)
    digest: str = Field(primary_key=True)
    person: int
    household: str
    made_by: int
    made_at: int = Field(sa_column=moment())
    expires_at: int = Field(sa_column=moment())
    used_at: int | None = Field(sa_column=moment(empty=True))
    used_by: str


class Attempt(SQLModel, table=True):
    """How often something that is limited was tried since `since_at`."""

    __tablename__ = "attempt"
    subject: str = Field(primary_key=True)
    number: int
    since_at: int = Field(sa_column=moment())
