"""A new key in place of an old one: all sealed anew, cut off anywhere, phones still found."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ENGINES, NewUrl
from console_people import somebody
from counting import statements
from sqlalchemy import Connection

from bot.core.rights import Role, terminal
from bot.services import keys, logins, set_up
from bot.vault import SealedError, Vault
from storage import kept_settings, persons, schema, sealed, tokens
from storage.database import Database

OLD, BOTH, NEW = Vault("old word"), Vault("new word,old word"), Vault("new word")
NUMBERS = [f"09{number:08}" for number in range(keys.AT_ONCE + 7)]
ACCOUNT = ("zalo_oa", "1")


def _plant(connection: Connection) -> None:
    for number in NUMBERS:
        row = {"phone": OLD.seal(number), "phone_mark": OLD.mark("phone", number)}
        persons.add_one(connection, {"call_name": number} | row, 1)
    person = somebody(connection, Role.OPERATOR, "", 1)
    logins.invite(connection, terminal(), 1, OLD, person, "quan")
    tokens.keep(connection, ACCOUNT, OLD.seal("access"), OLD.seal("refresh"), 1, expires_at=2)
    set_up.keep(connection, terminal(), 1, OLD, {"telegram_token": "1:token"})


def _sealed(database: Database) -> list[str]:
    found = []
    for column in sealed.COLUMNS:
        found += database.read_now(lambda one, c=column: sealed.page(one, c, (), 10_000))
    return [value for _, value in found]


def test_everything_is_sealed_anew(database: Database) -> None:
    database.write_now(_plant)
    with statements(database.engine) as counted:
        done = keys.rotate(database.write_now, BOTH)
    everything = len(NUMBERS) + 4
    assert (done.seen, done.renewed, done.lost) == (everything, everything, 0)
    assert counted.number < 20, "a part is one statement, whatever it holds"
    assert [NEW.open(one) for one in _sealed(database)][: len(NUMBERS)] == NUMBERS
    for one in _sealed(database):
        with pytest.raises(SealedError):
            OLD.open(one)
    again = keys.rotate(database.write_now, BOTH)
    assert (again.seen, again.renewed) == (everything, 0)
    marks = keys.finish(database.write_now, BOTH, NEW)
    assert marks.renewed == len(NUMBERS)
    mark = NEW.mark("phone", NUMBERS[3])
    found = database.read_now(
        lambda one: one.exec_driver_sql(
            f"SELECT call_name FROM person WHERE phone_mark = '{mark}'"  # noqa: S608
        ).scalar()
    )
    assert found == NUMBERS[3]


def test_what_no_key_opens_stays_and_is_counted(database: Database) -> None:
    other = Vault("lost").seal("1:token")
    database.write_now(lambda one: kept_settings.keep(one, {"telegram_token": other}, 0, 1))
    done = keys.rotate(database.write_now, BOTH)
    assert (done.seen, done.renewed, done.lost) == (1, 0, 1)
    assert _sealed(database) == [other]


@pytest.mark.parametrize("engine", ENGINES)
def test_killed_in_the_middle_it_goes_on(engine: str, new_url: NewUrl, tmp_path: Path) -> None:
    """The process dies by SIGKILL right after its first part was committed."""
    url = new_url(engine)
    database = Database(url)
    database.write_now(schema.upgrade)
    database.write_now(_plant)
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, signal, sys\n"
        "from bot.services import keys\n"
        "from bot.vault import Vault\n"
        "from storage.database import Database\n"
        "database = Database(sys.argv[1])\n"
        "def write(work):\n"
        "    database.write_now(work)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "keys.rotate(write, Vault('new word,old word'))\n"
    )
    died = subprocess.run([sys.executable, str(script), url], check=False)
    assert died.returncode == -signal.SIGKILL
    half = [BOTH.is_newest(one) for one in _sealed(database)]
    assert half.count(True) == keys.AT_ONCE
    env = {one: value for one, value in os.environ.items() if "GOCUA" not in one}
    env |= {"GOCUA_DATABASE_URL": url, "GOCUA_SECRET_KEY": "new word,old word"}
    command = [sys.executable, "-m", "bot", "keys"]
    gone_on = subprocess.run(
        [*command, "rotate"], env=env, capture_output=True, text=True, check=False
    )
    assert gone_on.returncode == 0, gone_on.stderr
    assert f"niêm phong lại {len(NUMBERS) + 4 - keys.AT_ONCE}" in gone_on.stdout
    assert all(BOTH.is_newest(one) for one in _sealed(database))
    finished = subprocess.run(
        [*command, "finish", "--yes"], env=env, capture_output=True, text=True, check=False
    )
    assert f"đánh dấu lại {len(NUMBERS)}" in finished.stdout
    alone = env | {"GOCUA_SECRET_KEY": "new word"}
    refused = subprocess.run([*command, "rotate"], env=alone, capture_output=True, check=False)
    assert refused.returncode == 1
    database.close()
