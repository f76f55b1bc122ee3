"""What changes in a household, in the console: nothing is lost, everything is written down."""

from collections.abc import Callable

import httpx
from village import COMMUNE, FAR, NEAR, find

from bot.core.rights import Role
from bot.wiring import Wiring
from storage import audit, households, persons
from storage.households import Home
from storage.persons import Someone

Official = Callable[..., int]


def _home(wiring: Wiring, code: str) -> Home:
    return wiring.database.read_now(lambda one: households.get(one, [code]))[code]


def _people(wiring: Wiring, code: str) -> list[Someone]:
    return wiring.database.read_now(lambda one: persons.of_households(one, [code]))[code]


def _id(wiring: Wiring, name: str) -> int:
    return wiring.database.read_now(lambda one: find(one, name))


async def test_a_new_head_and_a_wish_for_peace(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    assert "Gộp hộ này" not in (await client.get("/ho-dan/H001/thay-doi")).text, "only leads may"
    unknown = await client.post("/ho-dan/H001/chu-ho", data={"chu": str(_id(wiring, "Ông Bảy"))})
    assert unknown.status_code == 422
    assert "Chọn một người làm chủ hộ" in unknown.text
    await client.post("/ho-dan/H001/chu-ho", data={"chu": str(_id(wiring, "Anh Tư"))})
    assert [one.name for one in _people(wiring, "H001") if one.is_head] == ["Anh Tư"]
    assert (await client.post("/ho-dan/H001/khong-nhan", data={"ngay": "9"})).status_code == 422
    await client.post("/ho-dan/H001/khong-nhan", data={"ngay": "90"})
    assert "Hộ xin không nhắn đến" in (await client.get("/ho-dan/H001")).text
    await client.post("/ho-dan/H001/nhan-lai")
    page = (await client.get("/ho-dan/H001")).text
    assert "Hộ xin không nhắn đến" not in page
    for happened in ("đổi chủ hộ Anh Tư, bởi Chị Mai", "xin không nhắn", "lại nhận tin"):
        assert happened in page


async def test_somebody_leaves_and_two_households_become_one(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.LEAD, NEAR)
    nobody = await client.post("/ho-dan/H001/tach", data={"dia-chi-tach": "Hẻm 8"})
    assert "Chọn ít nhất một người" in nobody.text
    leaving = {"ra": str(_id(wiring, "Anh Tư")), "dia-chi-tach": " "}
    nowhere = await client.post("/ho-dan/H001/tach", data=leaving)
    assert "Ghi địa chỉ của hộ mới" in nowhere.text
    assert len(_people(wiring, "H001")) == 2, "nothing was changed"
    made = await client.post("/ho-dan/H001/tach", data=leaving | {"dia-chi-tach": "Hẻm 8"})
    new = made.headers["location"].partition("?")[0].rpartition("/")[2]
    assert [one.name for one in _people(wiring, new)] == ["Anh Tư"]
    assert f"tách hộ {new}" in (await client.get("/ho-dan/H001")).text
    found = (await client.get(f"/ho-dan/{new}/thay-doi?tim=ba nam")).text
    assert 'value="H001"' in found
    assert "Không tìm thấy" in (await client.get(f"/ho-dan/{new}/thay-doi?tim=zzz")).text
    assert (await client.post(f"/ho-dan/{new}/gop")).status_code == 422
    assert (await client.post(f"/ho-dan/{new}/gop", data={"vao": "H004"})).status_code == 403
    merged = await client.post(f"/ho-dan/{new}/gop", data={"vao": "H001"})
    assert merged.headers["location"] == "/ho-dan/H001?xong=ho-gop"
    assert len(_people(wiring, "H001")) == 2
    assert "đã gộp vào" in (await client.get(f"/ho-dan/{new}")).text
    assert (await client.get(f"/ho-dan/{new}/thay-doi")).status_code == 409


async def test_a_household_moves_within_the_commune_and_away(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    official(Role.MEMBER, NEAR)
    nowhere = await client.post("/ho-dan/H002/chuyen")
    assert nowhere.status_code == 422
    assert "Chọn nơi hộ chuyển đến" in nowhere.text
    assert (await client.post("/ho-dan/H002/chuyen", data={"den": NEAR})).status_code == 422
    moved = await client.post("/ho-dan/H002/chuyen", data={"den": FAR, "dia-chi-moi": "Hẻm 5"})
    assert moved.headers["location"] == "/ho-dan?xong=ho-chuyen"
    assert (_home(wiring, "H002").area, _home(wiring, "H002").label) == (FAR, "Hẻm 5")
    assert (await client.get("/ho-dan/H002")).status_code == 403, "another team's from now on"
    await client.post("/ho-dan/H001/chuyen", data={"den": "di"})
    assert _home(wiring, "H001").state == "moved"
    assert "Hộ này đã chuyển đi" in (await client.get("/ho-dan/H001")).text


async def test_a_person_is_mended_and_erased_for_a_reason(
    wiring: Wiring, client: httpx.AsyncClient, official: Official
) -> None:
    nam = _id(wiring, "Bà Năm")
    path = f"/ho-dan/H001/nguoi/{nam}"
    official(Role.MEMBER, NEAR)
    assert "Xóa người này" not in (await client.get(path)).text
    assert (await client.get(f"/ho-dan/H002/nguoi/{nam}")).status_code == 404
    form = {"xung-ho": "Bà", "ten": "Năm", "tuoi": "80+", "may": "shared"}
    same = await client.post(path, data=form | {"xung-ho": "Anh", "ten": "Tư"})
    assert "Tên này đã có trong hộ" in same.text
    await client.post(path, data=form | {"dien-thoai": "0912345678"})
    before = _people(wiring, "H001")[0]
    assert (before.smartphone, bool(before.phone)) == ("shared", True)
    await client.post(path, data=form)
    assert _people(wiring, "H001")[0].phone, "left empty it stays"
    await client.post(path, data=form | {"quen-so": "1"})
    assert not _people(wiring, "H001")[0].phone
    official(Role.LEAD, COMMUNE)
    assert "Phải ghi lý do" in (await client.post(f"{path}/xoa", data={"chac": "1"})).text
    unsure = await client.post(f"{path}/xoa", data={"ly-do": "died"})
    assert "Chưa đánh dấu" in unsure.text
    await client.post(f"{path}/xoa", data={"ly-do": "died", "chac": "1"})
    assert [one.name for one in _people(wiring, "H001")] == ["Anh Tư"]
    entry = wiring.database.read_now(lambda one: audit.latest(one, f"person:{nam}", 1))[0]
    assert (entry["operation"], entry["detail"]) == ("erase-person", '{"reason":"died"}')
    assert "xóa một người" in (await client.get("/ho-dan/H001")).text
    serving = f"/ho-dan/H003/nguoi/{_id(wiring, 'Anh Dũng')}/xoa"
    kept = await client.post(serving, data={"ly-do": "asked", "chac": "1"})
    assert "đang là tổ viên hoặc cán bộ" in kept.text
