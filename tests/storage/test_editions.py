"""Guides in words of one's own, as they are kept, on both databases."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from storage import editions
from storage.database import Database
from storage.editions import Edition


def _open(database: Database) -> Edition:
    found = database.read_now(lambda one: editions.open_one(one, "vneid"))
    assert found
    return found


def test_a_draft_is_handed_in_and_published_once(database: Database) -> None:
    def begin(connection: Connection) -> None:
        editions.add(connection, "vneid", "base", {}, 5)

    database.write_now(begin)
    with pytest.raises(IntegrityError):
        database.write_now(begin)
    draft = _open(database)
    texts = {"mo-dau.md": "Chào bác.\n"}
    assert database.write_now(lambda one: editions.save(one, draft, texts, [7], 5, "base"))
    assert not database.write_now(lambda one: editions.save(one, draft, {}, [8], 6, "base")), (
        "seen before"
    )
    written = _open(database)
    assert (written.texts, written.editors) == (texts, (7,))
    assert written.changed_at > draft.changed_at, "though the clock stood still"
    assert database.write_now(lambda one: editions.submit(one, written, "abc", 7))
    assert database.read_now(editions.waiting) == ["vneid"]
    handed = _open(database)

    def publish(connection: Connection) -> bool:
        return editions.decide(connection, handed, editions.PUBLISHED, 9, 8)

    assert database.write_now(publish)
    assert not database.write_now(publish)
    assert database.read_now(lambda one: editions.open_one(one, "vneid")) is None
    assert database.read_now(editions.published) == 1
    assert database.read_now(editions.current)["vneid"].revision == "abc"
    database.write_now(begin)
    again = _open(database)
    database.write_now(lambda one: editions.decide(one, again, editions.DROPPED, 7, 9))
    assert database.read_now(editions.published) == 1, "dropped is not published"
