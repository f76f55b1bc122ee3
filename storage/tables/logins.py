"""Who may enter the console and who is in it. Columns and constraints only."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment, partial


class Login(SQLModel, table=True):
    """An official's. `password` is an argon2 digest, empty until set up with the link whose
    digest is `invitation`; `totp` is the sealed secret of their code, `totp_step` the last one
    used. No try counts before `locked_until`."""

    __tablename__ = "login"
    __table_args__ = (
        UniqueConstraint("name"),
        partial("uq_login_invitation", "invitation <> ''", "invitation", unique=True),
    )
    person: int = Field(primary_key=True)
    name: str
    password: str
    totp: str = Field(sa_column=long_text())
    totp_step: int
    invitation: str
    invited_until: int = Field(sa_column=moment())
    failures: int
    locked_until: int = Field(sa_column=moment())
    created_at: int = Field(sa_column=moment())


class LoginLink(SQLModel, table=True):
    """A member's way in, once. Only the digest is kept."""

    __tablename__ = "login_link"
    __table_args__ = (Index("ix_login_link_expires_at", "expires_at"),)
    digest: str = Field(primary_key=True)
    person: int
    made_by: int
    expires_at: int = Field(sa_column=moment())
    used_at: int = Field(sa_column=moment())


class LoginSession(SQLModel, table=True):
    """A browser that is in. The cookie holds the token, this its digest."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_person", "person"),)
    digest: str = Field(primary_key=True)
    person: int
    way: str
    began_at: int = Field(sa_column=moment())
    seen_at: int = Field(sa_column=moment())
    ends_at: int = Field(sa_column=moment())
