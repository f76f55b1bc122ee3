"""Whose data: who was shown whom is found by person, by viewer, by time and by place."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ENGINES, NewUrl
from console_people import somebody
from counting import statements
from sqlalchemy import Connection
from village import COMMUNE, NEAR, OTHER, find, plant

from bot.core.rights import Actor, Grant, Operation, Role, terminal
from bot.services import breaches
from bot.services.access import Refused
from storage import audit, persons, schema, sights
from storage.database import DAY, Database
from storage.sights import Asked

DOC = Path(__file__).parents[2] / "docs/operate/breach.md"


def _home(connection: Connection, name: str) -> tuple[int, str]:
    number = find(connection, name)
    return number, persons.get(connection, [number])[number].household


def test_looks_are_found_by_person_viewer_time_and_place(database: Database) -> None:
    database.write_now(plant)
    now = 100 * DAY

    def look(connection: Connection) -> tuple[int, int]:
        nam, home = _home(connection, "Bà Năm")
        viewer = somebody(connection, Role.MEMBER, NEAR, now)
        for at in (now, now + 1, now + DAY):
            sights.seen(connection, viewer, [home, "gone"], at)
        actor = Actor(viewer, "console")
        audit.record(connection, actor, Operation.SEE_PHONE, f"person:{nam}", now + 5)
        audit.record(connection, actor, Operation.SEE_PHONE, f"person:{nam}0", now + 6)
        return nam, viewer

    nam, viewer = database.write_now(look)

    def asked(**more: object) -> list[tuple[int, str]]:
        found = database.write_now(
            lambda one: breaches.shown(one, terminal(), now, Asked(**more))  # type: ignore[arg-type]
        )
        return [(one.at - now, one.what) for one in found if one.person == nam]

    every = [(DAY, "names"), (5, "see-phone"), (0, "names")]
    assert asked(person=nam) == every, "once a day, however often"
    assert asked(viewer=viewer) == every
    assert asked(viewer=viewer + 1) == []
    assert asked(person=nam, since=now + 1, until=now + DAY) == [(5, "see-phone")]

    def whose(area: str) -> breaches.Breach:
        return database.write_now(
            lambda one: breaches.examine(one, terminal(), now, Asked(viewer=viewer), area)
        )

    with statements(database.engine) as counted:
        here = whose(COMMUNE)
    assert counted.number < 15
    assert here.persons[nam] == {"names", "see-phone"}
    assert here.kept["names"] >= len(here.persons)
    assert whose(OTHER).persons == {}
    assert whose("").kept["names"] >= here.kept["names"]
    trail = database.read_now(lambda one: audit.page(one, 9, operations=[Operation.SEE_AUDIT]))
    assert len(trail) >= 5, "asking is itself written down"


def test_only_operators_ask(database: Database) -> None:
    database.write_now(plant)
    member = Actor(1, "console", (Grant(Role.MEMBER, NEAR),))
    for work in (
        lambda one: breaches.shown(one, member, 1, Asked(person=1)),
        lambda one: breaches.examine(one, member, 1, Asked(), NEAR),
    ):
        with pytest.raises(Refused):
            database.write_now(work)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_runbook_runs(engine: str, new_url: NewUrl, tmp_path: Path) -> None:
    """Every command of docs/operate/breach.md, as it stands there."""
    url = new_url(engine)
    database = Database(url)
    database.write_now(schema.upgrade)
    database.write_now(plant)
    database.write_now(
        lambda one: sights.seen(one, 1, [_home(one, "Bà Năm")[1]], 1_790_000_000_000_000)
    )
    database.close()
    env = {one: value for one, value in os.environ.items() if "GOCUA" not in one}
    env |= {
        "GOCUA_DATABASE_URL": url,
        "GOCUA_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(DOC.parents[2]),
    }
    blocks = re.findall(r"```sh\n(.*?)```", DOC.read_text("utf-8"), re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    assert len(lines) >= 7
    said = {}
    for line in lines:
        name, *words = shlex.split(line.replace("26368", COMMUNE))
        assert name == "gocua"
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, line + done.stderr
        said[line] = done.stdout
    assert "số điện thoại của" in said["gocua data breach --area 26368"]
    listed = (tmp_path / "whom-to-tell.csv").read_text("utf-8").splitlines()
    assert listed[0] == "person,what"
    assert listed[1].endswith(",names")
