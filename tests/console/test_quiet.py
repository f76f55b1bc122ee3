"""The quiet hours in the console: shown as they are, tried on any moment."""

import re
from collections.abc import Callable

import httpx
from village import NEAR

from bot.core.rights import Role

Official = Callable[..., int]
PATH = "/quan-tri/gio-yen-lang"


async def _tried(client: httpx.AsyncClient, moment: str) -> dict[str, str]:
    page = (await client.get(PATH, params={"luc": moment})).text
    found = re.findall(r"<tr><td><strong>(.*?)</strong></td><td>(.*?)</td></tr>", page)
    return {name: re.sub(r"<[^>]*>", "", when) for name, when in found}


async def test_a_moment_is_tried_with_the_rules_that_hold_messages_back(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    late = await _tried(client, "2026-12-01T21:00")
    assert late == {
        "Trả lời người dân vừa nhắn": "ngay",
        "Thông báo thường": "chờ 07:00 02/12/2026",
        "Thông báo khẩn": "ngay",
        "Bài đã giao, lời nhắc bài": "chờ 07:00 02/12/2026",
        "Báo tổ viên có người nhờ giúp": "chờ 07:00 02/12/2026",
    }
    assert set((await _tried(client, "2026-12-01T20:59")).values()) == {"ngay"}
    holiday = await _tried(client, "2027-01-01T09:00")
    assert holiday["Thông báo thường"] == "ngay"
    assert holiday["Bài đã giao, lời nhắc bài"].startswith("chờ 07:00"), "a day off"


async def test_what_is_no_moment_shows_tonight(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    for wrong in ("", "soon", "0001-01-01T00:00", "9999-12-31T23:59"):
        assert (await _tried(client, wrong))["Thông báo thường"].startswith("chờ 07:00")
    official(Role.AUTHOR)
    assert (await client.get(PATH)).status_code == 403
