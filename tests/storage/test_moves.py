"""A platform gives a chat another id: everything that belongs to it goes along. That no table is
forgotten is a test of the schema.
"""

from typing import Any

from sqlalchemy import Boolean, Connection, Integer, select
from village import NOW

from bot.core.address import Address
from storage import calls, conversations, links, moves, people
from storage.database import Database
from storage.moves import GOES, Goes
from storage.rows import table
from storage.tables import ConversationState, HelpRequest, PersonAddress

OLD, NEW = Address("fake", "one", "-5"), Address("fake", "one", "-1005")


def _row(one: Goes) -> dict[str, Any]:
    """Something in every column that needs it."""
    filled: dict[str, Any] = {}
    for column in table(one.model).columns:
        if column.nullable or column.autoincrement is True:
            continue
        plain: object = False if isinstance(column.type, Boolean) else ""
        filled[column.name] = 7 if isinstance(column.type, Integer) else plain
    if one.states:
        filled["state"] = one.states[0]
    return {**filled, one.column: str(OLD)}


def _places(connection: Connection, one: Goes) -> list[str]:
    return list(connection.execute(select(table(one.model).c[one.column])).scalars())


def test_everything_goes_along_and_repeating_is_harmless(database: Database) -> None:
    for one in GOES:
        with database.engine.connect() as connection:
            connection.execute(table(one.model).insert().values(_row(one)))
            for _ in range(2):
                moves.move(connection, OLD, NEW, NOW)
                assert _places(connection, one) == [str(NEW)], one
            connection.rollback()


def test_what_the_new_chat_has_already_is_kept(database: Database) -> None:
    """Both ids were in use for a while: nothing is lost and nobody gets a second owner."""
    with database.engine.begin() as connection:
        for chat, person in ((OLD, 1), (OLD, 2), (NEW, 3), (NEW, 2)):
            people.see(connection, {str(chat): "fake"}, NOW)
            links.link(connection, str(chat), person, NOW)
            calls.call(
                connection,
                [{"address": str(chat), "person": person, "guide": "", "item": ""}],
                NOW,
            )
            conversations.begin(connection, str(chat), person, NOW)
        moves.move(connection, OLD, NEW, NOW)
        columns = table(PersonAddress).c
        tied = select(columns.address, columns.person, columns.is_owner).order_by(columns.person)
        rows = [tuple(row) for row in connection.execute(tied) if row.address == str(NEW)]
        assert rows == [(str(NEW), 1, False), (str(NEW), 2, False), (str(NEW), 3, True)]
        for model in (HelpRequest, ConversationState):
            found = table(model).c
            here = select(found.person).where(found.address == str(NEW)).order_by(found.person)
            assert list(connection.execute(here).scalars()) == [1, 2, 3]


def test_what_was_sent_stays_where_it_was_sent(database: Database) -> None:
    (sent,) = [one for one in GOES if one.model.__tablename__ == "outbox"]
    with database.engine.begin() as connection:
        connection.execute(table(sent.model).insert().values({**_row(sent), "state": "accepted"}))
        moves.move(connection, OLD, NEW, NOW)
        assert _places(connection, sent) == [str(OLD)]
