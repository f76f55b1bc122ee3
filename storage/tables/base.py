"""What every table is made of: names of constraints and kinds of columns. No table."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, text
from sqlmodel import SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Big = BigInteger().with_variant(Integer, "sqlite")


def number() -> Column[int]:
    """A primary key that counts up."""
    return Column(_Big, primary_key=True, autoincrement=True)


def moment(*, empty: bool = False) -> Column[int]:
    """Whole microseconds since 1970 UTC."""
    return Column(BigInteger, nullable=empty)


def long_text() -> Column[str]:
    return Column(Text, nullable=False)


def partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows for which `where` holds."""
    clause = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=clause, postgresql_where=clause)
