"""The quiet hours in the console: shown as they are, tried on any moment, changed by operators."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import ENGINES, NewUrl
from house_of import until
from village import NEAR

from bot.core.hours import QuietHours, quiet_hours
from bot.core.rights import Role, terminal
from bot.services import quiet, set_up
from bot.settings import Settings
from bot.wiring import Wiring
from storage import kept_settings

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


async def test_an_operator_changes_them_and_the_trail_says_from_what_to_what(
    client: httpx.AsyncClient, official: Official, wiring: Wiring
) -> None:
    person = official(Role.OPERATOR)
    assert 'value="21:00"' in (await client.get(PATH)).text
    answer = await client.post(f"{PATH}/doi", data={"tu": "19:30", "den": "08:00"})
    assert answer.headers["location"] == f"{PATH}?xong=gio-yen-lang"
    page = (await client.get(answer.headers["location"])).text
    assert "<strong>19:30</strong> đến <strong>08:00</strong>" in page
    assert "Đã đổi giờ yên lặng" in page
    tried = await _tried(client, "2026-12-01T20:00")
    assert tried["Thông báo thường"] == tried["Báo tổ viên có người nhờ giúp"]
    assert tried["Thông báo thường"] == "chờ 08:00 02/12/2026"
    assert tried["Thông báo khẩn"] == "ngay"
    trail = (await client.get("/quan-tri/nhat-ky")).text
    assert "đổi giờ yên lặng: 21:00-07:00 thành 19:30-08:00" in trail
    [entry] = [one for one in _trail(wiring) if one[1] == "set-quiet-hours"]
    assert entry == (
        person,
        "set-quiet-hours",
        "setting:quiet_hours",
        '{"after":"19:30-08:00","before":"21:00-07:00"}',
    )


def _trail(wiring: Wiring) -> list[tuple[object, ...]]:
    statement = "SELECT actor, operation, target, detail FROM audit_entry ORDER BY id"
    return wiring.database.read_now(
        lambda one: [tuple(row) for row in one.exec_driver_sql(statement)]
    )


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [
        ("22:30", "07:00", "trọn từ 22:00 đến 06:00"),
        ("21:00", "05:00", "trọn từ 22:00 đến 06:00"),
        ("13:00", "08:00", "ít nhất 6 tiếng"),
        ("21:00", "", "đủ giờ và phút"),
        ("21:00", "07:00", "đang như vậy rồi"),
    ],
)
async def test_what_leaves_no_peace_or_no_day_is_refused_and_changes_nothing(
    client: httpx.AsyncClient,
    official: Official,
    wiring: Wiring,
    begins: str,
    ends: str,
    why: str,
) -> None:
    official(Role.OPERATOR)
    before = _trail(wiring)
    answer = await client.post(f"{PATH}/doi", data={"tu": begins, "den": ends})
    assert answer.status_code == 422
    assert why in answer.text
    assert f'name="tu" type="time" value="{begins}"' in answer.text, "what was typed is there"
    assert "<strong>21:00</strong> đến <strong>07:00</strong>" in answer.text
    assert _trail(wiring) == before
    assert wiring.database.read_now(kept_settings.load) == {}


async def test_who_operates_a_part_only_sees_them(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.OPERATOR, NEAR)
    page = await client.get(PATH)
    assert (page.status_code, "Đổi giờ yên lặng" in page.text) == (200, False)
    answer = await client.post(f"{PATH}/doi", data={"tu": "20:00", "den": "07:00"})
    assert answer.status_code == 403


@pytest.mark.parametrize("engine", ENGINES)
async def test_another_process_takes_them_up(new_url: NewUrl, tmp_path: Path, engine: str) -> None:
    settings = Settings(_env_file=None, database_url=new_url(engine), data_dir=tmp_path)
    first, second = Wiring(settings, "web"), Wiring(settings, "web")
    first.migrate()
    second.start()
    hours = quiet_hours("19:30-08:00")

    async def changed() -> bool:
        return second.beside.calendar.hours() == hours

    async def forgotten() -> bool:
        return second.beside.calendar.hours() == QuietHours()

    try:
        first.database.write_now(
            lambda one: quiet.change(one, terminal(), 1, first.vault, str(hours))
        )
        await until(changed)
        assert second.notice_words.hours() == hours
        third = Wiring(settings, "web")
        third.migrate()
        assert third.beside.calendar.hours() == hours, "known before anything begins"
        await third.stop()
        first.database.write_now(lambda one: set_up.forget(one, terminal(), 1, quiet.SETTING))
        await until(forgotten)
    finally:
        await second.stop()
        await first.stop()
