"""However much there is to show: a page of the console takes the same number of statements."""

from collections.abc import Callable

import httpx
from console_people import TARGETS
from counting import statements
from fastapi import FastAPI
from sqlalchemy import Connection
from village import COMMUNE, NEAR

from bot.core.announcement import Content, Way
from bot.core.data_rights import CORRECT
from bot.core.rights import Role, terminal
from bot.services import announcements
from bot.wiring import Wiring
from storage import calls, data_requests, feeds, groups, households, links, people, persons, teams
from storage.data_requests import Asked
from webhooks.console.frame import Console

MANY = 40
_AT = 2


def _more(connection: Connection) -> None:
    """Of everything that pages list, in the hamlet the tests look at."""
    codes = [f"M{one:03}" for one in range(MANY)]
    homes = [{"code": one, "area": NEAR, "label": f"Nhà {one}"} for one in codes]
    households.add(connection, homes, _AT)
    heads = [
        {"household": one, "honorific": "Bà", "call_name": f"Tám {one}", "is_head": True}
        for one in codes
    ]
    persons.add(connection, heads, _AT)
    households.refresh(connection, codes)
    found = persons.of_households(connection, codes)
    ids = [one.id for group in found.values() for one in group]
    tied = [{"code": f"t{one}", "area": COMMUNE, "name": f"Tổ {one}"} for one in codes]
    teams.put(connection, tied, {f"t{one}": [NEAR] for one in codes})
    members = [
        {"team": f"t{code}", "person": person, "role": "member"}
        for code, person in zip(codes, ids, strict=True)
    ]
    teams.add_members(connection, members, _AT)
    roles = [{"person": one, "role": Role.AUTHOR, "area": NEAR, "granted_by": 0} for one in ids]
    teams.grant(connection, roles, _AT)
    _more_talk(connection, codes, ids)


def _more_talk(connection: Connection, codes: list[str], ids: list[int]) -> None:
    chats = [f"webchat:web:{one}" for one in codes]
    people.see(connection, dict.fromkeys(chats, "webchat"), _AT)
    rows = [{"code": f"g{one}", "area": NEAR, "channel": "telegram", "name": one} for one in codes]
    groups.put(connection, rows)
    asked = [
        {"address": chat, "person": person, "guide": "vneid", "item": "cai-dat"}
        for chat, person in zip(chats, ids, strict=True)
    ]
    calls.call(connection, asked, _AT)
    for number, (chat, person) in enumerate(zip(chats, ids, strict=True), 2):
        links.link(connection, chat, person, _AT)
        calls.change(connection, number, calls.OPEN, area=NEAR)
        feeds.add(connection, f"https://tin{number}.test/rss", [NEAR], 0, _AT)
        data_requests.add(connection, Asked(0, chat, person, CORRECT, _AT, _AT, _AT))
        content = Content(f"Họp {number}.", areas=(NEAR,), ways=(Way.TELEGRAM,))
        announcements.compose(connection, terminal(), _AT, content)


async def test_pages_cost_as_much_for_many_as_for_few(
    app: FastAPI, wiring: Wiring, client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    person = official(Role.OPERATOR)
    rows = [
        {"person": person, "role": one, "area": "", "granted_by": 0}
        for one in Role
        if one not in (Role.RESIDENT, Role.OPERATOR)
    ]
    wiring.database.write_now(lambda one: teams.grant(one, rows, _AT))
    console = app.state.console
    assert isinstance(console, Console)
    shown = [path for method, path in console.rules if method == "GET" and path[-5:] != "/dong"]
    paths = [path.format(**TARGETS) for path in shown]

    async def costs() -> dict[str, int]:
        found = {}
        for path in paths:
            with statements(wiring.database._reading) as counted:
                answer = await client.get(path)
            if answer.status_code == 200:
                found[path] = counted.number
        return found

    await costs()  # what is prepared once
    few = await costs()
    wiring.database.write_now(_more)
    assert len(few) > 30
    assert await costs() == few
