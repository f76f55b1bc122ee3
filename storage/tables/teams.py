"""Teams, who serves in them, and what officials may do. Columns and constraints only."""

from sqlmodel import Field, SQLModel

from storage.tables.base import moment, number, partial


class Team(SQLModel, table=True):
    """`area` is the place a team belongs to; where it serves is `team_area`."""

    __tablename__ = "team"
    code: str = Field(primary_key=True)
    area: str = Field(index=True)
    name: str


class TeamArea(SQLModel, table=True):
    __tablename__ = "team_area"
    team: str = Field(primary_key=True)
    area: str = Field(primary_key=True, index=True)


class TeamMember(SQLModel, table=True):
    """`role` is member or lead. Nothing is sent to a quiet member before `quiet_until`."""

    __tablename__ = "team_member"
    team: str = Field(primary_key=True)
    person: int = Field(primary_key=True, index=True)
    role: str
    on_duty: bool
    quiet_until: int = Field(sa_column=moment())
    joined_at: int = Field(sa_column=moment())


class RoleGrant(SQLModel, table=True):
    """A role over a place and everything below it; the empty area is everywhere."""

    __tablename__ = "role_grant"
    __table_args__ = (
        partial("uq_role_grant_live", "ended_at IS NULL", "person", "role", "area", unique=True),
    )
    id: int | None = Field(default=None, sa_column=number())
    person: int
    role: str
    area: str
    granted_by: int
    granted_at: int = Field(sa_column=moment())
    ended_at: int | None = Field(sa_column=moment(empty=True))


class GroupChat(SQLModel, table=True):
    """A neighbourhood's group as it is known to officials, whether or not the bot is in it.

    `address` is empty until a known member has claimed it from inside the group, with the code
    whose digest is `claim`. Whoever claimed a relay group posts in it.
    """

    __tablename__ = "group_chat"
    __table_args__ = (partial("uq_group_chat_address", "address <> ''", "address", unique=True),)
    code: str = Field(primary_key=True)
    area: str = Field(index=True)
    channel: str
    name: str
    address: str
    claimed_by: int
    claimed_at: int | None = Field(sa_column=moment(empty=True))
    claim: str
    claim_until: int = Field(sa_column=moment())
