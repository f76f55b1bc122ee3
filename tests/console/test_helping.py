"""Calls for help in the console: seen, claimed by the first, answered, handed on; visits noted."""

import io
import re
from collections.abc import Callable

import httpx
import pytest
from PIL import Image
from village import COMMUNE, FAR, NEAR, find

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import calls, runs, sights, visits

Official = Callable[..., int]


async def test_the_first_who_claims_helps(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, FAR)
    assert "Không có ai đang chờ" in (await client.get("/can-giup")).text
    first = official(Role.MEMBER, NEAR, "Lan")
    queue = (await client.get("/can-giup")).text
    assert "Bà Năm" in queue
    assert '<strong class="tag bad">Chờ' in queue
    assert "1 người đang chờ giúp" in (await client.get("/")).text
    page = (await client.get("/can-giup/1")).text
    assert "Nhận việc" in page
    assert "Gửi trả lời" not in page
    await client.post("/can-giup/1/nhan-viec")
    assert "1 người anh/chị đang giúp" in (await client.get("/")).text
    official(Role.MEMBER, NEAR, "Mai")
    late = await client.post("/can-giup/1/nhan-viec")
    assert late.status_code == 422
    assert "Chị Lan vừa nhận việc này" in late.text
    found = wiring.database.read_now(lambda one: calls.get(one, [1])[1])
    assert found.claimed_by == first


async def test_who_looks_at_whose_call_is_noted_once_a_day(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    def noted(viewer: int) -> list[str]:
        asked = sights.Asked(viewer=viewer)
        found = wiring.database.read_now(lambda one: sights.looks(one, asked, 100))
        assert len({one.person for one in found}) == len(found)
        nam = wiring.database.read_now(lambda one: find(one, "Bà Năm"))
        return [one.what for one in found if one.person == nam]

    far = official(Role.MEMBER, FAR)
    await client.get("/can-giup")
    assert noted(far) == []
    queue = official(Role.MEMBER, NEAR, "Lan")
    for _ in range(2):
        await client.get("/can-giup")
    assert noted(queue) == ["names"]
    call = official(Role.MEMBER, NEAR, "Mai")
    await client.get("/can-giup/1")
    assert noted(call) == ["names"]


async def test_a_helper_answers_hands_on_and_ends(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    await client.post("/can-giup/1/nhan-viec")
    empty = await client.post("/can-giup/1/tra-loi", data={"loi": " "})
    assert empty.status_code == 422
    await client.post("/can-giup/1/tra-loi", data={"loi": "Bác bấm nút <xanh> giúp cháu"})
    page = (await client.get("/can-giup/1")).text
    assert "Bác bấm nút &lt;xanh&gt; giúp cháu" in page
    assert (await client.post("/can-giup/1/chuyen")).headers["location"] == "/can-giup?xong=chuyen"
    assert wiring.database.read_now(lambda one: calls.get(one, [1])[1]).state == calls.OPEN
    await client.post("/can-giup/1/nhan-viec")
    await client.post("/can-giup/1/giup-xong")
    assert wiring.database.read_now(lambda one: calls.get(one, [1])[1]).state == calls.CLOSED
    assert "Không có ai đang chờ" in (await client.get("/can-giup")).text


async def test_a_helper_shows_where_to_press(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    await client.post("/can-giup/1/nhan-viec")
    reply = "/can-giup/1/tra-loi"
    bad = await client.post(reply, data={"loi": "xem"}, files={"anh": ("a.png", b"%PDF")})
    assert bad.status_code == 422
    assert "Ảnh không dùng được" in bad.text
    assert ">xem</textarea>" in bad.text
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    shown = await client.post(reply, data={"loi": ""}, files={"anh": ("a.png", out.getvalue())})
    assert shown.status_code == 303
    picture = re.search(r'src="(/hinh/cuoc-goi/[^"]+)"', (await client.get("/can-giup/1")).text)
    assert picture
    assert (await client.get(picture[1])).content.startswith(b"\xff\xd8")
    await client.post("/can-giup/1/giup-xong")
    line = wiring.beside.help_line(wiring.database, wiring.signals)
    assert await line.once()
    assert (await client.get(picture[1])).status_code == 404


@pytest.mark.parametrize("outcome", ["away", "refused"])
async def test_a_visit_is_noted(
    wiring: Wiring, client: httpx.AsyncClient, official: Official, outcome: str
) -> None:
    official(Role.MEMBER, NEAR)
    answer = await client.post("/ho-dan/H001/da-lam", data={"kq": outcome})
    assert answer.headers["location"] == "/ho-dan/H001?xong=da-lam"
    day = wiring.beside.calendar.day(wiring.database.read_now(wiring.database.now))
    known = wiring.database.read_now(lambda one: visits.of_day(one, "H001", day))
    assert [key[2] for key in known] == [outcome]


async def test_what_a_member_saw_needs_somebody_a_guide_and_consent(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    nam = wiring.database.read_now(lambda one: find(one, "Bà Năm"))
    nobody = await client.post("/ho-dan/H001/da-lam", data={"kq": "done"})
    assert nobody.status_code == 422
    form = {"kq": "done", "ai": str(nam), "bai": "vneid"}
    unasked = await client.post("/ho-dan/H001/da-lam", data=form)
    assert unasked.status_code == 422
    assert "chưa đồng ý" in unasked.text
    assert wiring.database.read_now(lambda one: runs.confirmed(one, [nam])) == {}


async def test_the_first_page_says_what_is_to_do_and_what_is_lacking(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.OPERATOR)
    page = (await client.get("/")).text
    assert "2 nhóm không nhận được tin" in page
    assert "Nối nhóm đầu tiên" in page
    assert re.search(r'<span class="big">4</span><span class="word">hộ', page)
    official(Role.CONTENT_AUTHOR, COMMUNE)
    assert "Hôm nay chưa có việc cần làm" in (await client.get("/")).text
