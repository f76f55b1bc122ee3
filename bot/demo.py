"""Demo data: invented people in real places. Never loaded by `serve`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import yaml
from sqlalchemy import Connection

from bot.core.announcement import Content, Way, digest
from bot.core.data_rights import clocks
from bot.core.rights import terminal
from bot.import_forms import SHIPPED, import_forms
from bot.library import GUIDES
from bot.services import announcements as service
from bot.services import imports
from bot.services.access import Refused
from bot.services.imports import COLUMNS, Kind
from bot.vault import Vault
from storage import (
    areas,
    calls,
    data_requests,
    groups,
    households,
    links,
    logins,
    people,
    persons,
    teams,
)
from storage.data_requests import Asked
from storage.rows import Row

Places = Mapping[str, Sequence[dict[str, Any]]]


def places() -> Places:
    """Rows by kind, from guides/demo.yaml."""
    plain: Places = yaml.safe_load((GUIDES / "demo.yaml").read_text("utf-8"))
    return plain


def plant(connection: Connection, vault: Vault, found: Places, now: int) -> int:
    """Adding them again changes nothing. How many places there are."""
    data = (SHIPPED / "long-thanh.csv").read_bytes()
    reading = import_forms().read(Kind.AREAS, COLUMNS[Kind.AREAS], data)
    imports.run(connection, terminal(), now, vault, Kind.AREAS, reading)
    areas.put(connection, found["areas"])
    serves = {str(one["code"]): one["serves"] for one in found["teams"]}
    teams.put(connection, [_without(one, "serves") for one in found["teams"]], serves)
    households.add(connection, found["households"], now)
    persons.add(connection, found["persons"], now)
    codes = [str(one["code"]) for one in found["households"]]
    households.refresh(connection, codes)
    living = persons.of_households(connection, codes).values()
    ids = {one.name: one.id for group in living for one in group}
    members = [{**one, "person": ids[one["person"]]} for one in found["members"]]
    teams.add_members(connection, members, now)
    groups.put(connection, found["groups"])
    lead = ids[found["members"][0]["person"]]
    groups.claim(connection, "cau-xeo-zalo", "", lead, now)
    for one in found["officials"]:
        _official(connection, one, now)
    _notices(connection, found["notices"], now)
    for one in found["calls"]:
        _call(connection, one, ids[one["person"]], now)
    for one in found["data_requests"]:
        asked = Asked(
            0, one["chat"], ids[one["person"]], one["kind"], now, *clocks(one["kind"], now)
        )
        data_requests.add(connection, asked)
    return len(areas.known(connection))


def _official(connection: Connection, one: Row, now: int) -> None:
    """Without a password: the demo's own page lets them in."""
    if logins.named(connection, one["name"]) is None:
        honorific, _, call_name = one["called"].partition(" ")
        row = {"honorific": honorific, "call_name": call_name}
        person = persons.add_one(connection, row, now)
        logins.invite(connection, person, one["name"], "", "", 0, now)
        grant = {"person": person, "role": one["role"], "area": one["area"], "granted_by": 0}
        teams.grant(connection, [grant], now)


def _notices(connection: Connection, found: Sequence[Row], now: int) -> None:
    """From the first official, approved by the second; once only."""
    ids = {name: person for person, name in logins.listed(connection).items()}
    actors = teams.actors(connection, ids.values(), "demo")
    author, approver = actors[ids["mai"]], actors[ids["hung"]]
    for place, one in enumerate(found):
        content = Content(one["text"], areas=("26368",), ways=tuple(Way))
        with suppress(Refused):
            number = service.compose(connection, author, now, content, f"demo:{place}")
            if one["step"] != "draft":
                counts = service.submit(connection, author, now, number)
            if one["step"] == "approve":
                seen = digest(content)
                service.approve(connection, approver, now, number, seen, counts[0])


def _call(connection: Connection, found: Row, person: int, now: int) -> None:
    """Somebody waits at a step; once only."""
    if calls.get(connection, [1]):
        return
    people.see(connection, {found["chat"]: "webchat"}, now)
    links.link(connection, found["chat"], person, now)
    row = {"address": found["chat"], "person": person}
    calls.call(connection, [row | {"guide": found["guide"], "item": found["item"]}], now)
    calls.change(connection, 1, calls.OPEN, area=found["area"])


def _without(row: Row, key: str) -> Row:
    return {name: value for name, value in row.items() if name != key}
