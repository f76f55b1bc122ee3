"""Who joins and leaves, in the console; what the trail finds; what the first page says is done."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import Connection
from village import COMMUNE, FAR, NEAR, find

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import audit, conversations, groups, teams
from storage.database import SECOND

Official = Callable[..., int]
PATH = "/quan-tri/nguoi"


def _members(wiring: Wiring, team: str = "near") -> dict[str, str]:
    found = wiring.database.read_now(lambda one: teams.members(one, [team]))
    return {one.name: one.role for one in found}


async def test_a_lead_adds_a_member_who_comes_in_and_leaves(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    nameless = await client.post(f"{PATH}/to/near", data={"ten": " "})
    assert nameless.status_code == 422
    made = await client.post(f"{PATH}/to/near", data={"xung-ho": "Chị", "ten": "Sen"})
    token = re.search(r"/vao/([\w-]+)</code>", made.text)
    assert token
    assert "Đã thêm Chị Sen." in made.text, "on top, where it is seen"
    living = {"xung-ho": "Anh", "ten": "Tư", "ho": "h001"}
    await client.post(f"{PATH}/to/near", data=living)
    assert _members(wiring)["Anh Tư"] == "member"
    tu = wiring.database.read_now(lambda one: find(one, "Anh Tư"))
    ids = [one.person for one in wiring.database.read_now(lambda c: teams.members(c, ["near"]))]
    assert tu in ids, "nobody is written down twice"
    stranger = await client.post(f"{PATH}/to/near", data=living | {"ten": "Lạ"})
    assert "Không có người này" in stranger.text
    assert (await client.post(f"{PATH}/to/near", data=living | {"vai": "lead"})).status_code == 403
    assert (await client.post(f"{PATH}/to/far", data=living)).status_code == 403
    kept = client.cookies
    client.cookies = httpx.Cookies()
    await client.post(f"/vao/{token[1]}")
    assert "Chào Chị Sen" in (await client.get("/")).text
    members, client.cookies = client.cookies, kept
    sen = next(
        one.person
        for one in wiring.database.read_now(lambda c: teams.members(c, ["near"]))
        if one.name == "Chị Sen"
    )
    assert (await client.post(f"{PATH}/to/near/{sen}/roi")).status_code == 303
    assert "Chị Sen" not in _members(wiring)
    assert (await client.post(f"{PATH}/to/near/{sen}/roi")).status_code == 404
    hoa = wiring.database.read_now(lambda one: find(one, "Chị Hoa"))
    assert (await client.post(f"{PATH}/to/near/{hoa}/roi")).status_code == 403, "a lead"
    client.cookies = members
    assert (await client.get("/ho-dan")).status_code == 303, "out at once"


async def test_an_official_is_appointed_invited_and_dismissed(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    quan = official(Role.OPERATOR, name="Quân")
    form = {"ho-ten": "Chị Yến", "dang-nhap": "yen", "vai-tro": "author", "noi": COMMUNE}
    assert (await client.post(f"{PATH}/can-bo", data=form | {"vai-tro": "king"})).status_code == 422
    taken = await client.post(f"{PATH}/can-bo", data=form | {"ho-ten": ""})
    assert taken.status_code == 422
    made = await client.post(f"{PATH}/can-bo", data=form)
    assert "/thiet-lap/" in made.text
    held = wiring.database.read_now(lambda one: teams.officers(one, [Role.AUTHOR]))
    yen = next(one for one in held if one.name == "Chị Yến")
    assert yen.area == COMMUNE
    gone = {"vai-tro": "author", "noi": COMMUNE}
    assert (await client.post(f"{PATH}/{yen.person}/thoi", data=gone)).status_code == 303
    assert (await client.post(f"{PATH}/{yen.person}/thoi", data=gone)).status_code == 422
    own = await client.post(f"{PATH}/{quan}/thoi", data={"vai-tro": "operator", "noi": ""})
    assert "Không tự thôi việc quản trị" in own.text
    assert quan in wiring.database.read_now(lambda one: teams.holders(one, Role.OPERATOR))
    official(Role.OPERATOR, COMMUNE, "Lan")
    page = (await client.get(PATH)).text
    assert '<option value="">Mọi nơi</option>' not in page
    everywhere = form | {"ho-ten": "Anh Ba", "dang-nhap": "ba", "noi": ""}
    assert (await client.post(f"{PATH}/can-bo", data=everywhere)).status_code == 403


async def test_the_trail_is_found_by_person_work_and_day(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    lead = official(Role.LEAD, NEAR, "Hạnh")
    await client.post("/ho-dan/H001/sua", data={"dia-chi": "Hẻm 9"})
    official(Role.OPERATOR, name="Quân")
    path = "/quan-tri/nhat-ky"

    async def rows(**asked: str) -> int:
        return (await client.get(path, params=asked)).text.count("<tr><td>")

    assert await rows(ai=str(lead), viec="change-household") == 1
    assert await rows(ai=str(lead)) == 2, "coming in as well"
    assert await rows(viec="erase-person") == 0
    at = wiring.database.read_now(lambda one: audit.page(one, 1))[0]["at"]
    zone = ZoneInfo(wiring.settings.timezone)
    today, day = datetime.fromtimestamp(at // SECOND, zone).date(), timedelta(days=1)
    yesterday = (today - day).isoformat()
    assert await rows(ai=str(lead), tu=yesterday, den=today.isoformat()) == 2
    assert await rows(ai=str(lead), tu="9999-12-31", den="no-day") == 0
    assert await rows(ai=str(lead), den=(today - 2 * day).isoformat()) == 0


async def test_the_first_page_says_done_only_of_what_is_done(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.OPERATOR, name="Quân")

    async def done() -> list[str]:
        page = (await client.get("/")).text
        return re.findall(r'<strong class="tag go">xong</strong> ([^<]+?)\.?</li>', page)

    both = ["Đã có ấp, khu phố và tổ", "Đã có tổ viên"]
    assert await done() == both
    official(Role.APPROVER, name="Hùng")
    official(Role.OPERATOR, name="Lan")
    officials = "Đã có người soạn và một người khác duyệt thông báo"
    assert await done() == [*both, officials]

    def talk(connection: Connection) -> None:
        conversations.begin(connection, "webchat:web:x", 0, 1)

    wiring.database.write_now(talk)
    tried = "Đã có người trò chuyện thử"
    assert await done() == [*both, officials, tried]
    wiring.database.write_now(lambda one: groups.claim(one, "g1", "", 1, 1))
    assert await done() == [*both, officials, tried, "Đã có nhóm nhận được tin"]
    assert "Nối kênh Zalo hoặc Telegram</a>" in (await client.get("/")).text
    official(Role.LEAD, FAR)
    assert "Bắt đầu" not in (await client.get("/")).text, "only who can change it"
