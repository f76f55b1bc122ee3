"""What tests of services share: an open transaction over the planted village."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from village import plant

from storage.database import Database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    database.write_now(plant)
    with database.engine.begin() as made:
        yield made
