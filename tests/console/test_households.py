"""Households in the console: found without accents, seen, given guides, with few statements."""

import re
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from counting import statements
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, find

from bot.core.rights import Role, terminal
from bot.services import persons as person_service
from bot.wiring import Wiring
from storage import audit, households, links, people, runs, sights

Official = Callable[..., int]


@pytest.fixture(autouse=True)
def _chat(wiring: Wiring) -> None:
    """Anh Tư of H001 chats with us and agreed to guides."""

    def work(connection: Connection) -> None:
        person = find(connection, "Anh Tư")
        people.see(connection, {"webchat:web:tu": "webchat"}, 1)
        links.link(connection, "webchat:web:tu", person, 1)
        row = {"address": "webchat:web:tu", "person": person, "purpose": "guides", "granted": True}
        people.record_consents(connection, [row | {"version": "v", "recorder": "self", "at": 1}])

    wiring.database.write_now(work)


async def test_a_household_is_found_without_accents(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, COMMUNE)
    found = (await client.get("/ho-dan?tim=ba nam")).text
    assert "Bà Năm" in found
    assert "Ông Bảy" not in found
    assert "Thử tìm theo số nhà" in (await client.get("/ho-dan?tim=tran thi")).text
    narrowed = (await client.get(f"/ho-dan?noi={FAR}")).text
    assert "Cô Đào" in narrowed
    assert "Bà Năm" not in narrowed
    official(Role.MEMBER, NEAR)
    assert "Cô Đào" not in (await client.get("/ho-dan")).text
    assert (await client.get(f"/ho-dan?noi={FAR}")).status_code == 403


async def test_a_card_shows_everybody_and_a_phone_is_asked_for(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    tu = wiring.database.read_now(lambda one: find(one, "Anh Tư"))
    page = (await client.get("/ho-dan/H001")).text
    assert "từ 80 tuổi" in page
    assert "Nhắn qua web, đã đồng ý nhận bài" in page
    assert "Xem số điện thoại" not in page
    vault = wiring.vault
    wiring.database.write_now(
        lambda one: person_service.change(one, terminal(), 1, vault, tu, phone="0912345678")
    )
    page = (await client.get("/ho-dan/H001")).text
    assert "0912" not in page
    shown = (await client.post(f"/ho-dan/H001/so/{tu}")).text
    assert 'href="tel:0912345678"' in shown
    entry = wiring.database.read_now(lambda one: audit.latest(one, f"person:{tu}", 1))[0]
    assert entry["operation"] == "see-phone"
    assert (await client.get("/ho-dan/H999")).status_code == 404


async def test_two_guides_are_given_after_a_look(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    member = official(Role.MEMBER, NEAR)
    assert "Chọn ít nhất một bài" in (await client.get("/ho-dan/H001/gui")).text
    asked = "/ho-dan/H001/gui?bai=vneid&bai=an-toan&cach=chat"
    page = (await client.get(asked)).text
    assert re.search(r"<strong>Anh Tư</strong> sẽ nhận: [^<]+, rồi ", page)
    assert "<strong>Bà Năm</strong> không nhận bài: chưa nối trò chuyện" in page
    form = {"bai": ["vneid", "an-toan"], "cach": "chat"}
    sent = await client.post("/ho-dan/H001/gui", data=form)
    assert sent.headers["location"] == "/ho-dan/H001?xong=gui-bai"
    tu = wiring.database.read_now(lambda one: find(one, "Anh Tư"))
    live = wiring.database.read_now(lambda one: runs.live(one, [tu]))
    assert [(one.guide, one.started_by) for one in live] == [
        ("vneid", member),
        ("an-toan", member),
    ]
    page = (await client.get("/ho-dan/H001")).text
    assert "chờ lượt" in page
    again = await client.post("/ho-dan/H001/gui", data=form)
    assert again.status_code == 422
    assert "đang làm bài này" in again.text
    # What may still be ahead is told, never a number of one that counts every kind of phone.
    guide = wiring.shelf.guides.current["vneid"]
    on_way = replace(live[0], state="started", item=guide.steps[1].id)
    wiring.database.write_now(lambda one: runs.write(one, [on_way], 1))
    told = f"còn nhiều nhất {guide.ahead(guide.steps[1].id)} bước"
    assert told in (await client.get("/ho-dan/H001")).text
    assert told in (await client.get(asked)).text
    await client.post("/ho-dan/H001/thoi-gui")
    assert wiring.database.read_now(lambda one: runs.live(one, [tu])) == []


async def test_at_home_or_on_paper_needs_no_chat(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    nam = wiring.database.read_now(lambda one: find(one, "Bà Năm"))
    page = (await client.get(f"/ho-dan/H001/gui?bai=vneid&cach=paper&nguoi={nam}")).text
    assert "/huong-dan/vneid/to-roi.pdf" in page
    assert "Giao cho Bà Năm" in page
    form = {"bai": "vneid", "cach": "home", "nguoi": str(nam)}
    sent = await client.post("/ho-dan/H001/gui", data=form)
    assert sent.headers["location"].endswith("?xong=giao-bai")
    assert "đã giao, chưa bắt đầu" in (await client.get("/ho-dan/H001")).text


async def test_pages_cost_as_much_for_many_households(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, COMMUNE)
    readers = wiring.database._reading

    async def cost() -> int:
        with statements(readers) as counted:
            assert (await client.get("/ho-dan?tim=nha")).status_code == 200
        return counted.number

    few = await cost()

    def many(connection: Connection) -> None:
        rows = [{"code": f"M{one:05}", "area": NEAR, "label": f"Nhà {one}"} for one in range(300)]
        households.add(connection, rows, 1)

    wiring.database.write_now(many)
    assert await cost() == few
    page = (await client.get("/ho-dan?tim=nha")).text
    assert page.count('<li class="card">') == 20
    on = re.search(r'href="(/ho-dan\?tim=nha&amp;noi=&amp;sau=[^"]+)"', page)
    assert on
    assert "M00020" in (await client.get(on[1].replace("&amp;", "&"))).text


async def test_a_household_and_its_people_are_written_down(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    assert "Khu phố Cầu Xéo" in (await client.get("/ho-dan/them")).text
    nameless = await client.post("/ho-dan/them", data={"noi": NEAR, "dia-chi": " "})
    assert nameless.status_code == 422
    far = await client.post("/ho-dan/them", data={"noi": FAR, "dia-chi": "Nhà xa"})
    assert far.status_code == 403
    made = await client.post("/ho-dan/them", data={"noi": NEAR, "dia-chi": "Hẻm 9, nhà 1"})
    path = made.headers["location"].partition("?")[0]
    person = {"xung-ho": "Bà", "ten": "Sáu", "tuoi": "80+", "may": "no", "dien-thoai": "123"}
    wrong = await client.post(f"{path}/nguoi", data=person)
    assert wrong.status_code == 422
    assert "Số điện thoại chưa đúng" in wrong.text
    right = person | {"dien-thoai": "0912 345 678"}
    assert (await client.post(f"{path}/nguoi", data=right)).status_code == 303
    again = await client.post(f"{path}/nguoi", data=right)
    assert "Tên này đã có trong hộ" in again.text
    assert (await client.post(f"{path}/sua", data={"dia-chi": ""})).status_code == 422
    await client.post(f"{path}/sua", data={"dia-chi": "Hẻm 9, nhà số 2"})
    page = (await client.get(path)).text
    assert "Bà Sáu" in page
    assert "Hẻm 9, nhà số 2" in page
    assert "Bà Sáu" in (await client.get("/ho-dan?tim=ba sau")).text


async def test_who_sees_whom_is_written_down(
    wiring: Wiring, client: httpx.AsyncClient, official: Callable[..., int]
) -> None:
    viewer = official(Role.MEMBER, NEAR)
    await client.get("/ho-dan")
    await client.get("/ho-dan/H001")
    asked = sights.Asked(viewer=viewer)
    found = wiring.database.read_now(lambda one: sights.looks(one, asked, 100))
    assert found
    assert {one.what for one in found} == {"names"}
    assert len({one.person for one in found}) == len(found), "once a day"
