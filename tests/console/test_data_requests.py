"""Residents' requests about their data in the console: clocks, settling them, who looked."""

from collections.abc import Callable

import httpx
from console_people import somebody
from sqlalchemy import select
from village import COMMUNE, FAR, NEAR, find

from bot.channels.base import unpacked
from bot.core.data_rights import CORRECT, DELETE
from bot.core.rights import Role
from bot.wiring import Wiring
from storage import audit, data_requests, persons
from storage.data_requests import Asked
from storage.database import DAY
from storage.rows import table
from storage.tables import Delivery

Official = Callable[..., int]
PATH = "/quan-tri/du-lieu"


def _said(wiring: Wiring) -> list[str]:
    sent = table(Delivery)
    told = select(sent.c.content).where(sent.c.owner == "data:1")
    found = wiring.database.read_now(lambda one: one.execute(told).scalars().all())
    return [unpacked(content)[0].text for content in found]


async def test_the_clocks_are_shown_in_ones_own_place(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    now = wiring.database.read_now(wiring.database.now)

    def more(days: float) -> int:
        soon = int(now + days * DAY)
        dao = wiring.database.read_now(lambda one: find(one, "Cô Đào"))
        asked = Asked(0, "webchat:web:dao", dao, CORRECT, now, soon, soon)
        return wiring.database.write_now(lambda one: data_requests.add(one, asked))

    more(9.5)
    official(Role.LEAD, COMMUNE)
    page = (await client.get(PATH)).text
    assert "quá hạn" in page
    assert "còn 9 ngày" in page
    assert page.index("Bà Năm") < page.index("Cô Đào"), "the most urgent first"
    official(Role.LEAD, FAR)
    page = (await client.get(PATH)).text
    assert "Bà Năm" not in page
    assert (await client.get(f"{PATH}/1")).status_code == 403
    official(Role.OPERATOR)
    assert (await client.get(f"{PATH}/99")).status_code == 404


async def test_a_correction_is_made_and_told(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    lead = official(Role.LEAD, NEAR)
    assert "1 yêu cầu về dữ liệu đang chờ" in (await client.get("/")).text
    nam = wiring.database.read_now(lambda one: find(one, "Bà Năm"))
    form = {"xung-ho": "Bà", "ten": "Năm Lành", "tuoi": "60-79", "may": "no", "dien-thoai": "12"}
    wrong = await client.post(f"{PATH}/1/sua", data=form)
    assert wrong.status_code == 422
    assert "Số điện thoại chưa đúng" in wrong.text
    assert _said(wiring) == []
    done = await client.post(f"{PATH}/1/sua", data=form | {"dien-thoai": "0912 345 678"})
    assert done.headers["location"] == f"{PATH}?xong=du-lieu-sua"
    one = wiring.database.read_now(lambda one: persons.get(one, [nam]))[nam]
    assert (one.name, one.age_band) == ("Bà Năm Lành", "60-79")
    assert one.phone
    assert "đã sửa dữ liệu của bác" in _said(wiring)[0]
    entry = wiring.database.read_now(lambda one: audit.latest(one, "data:1", 1))[0]
    assert (entry["actor"], entry["operation"]) == (lead, "settle-data")
    assert "Không có yêu cầu nào đang chờ" in (await client.get(PATH)).text
    settled = (await client.get(f"{PATH}?loc=xong")).text
    assert "đã làm" in settled
    assert "trễ hạn" in settled
    assert (await client.post(f"{PATH}/1/sua", data=form)).status_code == 409
    assert "Lưu và báo đã sửa" not in (await client.get(f"{PATH}/1")).text


async def test_declining_needs_a_reason_and_is_told(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    unsaid = await client.post(f"{PATH}/1/khong", data={"ly-do": "because"})
    assert unsaid.status_code == 422
    assert "Phải ghi lý do" in unsaid.text
    await client.post(f"{PATH}/1/khong", data={"ly-do": "identity"})
    assert "chưa chắc người hỏi chính là bác" in _said(wiring)[0]
    assert "chưa chắc người hỏi là chính họ" in (await client.get(f"{PATH}/1")).text


async def test_what_is_kept_is_handed_over_and_the_look_stays(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR, "Hạnh")
    assert "Chưa ai xem" in (await client.get(f"{PATH}/1")).text
    taken = await client.post(f"{PATH}/1/tai")
    assert taken.json()["person"]["name"] == "Bà Năm"
    assert "attachment" in taken.headers["content-disposition"]
    page = (await client.get(f"{PATH}/1")).text
    assert "Chị Hạnh, xem hết dữ liệu đang giữ" in page


async def test_erasing_asks_twice_and_spares_who_serves(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    assert (await client.post(f"{PATH}/1/xoa")).status_code == 422
    nam = wiring.database.read_now(lambda one: find(one, "Bà Năm"))
    assert wiring.database.read_now(lambda one: persons.get(one, [nam]))
    gone = await client.post(f"{PATH}/1/xoa", data={"chac": "1"})
    assert gone.headers["location"] == f"{PATH}?xong=du-lieu-xoa"
    assert wiring.database.read_now(lambda one: persons.get(one, [nam])) == {}
    assert "đã xóa hết dữ liệu" in _said(wiring)[0]
    official(Role.OPERATOR)
    assert "Người đã xóa" in (await client.get(f"{PATH}?loc=xong")).text
    now = wiring.database.read_now(wiring.database.now)
    serving = wiring.database.write_now(lambda one: somebody(one, Role.AUTHOR, NEAR, now, "Ca"))
    asked = Asked(0, "webchat:web:ca", serving, DELETE, 1, 1, 1)
    number = wiring.database.write_now(lambda one: data_requests.add(one, asked))
    refused = await client.post(f"{PATH}/{number}/xoa", data={"chac": "1"})
    assert refused.status_code == 422
    assert "đang là tổ viên hoặc cán bộ" in refused.text
    again = wiring.database.read_now(lambda one: data_requests.get(one, number))
    assert again
    assert again.done_at is None, "nothing was changed"


async def test_what_is_asked_in_person_is_noted_with_its_clocks(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    """From the day it was asked; nobody but a person settles it, and nothing is sent."""
    tu = wiring.database.read_now(lambda one: find(one, "Anh Tư"))
    path = f"/ho-dan/H001/nguoi/{tu}"
    now = wiring.database.read_now(wiring.database.now)
    day = wiring.beside.calendar.day
    form = {"loai": DELETE, "cach": "met", "ngay": day(now - 3 * DAY), "biet-mat": "1"}
    official(Role.MEMBER, NEAR)
    assert "Ghi yêu cầu" not in (await client.get(path)).text
    assert (await client.post(f"{path}/yeu-cau", data=form)).status_code == 403
    lead = official(Role.LEAD, NEAR)
    assert "Ghi yêu cầu" in (await client.get(path)).text
    for wrong in ({"biet-mat": ""}, {"ngay": day(now + DAY)}, {"ngay": "x"}, {"loai": "withdraw"}):
        refused = await client.post(f"{path}/yeu-cau", data=form | wrong)
        assert refused.status_code == 422
        assert '<option value="met" selected>' in refused.text
    made = await client.post(f"{path}/yeu-cau", data=form)
    assert made.headers["location"] == f"{PATH}/2?xong=du-lieu-ghi"
    asked = wiring.database.read_now(lambda one: data_requests.get(one, 2))
    assert asked
    assert day(asked.asked_at) == form["ngay"]
    assert asked.due_at == asked.asked_at + 20 * DAY
    assert (await client.post(f"{path}/yeu-cau", data=form)).headers["location"] == (
        f"{PATH}/2?xong=du-lieu-ghi"
    ), "asked twice is one"
    entry = wiring.database.read_now(lambda one: audit.latest(one, "data:2", 1))[0]
    assert entry["actor"] == lead
    clerk = wiring.beside.clerk(wiring.database, wiring.signals)
    while await clerk.once():
        pass
    page = (await client.get(f"{PATH}/2")).text
    assert "báo lại tận nơi" in page
    assert "Lưu và báo đã sửa" not in page
    done = await client.post(f"{PATH}/2/xoa", data={"chac": "1"})
    assert done.headers["location"] == f"{PATH}?xong=du-lieu-xoa"
    assert tu not in wiring.database.read_now(lambda one: persons.get(one, [tu]))


async def test_a_copy_asked_for_in_person_is_handed_over(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    tu = wiring.database.read_now(lambda one: find(one, "Anh Tư"))
    official(Role.LEAD, NEAR)
    today = wiring.beside.calendar.day(wiring.database.read_now(wiring.database.now))
    form = {"loai": "see", "cach": "letter", "ngay": today, "biet-mat": "1"}
    await client.post(f"/ho-dan/H001/nguoi/{tu}/yeu-cau", data=form)
    assert (await client.post(f"{PATH}/2/tai")).json()["person"]["name"] == "Anh Tư"
    await client.post(f"{PATH}/2/sua")
    asked = wiring.database.read_now(lambda one: data_requests.get(one, 2))
    assert asked
    assert asked.done_at
    assert wiring.database.read_now(lambda one: persons.get(one, [tu]))[tu].name == "Anh Tư"
