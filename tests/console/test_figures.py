"""Indicators on the console: one level at a time, weeks beside each other, goals; never written by
looking, and bounded however many places there are."""

import re
from collections.abc import Callable
from io import BytesIO

import httpx
from openpyxl import load_workbook
from sqlalchemy import Connection
from village import CITY, COMMUNE, FAR, NEAR, find, place

from bot.core.rights import Role
from bot.core.weeks import Week, day_of, of_day
from bot.wiring import Wiring
from storage import areas, households, reports, rows
from storage.database import DAY
from storage.tables import Confirmation

Official = Callable[..., int]


def _now(wiring: Wiring) -> int:
    return wiring.database.read_now(wiring.database.now)


def _week(wiring: Wiring) -> Week:
    return of_day(day_of(_now(wiring), wiring.beside.calendar.zone))


def _verify(wiring: Wiring, name: str, at: int) -> None:
    def work(connection: Connection) -> None:
        row = {"person": find(connection, name), "guide": "vneid", "kind": "verified"}
        more = {"revision": "r", "run": 0, "visit": 0, "recorder": 1, "at": at}
        rows.insert(connection, Confirmation, [row | more])

    wiring.database.write_now(work)


async def _count(wiring: Wiring) -> None:
    counter = wiring.beside.counter(wiring.database)
    while await counter.once():
        pass


def _cell(page: str, place: str, name: str) -> str:
    row = re.search(rf"<tr><td><strong>(?:<a[^>]*>)?{place}.*?</tr>", page, re.DOTALL)
    assert row, place
    cell = re.search(rf'data-name="{name}">(.*?)</td>', row[0], re.DOTALL)
    assert cell, name
    return " ".join(re.sub(r"<[^>]+>", " ", cell[1]).split())


async def test_one_level_at_a_time_down_to_the_hamlet(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.OPERATOR)
    _verify(wiring, "Anh Tư", _now(wiring) - 1)
    top = (await client.get("/chi-tieu")).text
    assert _cell(top, "Thành phố Đồng Nai", "Hộ") == "4"
    city = (await client.get(f"/chi-tieu?noi={CITY}")).text
    assert _cell(city, "Phường Long Thành", "Tổ xác nhận") == "1 (+1) 16,7 %"
    assert "Không hiện 1 nơi chưa có hộ nào" in city
    assert "Khu phố Cầu Xéo" not in city, "a level further down"
    commune = (await client.get(f"/chi-tieu?noi={COMMUNE}")).text
    assert _cell(commune, "Khu phố Cầu Xéo", "Hộ đã đến") == "không rõ"
    assert f'href="/chi-tieu?noi={CITY}&amp;' in commune, "the way up"
    hamlet = (await client.get(f"/chi-tieu?noi={NEAR}")).text
    assert "từng nơi" not in hamlet
    official(Role.LEAD, NEAR)
    mine = (await client.get("/chi-tieu")).text
    assert f"noi={COMMUNE}&" not in mine, "no way up into places of others"


async def test_many_places_are_cut_and_said(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    def plant(connection: Connection) -> None:
        codes = [f"{COMMUNE}-m{number:03}" for number in range(200)]
        areas.put(connection, [place(one, COMMUNE, f"Ấp {one[-3:]}") for one in codes])
        made = [{"code": f"M{one[-3:]}", "area": one, "label": "x"} for one in codes]
        households.add(connection, made, 1)

    wiring.database.write_now(plant)
    official(Role.LEAD, COMMUNE)
    page = await client.get("/chi-tieu")
    assert "Còn 142 nơi không hiện ở đây" in page.text
    assert len(page.content) < 100_000
    sheet = await client.get("/chi-tieu.xlsx")
    rows = load_workbook(BytesIO(sheet.content))["Theo ấp, khu phố"].max_row
    assert rows == 1 + 1 + 202


async def test_weeks_stand_beside_each_other_and_unknown_is_no_zero(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    week = _week(wiring)
    last = week.before()
    _verify(wiring, "Anh Tư", last.start(wiring.beside.calendar.zone) + DAY)
    _verify(wiring, "Bà Năm", _now(wiring) - 1)
    assert "Chưa có tuần nào được đếm" in (await client.get("/chi-tieu")).text
    await _count(wiring)
    page = (await client.get("/chi-tieu")).text
    table = page[page.index('class="trend"') :]
    found = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td><td>([^<]+)</td>', table)
    assert found == [
        (f"{last.monday:%d/%m}", "1", "1"),
        (f"{week.monday:%d/%m}", "2", "1"),
    ]
    assert f"Các tuần trước {last.monday:%d/%m}: không rõ" in page
    assert "Số liệu đếm lúc" in page


async def test_looking_at_a_week_that_is_over_writes_nothing(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    last = _week(wiring).before()
    for path in ("/chi-tieu", "/chi-tieu.xlsx", "/chi-tieu.pdf"):
        assert (await client.get(f"{path}?tuan={last}")).status_code == 200
    assert wiring.database.read_now(lambda one: reports.weeks(one, COMMUNE)) == []
    assert (await client.get(f"/chi-tieu?tuan={last}&ban=1")).status_code == 404


async def test_a_goal_is_set_where_one_may_and_says_what_is_left(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    assert "/chi-tieu/muc" not in (await client.get("/chi-tieu")).text
    where = {"noi": COMMUNE, "bai": "vneid"}
    official(Role.APPROVER, COMMUNE)
    _verify(wiring, "Anh Tư", _now(wiring) - 1)
    form = (await client.get("/chi-tieu/muc", params=where)).text
    assert "Phường Long Thành" in form
    wrong = await client.post("/chi-tieu/muc", data=where | {"so": "10", "han": "2020-01-01"})
    assert wrong.status_code == 422
    assert 'value="2020-01-01"' in wrong.text
    assert (await client.post("/chi-tieu/muc", data=where | {"so": "x"})).status_code == 422
    unknown = where | {"bai": "la"}
    assert (await client.get("/chi-tieu/muc", params=unknown)).status_code == 409
    assert (await client.post("/chi-tieu/muc", data=unknown)).status_code == 409
    elsewhere = where | {"noi": CITY, "so": "1", "han": "2099-01-01"}
    assert (await client.post("/chi-tieu/muc", data=elsewhere)).status_code == 403
    given = {"so": "1.001", "han": "2099-12-31", "mau": "2000", "nguon": "Công an phường"}
    saved = await client.post("/chi-tieu/muc", data=where | given | {"ngay": "2026-01-01"})
    page = (await client.get(saved.headers["location"])).text
    assert "Đã lưu chỉ tiêu" in page
    assert "1.001 người trước 31/12/2099: còn 1.000 người" in _cell(page, "Cài", "Chỉ tiêu")
    assert "Công an phường" in (await client.get("/chi-tieu/muc", params=where)).text
    await client.post("/chi-tieu/muc", data=where)
    assert "chưa đặt" in _cell((await client.get("/chi-tieu")).text, "Cài", "Chỉ tiêu")


async def test_the_guide_that_is_looked_at_is_chosen(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    page = (await client.get(f"/chi-tieu?noi={NEAR}&bai=an-toan")).text
    assert '<option value="an-toan" selected>' in page
    assert (await client.get(f"/chi-tieu?noi={FAR}")).status_code == 403
