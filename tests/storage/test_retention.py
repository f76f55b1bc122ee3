"""Old rows go by themselves: each table by its rule, a part at a time, once a day."""

import pytest
from sqlalchemy import Connection
from village import NOW

from storage import calls, lanes, links, outbox, progress, retention, upkeep
from storage.database import DAY, HOUR, Database
from storage.links import Target
from storage.outbox import NewDelivery
from storage.retention import RULES
from storage.rows import Model, table
from storage.tables import Attempt, Delivery, HelpRequest, LinkCode, Progress


def _count(connection: Connection, model: Model) -> int:
    return len(connection.execute(table(model).select()).all())


def _all(connection: Connection, now: int) -> None:
    while retention.tidy(connection, now):
        pass


@pytest.fixture
def old(database: Database) -> Database:
    """One row of several tables, all of now."""

    def work(connection: Connection) -> None:
        new = NewDelivery("turn:1", "fake:one:a", '{"text":"x"}', lanes.REPLY)
        notice = NewDelivery("announcement:1", "fake:one:b", '{"text":"x"}', lanes.BULK)
        outbox.enqueue(connection, [new, notice], NOW)
        ended = {"state": "accepted", "ended_at": NOW}
        connection.execute(table(Delivery).update().values(ended))
        links.add_code(connection, "d", Target(1, "", 0), NOW, NOW + DAY)
        links.attempted(connection, "code:a", NOW)
        call = {"address": "fake:one:a", "person": 1, "guide": "", "item": ""}
        calls.call(connection, [call], NOW)
        row = {"address": "fake:one:a", "guide": "vneid", "revision": "r", "item": ""}
        rows = [{**row, "person": person, "outcome": "done", "at": NOW} for person in (0, 1)]
        progress.record(connection, rows)

    database.write_now(work)
    return database


def test_nothing_goes_before_its_time(old: Database) -> None:
    def work(connection: Connection) -> None:
        assert retention.due(connection, NOW)
        _all(connection, NOW + DAY)
        assert not retention.due(connection, NOW + DAY + HOUR)
        assert retention.due(connection, NOW + 2 * DAY)
        counts = [_count(connection, one) for one in (Delivery, LinkCode, Attempt, HelpRequest)]
        assert counts == [2, 1, 1, 1]
        assert {name for name in RULES if upkeep.last(connection, name)} == set(RULES)

    old.write_now(work)


def test_each_table_by_its_rule(old: Database) -> None:
    def work(connection: Connection) -> None:
        _all(connection, NOW + 91 * DAY)
        rows = connection.execute(table(Delivery).select()).mappings().all()
        assert [row["content"] for row in rows] == ["{}", "{}"]
        assert _count(connection, LinkCode) == _count(connection, Attempt) == 0
        _all(connection, NOW + 800 * DAY)
        owners = [row.owner for row in connection.execute(table(Delivery).select())]
        assert owners == ["announcement:1"]  # that it was sent stays
        assert [row.person for row in connection.execute(table(Progress).select())] == [1]
        assert _count(connection, HelpRequest) == 1  # still open

    old.write_now(work)


def test_many_rows_go_in_parts(old: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 1)

    def work(connection: Connection) -> None:
        for number in range(3):
            links.add_code(connection, f"x{number}", Target(1, "", 0), NOW, NOW + DAY)
        _all(connection, NOW + 60 * DAY)
        assert _count(connection, LinkCode) == 0

    old.write_now(work)
