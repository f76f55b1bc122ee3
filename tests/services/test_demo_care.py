"""The demo shows a door that was knocked on and one to knock on; starting it again adds nothing."""

from fakes import Clock
from office import ZONE
from sqlalchemy import Connection, func, select

from bot.core import passcode
from bot.core.reminding import Calendar
from bot.demo import places, plant
from bot.demo_care import code, show
from bot.desk.words import DeskWords
from bot.library import Library
from bot.vault import Vault
from storage.database import Database
from storage.rows import table
from storage.tables import Confirmation, GuideRun, Visit


def test_the_demo_has_visits_and_a_members_code(
    database: Database, clock: Clock, library: Library
) -> None:
    found, words = places(), DeskWords(Calendar(ZONE))
    books, vault = library.content().current, Vault("a long random word")

    def rows(connection: Connection) -> list[int]:
        plant(connection, vault, found, clock())
        show(connection, found, books, words, clock())
        return [
            connection.execute(select(func.count()).select_from(table(one))).scalar_one()
            for one in (GuideRun, Visit, Confirmation)
        ]

    assert database.write_now(rows) == database.write_now(rows) == [2, 1, 1]
    made = database.write_now(lambda one: code(one, vault, found, clock()))
    assert passcode.found(f"mã {made}")
