"""Announcements in the console: written, checked, approved by another, steered, corrected."""

import re
from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from notice_form import FORM
from notice_form import kept as stored
from openpyxl import load_workbook
from sqlalchemy import Connection, text
from village import COMMUNE, FAR, NEAR, find

from bot.core.announcement import State, Step
from bot.core.rights import Role
from bot.wiring import Wiring
from storage import announcements, links, people, recipients, relays
from storage.outbox import NewDelivery

Official = Callable[..., int]
pytestmark = pytest.mark.usefixtures("keeper")


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


async def _drafted(client: httpx.AsyncClient, **more: object) -> int:
    answer = await client.post("/thong-bao/moi", data={**FORM, **more})
    assert answer.status_code == 200
    return int(_field(answer.text, "so"))


async def _submitted(client: httpx.AsyncClient, official: Official) -> int:
    official(Role.AUTHOR, COMMUNE)
    number = await _drafted(client)
    answer = await client.post(f"/thong-bao/{number}/gui-duyet")
    assert answer.headers["location"] == f"/thong-bao/{number}?xong=gui-duyet"
    return number


async def test_a_draft_is_saved_as_it_is_written(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.AUTHOR, COMMUNE)
    assert "Chưa lưu" in (await client.get("/thong-bao/moi")).text
    first = await client.post("/thong-bao/moi", data=FORM, headers={"hx-request": "true"})
    number = int(_field(first.text, "so"))
    assert first.headers["hx-replace-url"] == f"/thong-bao/{number}/soan"
    assert "Đã lưu nháp" in first.text
    assert "Sẽ tới 1 nhóm" in first.text
    more = {**FORM, "so": str(number), "phien-ban": "1", "khan": "1", "het-han": "2027-01-15T18:00"}
    again = await client.post("/thong-bao/moi", data=more)
    assert _field(again.text, "phien-ban") == "2"
    same = await client.post("/thong-bao/moi", data={**more, "phien-ban": "2"})
    assert _field(same.text, "phien-ban") == "2", "nothing was changed, nothing is written"
    kept = stored(wiring, number)
    assert (kept.content.urgent, kept.content.areas, kept.version) == (True, (NEAR,), 2)
    assert 'value="2027-01-15T18:00"' in again.text
    assert (await client.get(f"/thong-bao/{number}/soan")).status_code == 200


async def test_somebody_elses_change_is_not_written_over(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.AUTHOR, COMMUNE)
    number = await _drafted(client)
    stale = {**FORM, "noi-dung": "Chữ của tôi", "phien-ban": "0"}
    answer = await client.post(f"/thong-bao/{number}/soan", data=stale)
    assert answer.status_code == 409
    assert "Chữ của tôi" in answer.text
    assert "CHƯA được lưu" in answer.text
    assert stored(wiring, number).content.text == FORM["noi-dung"]


async def test_the_page_says_what_is_wrong_and_who_is_left_out(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.AUTHOR, COMMUNE)
    words = {"noi-dung": "Bà con đọc mã OTP cho cán bộ.", "nhom": ["relay", "telegram"]}
    answer = await client.post("/thong-bao/moi", data={**FORM, **words})
    assert "Phải sửa" in answer.text
    assert "Nhóm chưa nối với hệ thống" in answer.text
    number = _field(answer.text, "so")
    refused = await client.post(f"/thong-bao/{number}/gui-duyet")
    assert refused.status_code == 422
    assert "chưa gửi duyệt được" in refused.text


async def test_another_person_approves_what_they_saw(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _submitted(client, official)
    official(Role.APPROVER, COMMUNE, "Hùng")
    page = (await client.get(f"/thong-bao/{number}")).text
    assert "Duyệt và gửi 1 nhóm" in page
    assert "1 thông báo chờ duyệt" in (await client.get("/")).text
    form = {"dau": _field(page, "dau"), "so-nhom": "7"}
    wrong = await client.post(f"/thong-bao/{number}/duyet", data=form)
    assert wrong.status_code == 422
    assert "không đúng với số nhóm" in wrong.text
    await client.post(f"/thong-bao/{number}/duyet", data=form | {"so-nhom": "1"})
    assert stored(wiring, number).state is State.APPROVED


async def test_an_editor_is_told_to_ask_somebody_else(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.APPROVER, COMMUNE)
    number = await _drafted(client)
    await client.post(f"/thong-bao/{number}/gui-duyet")
    page = (await client.get(f"/thong-bao/{number}")).text
    assert "không được tự duyệt" in page
    form = {"dau": _field(page, "dau"), "so-nhom": "1"}
    refused = await client.post(f"/thong-bao/{number}/duyet", data=form)
    assert refused.status_code == 422
    broken = await client.post(f"/thong-bao/{number}/duyet", data=form | {"ly-do-gap": "Vỡ đê"})
    assert broken.status_code == 303
    official(Role.APPROVER, COMMUNE, "Hùng")
    assert "Vỡ đê" in (await client.get(f"/thong-bao/{number}")).text
    reviewed = await client.post(f"/thong-bao/{number}/xem-lai", data={"nhan-xet": "Đúng"})
    assert reviewed.status_code == 303


async def test_returned_with_a_reason_and_shown_with_its_changes(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _submitted(client, official)
    official(Role.APPROVER, COMMUNE, "Hùng")
    mute = await client.post(f"/thong-bao/{number}/tra-lai", data={"lam": "tra"})
    assert "Phải ghi lý do" in mute.text
    await client.post(f"/thong-bao/{number}/tra-lai", data={"ly-do": "Thiếu giờ"})
    official(Role.AUTHOR, COMMUNE)
    assert "Thiếu giờ" in (await client.get(f"/thong-bao/{number}")).text
    changed = {**FORM, "noi-dung": "Cắt điện thứ bảy.\nHỏi trưởng khu phố.", "phien-ban": "1"}
    await client.post(f"/thong-bao/{number}/soan", data=changed)
    page = (await client.get(f"/thong-bao/{number}")).text
    assert "<del>sáu.</del><ins>bảy.</ins>" in page
    await client.post(f"/thong-bao/{number}/gui-duyet")
    official(Role.APPROVER, COMMUNE, "Hùng")
    await client.post(f"/thong-bao/{number}/tra-lai", data={"ly-do": "Thôi", "lam": "bo"})
    assert stored(wiring, number).state is State.REJECTED


async def _sending(wiring: Wiring, client: httpx.AsyncClient, official: Official) -> int:
    number = await _submitted(client, official)
    official(Role.APPROVER, COMMUNE, "Hùng")
    page = (await client.get(f"/thong-bao/{number}")).text
    form = {"dau": _field(page, "dau"), "so-nhom": "1"}
    await client.post(f"/thong-bao/{number}/duyet", data=form)

    def send(connection: Connection) -> None:
        announcements.move(connection, number, Step.SCHEDULE, 1)
        announcements.move(connection, number, Step.SEND, 1, sent_at=1)
        connection.execute(text("UPDATE recipient SET reason = 'no-keeper'"))

    wiring.database.write_now(send)
    return number


async def test_sending_is_steered_and_its_counts_are_filters(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _sending(wiring, client, official)
    path = f"/thong-bao/{number}"
    page = (await client.get(path)).text
    assert "<strong>1/1</strong>" in page
    assert "Lỗi, không gửi: 1" in page
    assert "Nhóm chưa có người đăng tin" in (await client.get(f"{path}?loc=loi")).text
    assert "Không có nơi nào ở mục này" in (await client.get(f"{path}?loc=toi")).text
    await client.post(f"{path}/tam-dung")
    assert stored(wiring, number).state is State.PAUSED
    again = await client.post(f"{path}/tam-dung")
    assert again.status_code == 422
    assert "không còn ở trạng thái" in again.text
    await client.post(f"{path}/gui-tiep")
    assert stored(wiring, number).state is State.SENDING
    await client.post(f"{path}/gui-lai", data={"ca-khong-ro": "1"})
    assert "Chưa xong: 1" in (await client.get(path)).text


async def test_a_correction_begins_as_a_draft_of_its_own(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _sending(wiring, client, official)
    form = {"noi-dung": "Không cắt điện nữa.", "lam": "thu-hoi"}
    answer = await client.post(f"/thong-bao/{number}/dinh-chinh", data=form)
    page = (await client.get(answer.headers["location"])).text
    assert "Soạn thu hồi" in page
    assert "Chỉ tới những ai đã nhận thông báo số 1" in page


async def test_the_sheet_and_the_list(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _sending(wiring, client, official)
    answer = await client.get(f"/thong-bao/{number}/danh-sach.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert sheet["A2"].value == "Xóm"
    assert "Cắt điện" in (await client.get("/thong-bao?loc=dang-gui")).text
    assert "Cắt điện thứ sáu." not in (await client.get("/thong-bao?loc=xong")).text
    official(Role.AUTHOR, FAR)
    far = await client.get("/thong-bao")
    assert "Chưa có thông báo nào" in far.text


async def test_the_list_goes_on_page_by_page(client: httpx.AsyncClient, official: Official) -> None:
    official(Role.AUTHOR, COMMUNE)
    for turn in range(22):
        await _drafted(client, **{"noi-dung": f"Tin {turn}"})
    first = (await client.get("/thong-bao")).text
    assert "Tin 21" in first
    assert "Tin 1<" not in first
    older = re.search(r'href="(/thong-bao\?loc=&amp;sau=\d+)"', first)
    assert older
    assert "Tin 1<" in (await client.get(older[1].replace("&amp;", "&"))).text


async def _given(wiring: Wiring, number: int) -> None:
    """The relay group's copy lies with its member."""

    def work(connection: Connection) -> None:
        keeper, other = find(connection, "Anh Dũng"), find(connection, "Chị Hoa")
        for chat, person in (("webchat:web:dung", keeper), ("webchat:web:lan", other)):
            people.see(connection, {chat: "webchat"}, 1)
            links.link(connection, chat, person, 1)
        due = recipients.planned(connection, number, 10)
        new = [
            NewDelivery(
                recipients.owner(number), "webchat:web:dung", "{}", 1, dedup=one.dedup(number)
            )
            for one in due
        ]
        recipients.address(connection, {("webchat:web:dung", keeper): [one.id for one in due]})
        recipients.enqueue(connection, number, due, new, 1)
        connection.execute(text("UPDATE outbox SET state = 'accepted', ended_at = 1"))

    wiring.database.write_now(work)


async def test_who_has_not_posted_is_called_or_another_is_asked(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _sending(wiring, client, official)
    path = f"/thong-bao/{number}"
    assert "Danh sách gọi điện" in (await client.get(path)).text
    await client.post(f"{path}/gui-lai")
    await _given(wiring, number)
    page = (await client.get(f"{path}?loc=cho")).text
    assert "Còn 1 nhóm chờ tổ viên đăng" in page
    assert "Chờ tổ viên đăng" in page
    called = (await client.get(f"{path}/goi-dien")).text
    assert "Anh Dũng" in called
    assert "Tổ viên chưa báo đã đăng" in called
    sheet = load_workbook(BytesIO((await client.get(f"{path}/goi-dien.xlsx")).content)).worksheets[
        0
    ]
    assert sheet["B2"].value == "Xóm"
    copy = re.search(r'<option value="(\d+)">Xóm</option>', page)
    other = re.search(r'<option value="(\d+)">Chị Hoa</option>', page)
    assert copy
    assert other
    given = {"tin": copy[1], "nguoi": "999999"}
    nobody = await client.post(f"{path}/giao-lai", data=given)
    assert nobody.status_code == 422
    assert "chưa nối Zalo hay Telegram" in nobody.text
    moved = await client.post(f"{path}/giao-lai", data={**given, "nguoi": other[1]})
    assert moved.headers["location"].endswith("?xong=giao-lai")
    copies = wiring.database.read_now(lambda one: recipients.planned(one, number, 10))
    assert [one.address for one in copies] == ["webchat:web:lan"]


async def test_a_posted_relay_group_is_said_so(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    number = await _sending(wiring, client, official)
    await client.post(f"/thong-bao/{number}/gui-lai")
    await _given(wiring, number)
    copy = wiring.database.read_now(lambda one: relays.asked(one, number))[0]
    wiring.database.write_now(lambda one: relays.posted(one, copy.id, copy.address, 2))
    assert "Tổ viên đã đăng" in (await client.get(f"/thong-bao/{number}?loc=toi")).text
