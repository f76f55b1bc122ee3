"""Who lives where and is called what, as dialogues: asked about first, refused clearly, harmless
when repeated, and told afterwards.
"""

import pytest
from fakes import Clock
from sqlalchemy import Connection
from talk import Talk
from village import FAR, find

from bot.library import Library
from bot.services import households
from storage import households as homes
from storage import persons, teams
from storage.database import DAY, Database


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(hoa="Chị Hoa", dung="Anh Dũng", dao="Cô Đào", bay="Ông Bảy")
    return made


def _people(talk: Talk, code: str) -> list[str]:
    found = talk.database.read_now(lambda one: persons.of_households(one, [code]))
    return [f"{who.name}{' *' if who.is_head else ''}" for who in found[code]]


def _kinds(talk: Talk, code: str) -> list[str]:
    return [one.kind for one in talk.database.read_now(lambda one: homes.history(one, code))]


async def test_two_households_become_one_after_a_look(talk: Talk) -> None:
    asked = await talk.says("hoa", "gộp H2 vào H1")
    assert asked.startswith("Gộp H002 vào H001 (Hẻm 1)? Người chuyển sang H001: Ông Bảy.")
    assert _people(talk, "H001") == ["Bà Năm *", "Anh Tư"]
    assert "Đã gộp H002 vào H001: Ông Bảy" in (await talk.presses("hoa", "Đúng"))
    assert _people(talk, "H001") == ["Bà Năm *", "Anh Tư", "Ông Bảy"]
    again = await talk.says("hoa", "gop h2 h1 ngay")
    assert again == "Hộ H002 đã chuyển đi hoặc đã nhập vào hộ khác. Chưa có gì thay đổi."
    assert (_kinds(talk, "H001"), _kinds(talk, "H002")) == (["received"], ["merged"])
    told = await talk.says("hoa", "lịch sử h2")
    assert told == "🕘 H002:\n• 15/01/2027: nhập vào H001, Chị Hoa ghi"
    assert "Ông Bảy" in (await talk.presses("hoa", "Xem H001"))


async def test_a_look_can_be_left_at_that(talk: Talk) -> None:
    await talk.says("hoa", "gộp H2 H1")
    assert "Đã bỏ lệnh" in (await talk.presses("hoa", "Thôi"))
    assert "viết trước" in (await talk.says("hoa", "gộp h2"))
    assert "viết trước" in (await talk.says("hoa", "gộp h2 h1 xyz"))
    assert "Đang như vậy" not in (await talk.says("hoa", "gộp nhóm"))
    assert _people(talk, "H002") == ["Ông Bảy *"]


async def test_only_a_lead_merges_and_splits(talk: Talk) -> None:
    for order in ("gộp H2 H1 ngay", "tách H1 anh tư: hẻm 5"):
        assert "không thuộc phần anh chị được giao" in (await talk.says("dung", order))
    assert (_kinds(talk, "H001"), _kinds(talk, "H002")) == ([], [])


async def test_one_of_a_family_founds_a_household(talk: Talk) -> None:
    assert "Ai tách ra" in (await talk.says("hoa", "tách H1"))
    assert "Ai tách ra" in (await talk.says("hoa", "tách H1 anh tư"))
    assert "Không hiểu “qwert”" in (await talk.says("hoa", "tách H1 qwert: hẻm 5"))
    asked = await talk.says("hoa", "Tách H1 anh tư: Hẻm 5, sau chợ")
    assert asked == "Tách Anh Tư khỏi H001 thành hộ mới ở “Hẻm 5, sau chợ”?"
    said = await talk.says("hoa", "1")
    assert said == "✅ Đã tách Anh Tư khỏi H001. Hộ mới: H005 · Hẻm 5, sau chợ."
    assert (_people(talk, "H001"), _people(talk, "H005")) == (["Bà Năm *"], ["Anh Tư *"])
    assert "Không hiểu “anh tu”" in (await talk.says("hoa", "tách H1 anh tư: hẻm 5"))
    assert "hộ cũ không còn ai" in (await talk.says("hoa", "tách H1 bà năm: hẻm 6 : ngay"))
    assert _kinds(talk, "H001") == ["split"]
    assert _kinds(talk, "H005") == ["split-from", "head"]


async def test_who_stays_without_a_head_gets_one_by_a_button(talk: Talk) -> None:
    more = {"household": "H001", "honorific": "Em", "call_name": "Út"}
    talk.database.write_now(lambda one: persons.add(one, [more], talk.clock()))
    await talk.says("hoa", "tách h1 bà năm, em út: hẻm 7")
    await talk.presses("hoa", "Đúng")
    assert "Đã ghi chủ hộ H001 là Anh Tư" in (await talk.presses("hoa", "Chủ hộ H001: Anh Tư"))
    assert "chủ hộ H005 là Bà Năm" in (await talk.presses("hoa", "Chủ hộ H005: Bà Năm"))
    assert _people(talk, "H005") == ["Bà Năm *", "Em Út"]


async def test_a_new_head(talk: Talk) -> None:
    await talk.says("dung", "h1")
    assert "Đổi tên" not in (await talk.presses("dung", "Sửa hộ"))
    assert "Ai là chủ hộ H001?" in (await talk.presses("dung", "Đổi chủ hộ"))
    assert "Đã ghi chủ hộ H001 là Anh Tư" in (await talk.presses("dung", "Anh Tư"))
    assert "đang là chủ hộ H001 rồi" in (await talk.says("dung", "chu ho h1 anh tu"))
    assert "Không hiểu “ai”" in (await talk.says("dung", "chủ hộ h1 ai"))
    assert "không còn ai khác" in (await talk.says("dung", "chủ hộ h2"))
    assert _people(talk, "H001") == ["Anh Tư *", "Bà Năm"]
    assert _kinds(talk, "H001") == ["head"]
    assert "chủ hộ là Anh Tư, Anh Dũng ghi" in (await talk.says("dung", "lich su h1"))


async def test_a_person_and_a_household_are_called_otherwise(talk: Talk) -> None:
    said = await talk.says("dung", "đổi tên h1 bà năm: Cụ Sáu Hiền")
    assert said == "✅ H001: “Bà Năm” từ nay gọi là “Cụ Sáu Hiền”."
    assert "“Anh Tư” từ nay gọi là “Anh Tứ”" in (await talk.says("dung", "đổi tên h1 2: Tứ"))
    assert "trong nhà có ai" not in (await talk.says("dung", "tìm hien"))
    said = await talk.says("dung", "đổi chỗ ở h1: Hẻm 9")
    assert said == "✅ H001: chỗ ở “Hẻm 1” đổi thành “Hẻm 9”."
    for _ in range(2):
        await talk.says("dung", "đổi chỗ ở h1: Hẻm 9", "đổi tên h1 2: Tứ")
    assert _kinds(talk, "H001") == ["renamed", "renamed", "relabelled"]
    assert "người tên Tứ" in (await talk.says("dung", "đổi tên h1 1: Anh Tứ"))
    assert "dài quá" in (await talk.says("dung", f"đổi tên h1 1: {'a' * 50}"))
    assert "Gõ tên mới" in (await talk.says("dung", "đổi tên h1 1"))
    assert "Không hiểu “ai do”" in (await talk.says("dung", "đổi tên h1 ai đó: Tám"))
    assert _people(talk, "H001") == ["Cụ Sáu Hiền *", "Anh Tứ"]


async def test_a_family_moves_to_another_hamlet(talk: Talk) -> None:
    assert "chuyển đi đâu" in (await talk.says("dung", "chuyển h1"))
    assert "Không có nơi nào tên “dau do”" in (await talk.says("dung", "chuyển h1 sang đâu đó"))
    assert "Có nhiều nơi" in (await talk.says("dung", "chuyển h1 sang khu phố"))
    asked = await talk.says("dung", "chuyển h1 sang phước hải: Hẻm 12")
    assert asked.startswith("Chuyển H001 sang Khu phố Phước Hải, chỗ ở “Hẻm 12”?")
    assert "Đã chuyển H001" in (await talk.presses("dung", "Đúng"))
    assert "nơi tổ khác" in (await talk.says("dung", "h1", "chuyển h1 sang cầu xéo", "lịch sử h1"))
    assert "🏠 H001 · Hẻm 12" in (await talk.says("dao", "h1"))
    home = talk.database.read_now(lambda one: homes.get(one, ["H001"])["H001"])
    assert (home.area, home.state) == (FAR, "active")


async def test_who_moved_out_of_reach(talk: Talk) -> None:
    await talk.says("dung", "chuyển hộ 1")
    assert "đã chuyển đi" in (await talk.presses("dung", "Không rõ nơi mới"))
    assert "đã chuyển đi hoặc đã nhập" in (await talk.says("dung", "đổi tên h1: x"))


async def test_a_refusal_ends_when_they_want_to_and_goes_along(talk: Talk) -> None:
    """Whoever wanted to be left alone still is, in whichever household they are put."""
    await talk.says("dung", "h2 từ chối")
    await talk.says("hoa", "gộp h2 h1 ngay")
    await talk.says("hoa", "tách h1 ông bảy: hẻm 2b : ngay")
    found = talk.database.read_now(lambda one: homes.get(one, ["H001", "H005"]))
    reasons = [one.muted_reason for one in found.values() if one.muted_until > talk.clock()]
    assert reasons == ["refused", "refused"]
    assert "lại được nhắn" in (await talk.says("dung", "nhắn lại h5"))
    assert "không xin để yên" in (await talk.says("dung", "nhắn lại h5"))
    assert "không xin để yên" in (await talk.says("dung", "nhan lai h3"))


async def test_nobody_from_elsewhere_and_no_resident(talk: Talk) -> None:
    orders = (
        "sửa h1",
        "chủ hộ h1 anh tư",
        "đổi tên h1: x",
        "chuyển h1 sang phước hải",
        "nhắn lại h1",
        "lịch sử h1",
    )
    for order in orders:
        assert "nơi tổ khác phụ trách" in (await talk.says("dao", order))
        assert "H001" not in (await talk.says("bay", order))
    assert _kinds(talk, "H001") == []


async def test_orders_without_a_household_are_talk(talk: Talk) -> None:
    """A member is a resident, too."""
    words = ("chuyển khoản", "sửa máy", "tách ra", "chủ hộ", "đổi tên", "lịch sử", "nhắn lại")
    known = talk.words.section("family").values()
    for text in words:
        said = await talk.says("dung", text)
        assert said
        assert said not in known


async def test_long_histories_show_their_end(talk: Talk) -> None:
    def many(connection: Connection) -> None:
        actor = teams.actors(connection, [find(connection, "Chị Hoa")], "test")
        lead = actor[find(connection, "Chị Hoa")]
        for number in range(14):
            now = talk.clock() + number * DAY
            households.relabel(connection, lead, now, "H001", f"Hẻm {number + 20}")

    assert "chưa có thay đổi" in (await talk.says("hoa", "lịch sử h1"))
    talk.database.write_now(many)
    told = await talk.says("hoa", "lịch sử h1")
    assert told.count("đổi chỗ ở") == 12
    assert "còn 2 dòng" in told
