"""`gocua doctor` on the quota of Zalo's bot."""

from datetime import UTC, datetime

import pytest
from fakes import Clock
from pydantic import SecretStr

from bot.doctor import Finding, examine
from bot.holidays import days_off, unconfirmed
from bot.settings import Settings
from storage import inbox, people
from storage.database import SECOND, Database

SETTINGS = Settings(_env_file=None, zalo_bot_token=SecretStr("7:token"))


def _hear(database: Database, chats: int) -> None:
    addresses = [f"zalo_bot:7:{chat}" for chat in range(chats)]
    arrivals = [inbox.Arrival("zalo_bot", "7", one, one, "{}", "") for one in addresses]
    now = database.read_now(database.now)
    database.write_now(lambda one: inbox.add(one, arrivals, now))
    database.write_now(lambda one: people.see(one, dict.fromkeys(addresses, "zalo_bot"), now))


def _found(database: Database, name: str, settings: Settings = SETTINGS) -> list[Finding]:
    return [one for one in examine(settings, database) if one.name == name]


@pytest.mark.parametrize(("chats", "well"), [(0, True), (44, True), (45, False)])
def test_the_quota_is_shown_and_its_end_foretold(
    database: Database, chats: int, well: bool
) -> None:
    _hear(database, chats)
    value = f"{chats}/50 · {chats}/3000"
    assert _found(database, "zalo_bot") == [Finding("zalo_bot", value, ok=well)]
    assert _found(database, "channels")[0].value == "webchat, zalo_bot"


def test_a_month_begins_at_its_midnight_here(database: Database, clock: Clock) -> None:
    clock.now = int(datetime(2026, 10, 31, 16, 59, tzinfo=UTC).timestamp()) * SECOND
    _hear(database, 1)
    clock.advance(120)
    assert _found(database, "zalo_bot")[0].value == "1/50 · 0/3000"


def test_without_a_token_nothing_is_said_of_it(database: Database) -> None:
    assert _found(database, "zalo_bot", Settings(_env_file=None)) == []


def test_years_whose_days_off_nobody_announced_are_said(database: Database) -> None:
    (found,) = _found(database, "holidays_unconfirmed")
    assert found.value == (", ".join(map(str, unconfirmed())) or "0")
    assert {one.year for one in days_off()} >= set(unconfirmed()), "they have days all the same"
