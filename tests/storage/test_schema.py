"""Migrations: up from empty, and what they make is what the models say."""

import pytest
from conftest import ENGINES, NewUrl
from sqlalchemy import inspect

from storage import schema
from storage.database import Database
from storage.tables import metadata


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
