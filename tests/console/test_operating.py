"""Running the service from the console: groups, people, stuck work, the trail; figures, guides."""

import html
import re
from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection
from village import COMMUNE, NEAR, find

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import audit, inbox, lanes, outbox, progress, stuck, tallies
from storage.rows import insert
from storage.tables import InboxUpdate

Official = Callable[..., int]
ADDRESS = "webchat:web:tu"


async def test_a_group_is_added_and_gets_a_code(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    page = (await client.get("/quan-tri/nhom")).text
    assert page.count("Chưa nhận được tin") == 2
    nameless = {"ten": " ", "noi": NEAR, "kenh": "relay"}
    assert (await client.post("/quan-tri/nhom", data=nameless)).status_code == 422
    assert (await client.post("/quan-tri/nhom", data=nameless | {"kenh": "fax"})).status_code == 422
    added = await client.post("/quan-tri/nhom", data=nameless | {"ten": "Xóm mới"})
    assert added.headers["location"] == "/quan-tri/nhom?xong=them-nhom"
    page = (await client.get("/quan-tri/nhom")).text
    group = re.search(r"/quan-tri/nhom/(n[a-z0-9]{6})/ma", page)
    assert group
    made = await client.post(f"/quan-tri/nhom/{group[1]}/ma")
    assert re.search(r"<code>/noi [2-9A-Z]{6}</code>", made.text)
    assert "/noi" not in (await client.get("/quan-tri/nhom")).text, "it is shown once"


async def test_a_lead_lets_a_member_in_and_an_operator_puts_them_out(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    member = wiring.database.read_now(lambda one: find(one, "Anh Dũng"))
    official(Role.LEAD, NEAR)
    made = await client.post(f"/quan-tri/nguoi/{member}/duong-dan")
    token = re.search(r"/vao/([\w-]+)</code>", made.text)
    assert token
    nobody = await client.post("/quan-tri/nguoi/1/duong-dan")
    assert nobody.status_code == 422
    operator = official(Role.OPERATOR)
    kept = client.cookies
    client.cookies = httpx.Cookies()
    await client.post(f"/vao/{token[1]}")
    client.cookies = kept
    page = (await client.get("/quan-tri/nguoi")).text
    assert "1 phiên đang mở" in page
    await client.post(f"/quan-tri/nguoi/{member}/ra")
    invited = await client.post(f"/quan-tri/nguoi/{operator}/moi", data={"ten": "mai"})
    assert "/thiet-lap/" in invited.text
    assert (await client.get("/quan-tri/nguoi")).status_code == 303, "inviting ends sessions"


@pytest.fixture
def _stuck(wiring: Wiring) -> None:
    """One update set aside, three messages of unknown fate."""

    def work(connection: Connection) -> None:
        row = {"channel": "webchat", "account": "web", "address": ADDRESS, "body": "{}"}
        more = {"event_id": "e", "secrets": "", "sent_at": 0, "received_at": 1, "attempts": 5}
        state = {"state": "parked", "due_at": 0, "error": "KeyError"}
        insert(connection, InboxUpdate, [row | more | state])
        new = [outbox.NewDelivery("test", ADDRESS, "{}", 1, dedup=str(turn)) for turn in range(3)]
        outbox.enqueue(connection, new, 1)
        connection.exec_driver_sql("UPDATE outbox SET state = 'uncertain'")
        lanes.refresh(connection, [ADDRESS])

    wiring.database.write_now(work)


@pytest.mark.usefixtures("_stuck")
async def test_stuck_work_is_settled_by_a_person(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.OPERATOR)
    page = (await client.get("/quan-tri/viec-ket")).text
    assert "KeyError" in page
    parked = wiring.database.read_now(lambda one: stuck.parked(one, 5))[0]
    doubtful = wiring.database.read_now(lambda one: stuck.doubtful(one, 5))
    for number, what in zip(doubtful, ("again", "arrived", "dropped"), strict=True):
        await client.post(f"/quan-tri/viec-ket/di/{number.id}", data={"lam": what})
    counts = wiring.database.read_now(outbox.counts)
    assert (counts["queued"], counts["uncertain"]) == (1, 0)
    assert wiring.database.read_now(lambda one: lanes.earliest(one, ("webchat", "web")))
    again = {"lam": "again"}
    assert (await client.post("/quan-tri/viec-ket/di/1", data={"lam": "x"})).status_code == 409
    await client.post(f"/quan-tri/viec-ket/den/{parked.id}", data=again)
    assert wiring.database.read_now(inbox.counts) == {"waiting": 1, "parked": 0}
    assert (await client.post(f"/quan-tri/viec-ket/den/{parked.id}", data=again)).status_code == 409
    assert "Không có việc nào kẹt" in (await client.get("/quan-tri/viec-ket")).text
    trail = (await client.get(f"/quan-tri/nhat-ky?ve=inbox:{parked.id}")).text
    assert trail.count("<td>xử lý việc kẹt</td>") == 1
    assert wiring.database.read_now(audit.verify)[1] is None


async def test_the_trail_goes_on_page_by_page(
    client: httpx.AsyncClient, official: Official
) -> None:
    for _ in range(55):
        official(Role.OPERATOR)
    first = (await client.get("/quan-tri/nhat-ky")).text
    older = re.search(r'href="(/quan-tri/nhat-ky\?truoc=\d+[^"]*)"', first)
    assert older
    assert "đăng nhập" in (await client.get(older[1].replace("&amp;", "&"))).text


async def test_an_operator_sees_how_the_service_is(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.OPERATOR)
    assert "Tin đi không rõ đã tới chưa" in (await client.get("/quan-tri/tinh-trang")).text
    official(Role.LEAD, NEAR)
    page = (await client.get("/quan-tri")).text
    assert "/quan-tri/nhom" in page
    assert "/quan-tri/nhat-ky" not in page


async def test_figures_as_page_sheet_and_paper(
    client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    page = (await client.get("/chi-tieu")).text
    assert "Phường Long Thành" in page
    sheet = await client.get(f"/chi-tieu.xlsx?noi={NEAR}")
    assert load_workbook(BytesIO(sheet.content)).worksheets
    assert (await client.get("/chi-tieu.pdf")).content.startswith(b"%PDF")
    official(Role.MEMBER, NEAR)
    assert (await client.get(f"/chi-tieu?noi={COMMUNE}")).status_code == 403


async def test_a_guide_shows_where_people_get_stuck(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    listed = (await client.get("/thu-vien")).text
    assert "Cài và dùng VNeID" in listed
    assert listed.count("Nhiều nhất 12 bước, khoảng 40 phút") == 1  # of 15, three at the office
    assert "Chưa có ai làm bài này" in (await client.get("/thu-vien/vneid")).text
    assert (await client.get("/thu-vien/nothing")).status_code == 409
    guide = wiring.shelf.guides.current["vneid"]
    now = wiring.database.read_now(wiring.database.now)

    def walk(connection: Connection) -> None:
        tu = find(connection, "Anh Tư")
        row = {"address": ADDRESS, "person": tu, "guide": "vneid", "revision": guide.revision}
        first, second = guide.steps[0].id, guide.steps[1].id
        rows = [row | {"item": first, "outcome": "done", "at": now}]
        rows.append(row | {"item": second, "outcome": "stuck", "at": now})
        progress.record(connection, rows)

    wiring.database.write_now(walk)
    page = (await client.get("/thu-vien/vneid")).text
    assert '<strong class="tag bad">100 %</strong>' in page
    aside = re.findall(r"<strong>\d+\. ([^<]*)</strong> <span class=.quiet.>\(tùy máy", page)
    words = {one.id: one.text.strip().partition("\n")[0] for one in guide.steps}
    shown = [html.unescape(one) for one in aside]
    assert {words["mo-ch-play"], words["mo-app-store"]} <= set(shown)
    assert words["may-nao"] not in shown


async def test_a_list_is_looked_at_and_taken_over_whole(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, COMMUNE)
    template = await client.get("/quan-tri/nhap/mau/households")
    sheet = load_workbook(BytesIO(template.content)).worksheets[0]
    assert sheet["A1"].value == "Mã hộ"
    assert (await client.get("/quan-tri/nhap/mau/cars")).status_code == 409
    nothing = await client.post("/quan-tri/nhap", data={"loai": "households"})
    assert "Chọn loại danh sách và một tệp" in nothing.text
    broken = await _taken(client, "PK\x03\x04broken", name="a.xlsx")
    assert "Không đọc được tệp này" in broken.text
    assert (await _taken(client, "x", loai="areas")).status_code == 409, "leads import no places"
    heads = "Mã hộ,Địa bàn,Địa chỉ,Xưng hô,Tên gọi"
    right, wrong = f"X1,{NEAR},Nhà mới,Bà,Sáu", "X2,nowhere,Nhà lạ,Ông,Chín"

    def homes() -> int:
        return wiring.database.read_now(lambda one: tallies.homes(one, ("",))).homes

    faulty = await _taken(client, f"{heads}\n{right}\n{wrong}")
    assert faulty.status_code == 422
    assert "CHƯA lưu gì" in faulty.text
    assert "Dòng 3" in faulty.text
    checked = await _taken(client, f"{heads}\n{right}", lam="kiem")
    assert checked.status_code == 200
    assert homes() == 4
    await _taken(client, f"{heads}\n{right}")
    assert homes() == 5


async def _taken(
    client: httpx.AsyncClient,
    text: str,
    loai: str = "households",
    lam: str = "nhap",
    name: str = "a.csv",
) -> httpx.Response:
    file = {"tep": (name, text.encode())}
    return await client.post("/quan-tri/nhap", data={"loai": loai, "lam": lam}, files=file)
