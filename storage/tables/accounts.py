"""What is known of the accounts we send with: tokens and facts. Columns and constraints only."""

from sqlmodel import Field, SQLModel

from storage.tables.base import long_text, moment


class PlatformToken(SQLModel, table=True):
    """The pair of tokens of one account, sealed. `obtained_at` names the pair: a newer one
    has a later moment. `holder` is renewing it until `lease_until`; `seed` is a digest of
    the setting it began with. `failure` says why the last renewal gave nothing."""

    __tablename__ = "platform_token"
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    access: str = Field(sa_column=long_text())
    refresh: str = Field(sa_column=long_text())
    obtained_at: int = Field(sa_column=moment())
    expires_at: int = Field(sa_column=moment())
    seed: str
    holder: str
    lease_until: int = Field(sa_column=moment())
    failure: str
    failures: int
    failed_at: int = Field(sa_column=moment())


class AccountFact(SQLModel, table=True):
    """What a platform told of an account, and how often something happened."""

    __tablename__ = "account_fact"
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str = Field(sa_column=long_text())
    number: int
    changed_at: int = Field(sa_column=moment())


class KeptSetting(SQLModel, table=True):
    """A setting that was given on a page, sealed. The environment wins over it."""

    __tablename__ = "kept_setting"
    name: str = Field(primary_key=True)
    sealed: str = Field(sa_column=long_text())
    set_by: int
    set_at: int = Field(sa_column=moment())
