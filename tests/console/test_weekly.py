"""Reports of a place week by week: made by those who may, the same file ever after, with the lines
people wrote."""

from collections.abc import Callable
from io import BytesIO

import httpx
from openpyxl import load_workbook
from pypdf import PdfReader
from village import COMMUNE, FAR, NEAR

from bot.core.rights import Role
from bot.core.weeks import Week, day_of, of_day
from bot.wiring import Wiring

Official = Callable[..., int]
PATH = "/chi-tieu/bao-cao"


def _last(wiring: Wiring) -> Week:
    now = wiring.database.read_now(wiring.database.now)
    return of_day(day_of(now, wiring.beside.calendar.zone)).before()


async def _write(
    client: httpx.AsyncClient, week: Week, text: str, kind: str = "difficulty", area: str = COMMUNE
) -> httpx.Response:
    data = {"noi": area, "tuan": str(week), "muc": kind, "dong": text}
    return await client.post(f"{PATH}/dong", data=data)


async def _make(client: httpx.AsyncClient, week: Week, how: str = "lap") -> httpx.Response:
    data = {"noi": COMMUNE, "tuan": str(week), "lam": how}
    return await client.post(PATH, data=data)


def _lines(sheet: bytes) -> list[tuple[object, ...]]:
    book = load_workbook(BytesIO(sheet))
    found = next(one for one in book.worksheets if one.title.startswith("Cảnh báo lừa đảo"))
    return [row[:3] for row in found.iter_rows(min_row=2, values_only=True)]


async def test_lines_stand_in_the_report_and_the_report_stays(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    last = _last(wiring)
    await _write(client, last, "Sóng yếu ở hẻm 12.")
    await _write(client, last, "Mở buổi tối.", "proposal", NEAR)
    page = (await client.get(PATH)).text
    assert "Sóng yếu ở hẻm 12." in page
    assert "Lập và lưu" in page
    await _make(client, last)
    first = f"/chi-tieu.xlsx?noi={COMMUNE}&tuan={last}&ban=1"
    kept = (await client.get(first)).content
    assert _lines(kept) == [
        ("Sóng yếu ở hẻm 12.", "Khó khăn", "Phường Long Thành"),
        ("Mở buổi tối.", "Kiến nghị", "Khu phố Cầu Xéo"),
    ]
    printed = PdfReader(BytesIO((await client.get(first.replace("xlsx", "pdf"))).content))
    assert "Sóng yếu ở hẻm 12." in " ".join(one.extract_text() for one in printed.pages)
    await _write(client, last, "Ghi sau.")
    await _make(client, last)
    assert "chỉ có khi lập lại" in (await client.get(PATH)).text
    assert (await client.get(first)).content == kept, "the same bytes"
    await _make(client, last, "lai")
    assert (await client.get(first)).content == kept
    second = (await client.get(first.replace("ban=1", "ban=2"))).content
    assert [one[0] for one in _lines(second)] == ["Sóng yếu ở hẻm 12.", "Mở buổi tối.", "Ghi sau."]
    assert "bản 2" in (await client.get(PATH)).text


async def test_what_cannot_be_is_refused_and_nothing_is_lost(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    last = _last(wiring)
    long = await _write(client, last, "dài " * 100)
    assert (long.status_code, "dài dài" in long.text) == (422, True)
    assert (await _write(client, last, "x", "gossip")).status_code == 422
    assert (await client.post(PATH, data={"noi": COMMUNE, "tuan": "x"})).status_code == 409
    this = of_day(
        day_of(wiring.database.read_now(wiring.database.now), wiring.beside.calendar.zone)
    )
    assert (await _make(client, this)).status_code == 409
    assert "chưa lập" in (await client.get(PATH)).text


async def test_members_write_lines_and_only_officials_and_leads_make_reports(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    last = _last(wiring)
    assert (await _write(client, last, "Sóng yếu.", area=NEAR)).status_code == 303
    assert (await _write(client, last, "Sóng yếu.", area=FAR)).status_code == 403
    assert (await _make(client, last)).status_code == 403
    page = (await client.get(PATH)).text
    assert "Sóng yếu." in page
    assert "Lập và lưu" not in page
