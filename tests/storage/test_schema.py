"""Migrations: up from empty, and what they make is what the models say. Chats that move leave no
table behind."""

import pytest
from alembic.script import ScriptDirectory
from conftest import ENGINES, NewUrl
from sqlalchemy import Integer, inspect

from storage import schema
from storage.database import Database
from storage.moves import GOES, STAYS
from storage.rows import table
from storage.tables import metadata

_ADDRESSES = {"address", "helper", "used_by", "viewer"}


@pytest.mark.parametrize("engine", ENGINES)
def test_up_from_empty_equals_the_models(engine: str, new_url: NewUrl) -> None:
    database = Database(new_url(engine))
    assert not database.read_now(schema.is_current)
    database.write_now(schema.upgrade)
    assert database.read_now(schema.is_current)
    assert database.read_now(schema.differences) == []
    tables = database.read_now(lambda connection: set(inspect(connection).get_table_names()))
    assert tables == {*metadata.tables, "alembic_version"}
    database.write_now(schema.upgrade)
    database.close()


def test_every_column_that_holds_an_address_is_spoken_of() -> None:
    """A new one has to be put into GOES or, with a reason, into STAYS."""
    known = {(table(one.model).name, one.column) for one in GOES}
    known |= {(table(model).name, column) for model, column in STAYS}
    there = {
        (name, column.name)
        for name, found in metadata.tables.items()
        for column in found.columns
        if column.name in _ADDRESSES and not isinstance(column.type, Integer)
    }
    assert known == there
    assert all(STAYS.values())


def test_the_head_is_read_off_the_names_of_files_as_alembic_reads_it_in_them() -> None:
    assert schema.head() == ScriptDirectory.from_config(schema.config()).get_current_head()
