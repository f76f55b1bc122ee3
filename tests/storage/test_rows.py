"""Many rows at once: as few statements for a thousand as for one, and nothing lost on the way."""

import pytest
from counting import statements
from sqlalchemy import select

from storage import inbox
from storage.database import Database
from storage.rows import table
from storage.tables import InboxUpdate

_TEXT = "Bác nói \"được\" \\ rồi\n ạ; 'cháu' 100 % :nhé ?"
_columns = table(InboxUpdate).c


def _heard(many: int) -> list[inbox.Arrival]:
    return [
        inbox.Arrival("fake", "one", str(number), f"fake:one:{number}", f"{_TEXT}{number}")
        for number in range(many)
    ]


@pytest.mark.parametrize("many", [1, 64, 65, 500])
def test_any_number_of_updates_is_kept_by_one_statement(database: Database, many: int) -> None:
    database.write_now(lambda one: inbox.add(one, _heard(1), 5))
    with statements(database.engine) as counted:
        database.write_now(lambda one: inbox.add(one, _heard(many), 7))
    found = database.read_now(
        lambda one: one.execute(
            select(_columns.body, _columns.received_at).order_by(_columns.id)
        ).all()
    )
    begun = int(database.is_sqlite)  # SQLite's own BEGIN IMMEDIATE
    assert counted.number == 1 + begun
    assert [row.body for row in found] == [one.body for one in _heard(many)]
    assert [row.received_at for row in found] == [5] + [7] * (many - 1)
