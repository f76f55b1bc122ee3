"""The OA's own groups end to end: listed, bound to places, announced to, disabled, renewed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NewUrl
from phone import eventually
from service import Service
from sqlalchemy import Connection
from village import FAR, NEAR, NOW, plant
from zalo import PERSON, Zalo

from bot.core.rights import Role
from storage import groups, persons, schema, teams
from storage.database import Database

TEXT = "Mời bà con họp lúc 19 giờ tối nay."


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    made = Zalo().start()
    made.people.say(PERSON, "chào")
    yield made
    made.stop()


def _plant(connection: Connection) -> tuple[str, str]:
    plant(connection)
    found = []
    for name, role in (("Mai", Role.AUTHOR), ("Hùng", Role.APPROVER)):
        person = persons.add_one(connection, {"call_name": name}, NOW)
        row = {"person": person, "role": role, "area": "", "granted_by": 0}
        teams.grant(connection, [row], NOW)
        found.append(str(person))
    return found[0], found[1]


@pytest.fixture
def database(new_url: NewUrl) -> Iterator[Database]:
    made = Database(new_url("sqlite"))
    made.write_now(schema.upgrade)
    yield made
    made.close()


def _run(service: Service, *arguments: str, text: str = "") -> str:
    result = service.run(*arguments, text=text)
    assert result.returncode == 0, result.stderr
    return result.stdout


def _announce(service: Service, author: str, approver: str) -> str:
    """From a text to approval; what the terminal said of the groups."""
    way = ("--area", NEAR, "--area", FAR, "--way", "zalo_oa", "--urgent", "--by", author)
    drafted = _run(service, "announce", "draft", "-", *way, text=TEXT)
    number = str(re.findall(r"\d+", drafted)[0])
    submitted = _run(service, "announce", "submit", number, "--by", author)
    many = re.findall(r"(\d+) nhóm", submitted)[0]
    shown = _run(service, "announce", "show", number)
    digest = re.findall(r"[0-9a-f]{16,}", shown)[0]
    approval = ("--groups", many, "--digest", digest, "--by", approver)
    _run(service, "announce", "approve", number, *approval)
    return number


def test_groups_of_the_oa(zalo: Zalo, database: Database, tmp_path: Path) -> None:
    author, approver = database.write_now(_plant)
    service = zalo.oa_service(tmp_path, str(database.engine.url)).start()
    near, far = (zalo.people.found_group(name, PERSON) for name in ("Ấp Gần", "Ấp Xa"))
    assert "OA có 2 nhóm" in _run(service, "zalo", "groups", "--sync")
    _run(service, "zalo", "bind", "Ấp Gần", NEAR)
    _run(service, "zalo", "bind", far.id, FAR)
    zalo.people.disable_group(far.id)
    number = _announce(service, author, approver)
    eventually(lambda: TEXT in "".join(one.text for one in near.messages.values()))
    assert far.messages == {}
    eventually(lambda: "failed 1" in _run(service, "announce", "show", number))

    def troubles() -> dict[str, str]:
        found = database.read_now(lambda one: groups.below(one, [""]))
        return {one.name: one.trouble for one in found}

    eventually(lambda: troubles() == {"Ấp Gần": "", "Ấp Xa": "disabled"})
    zalo.oa.groups[far.id].enabled = True
    _run(service, "zalo", "groups", "--sync")
    assert troubles() == {"Ấp Gần": "", "Ấp Xa": ""}
    _run(service, "announce", "resend", number, "--by", author)
    eventually(lambda: TEXT in "".join(one.text for one in far.messages.values()))
    assert len(near.messages) == 1
    service.stop()
