"""The members' desk: who is heard, what is understood, and that refusals change nothing."""

import pytest
from fakes import Clock
from talk import Talk

from bot.core.guide import Phrase
from bot.desk.grammar import Order, phrases, read
from bot.library import Library
from bot.services import logins
from storage import desks
from storage.database import Database

VERBS = phrases({"find": ["tìm", "tìm hộ"], "card": ["hộ"], "help": ["lệnh"]})


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(hoa="Chị Hoa", dung="Anh Dũng", dao="Cô Đào", nam="Bà Năm")
    return made


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("tìm bảy hẻm 2", Order("find", (), ("bay", "hem", "2"))),
        ("/tim_ho Bảy", Order("find", (), ("bay",))),
        ("TIM H12", Order("find", ("H012",), ())),
        ("H012", Order("", ("H012",), ())),
        ("h 12 vneid xong", Order("", ("H012",), ("vneid", "xong"))),
        ("Hộ 0012", Order("", ("H012",), ())),
        ("ho h12, h13", Order("", ("H012", "H013"), ())),
        ("h1234567", None),
        ("H0", None),
        ("hộ chiếu", Order("card", (), ("chieu",))),
        ("xong rồi", None),
        ("", None),
    ],
)
def test_orders_are_read_with_and_without_accents(text: str, order: Order | None) -> None:
    assert read(text, VERBS) == order


async def test_a_member_finds_a_household_and_sees_its_card(talk: Talk) -> None:
    assert "H001 Hẻm 1: Bà Năm, Anh Tư" in (await talk.says("dung", "/tim hem"))
    card = await talk.presses("dung", "H001")
    assert card.startswith(
        "🏠 H001 · Hẻm 1\n1. Bà Năm (từ 80 tuổi, không có máy, đã nối trò chuyện)"
    )
    assert "2. Anh Tư (18–59 tuổi, có máy, chưa nối trò chuyện)" in card
    assert "🏠 H002" in (await talk.says("dung", "tim bay"))
    assert "🏠 H002" in (await talk.says("dung", "tìm", "2"))
    assert (await talk.says("dung", "H02")).startswith("🏠 H002")
    assert "Không tìm thấy “ai ca”" in (await talk.says("dung", "tim ai ca"))


async def test_residents_never_see_it(talk: Talk, library: Library) -> None:
    assert "🏠" not in (await talk.says("nam", "tìm bảy", "H001", "/lenh"))
    assert talk.channel.texts("nam")[0] == library.messages.phrases[Phrase.WELCOME]
    assert "🏠" not in (await talk.says("stranger", "H001"))
    talk.house.hear("nam", choice="to-H001", turn=0)
    await talk.house.all()
    assert not [one for one in talk.channel.texts("nam") if "🏠" in one]


async def test_another_hamlets_household_is_refused(talk: Talk) -> None:
    said = await talk.says("dao", "H001")
    assert (
        said
        == "Hộ này thuộc nơi tổ khác phụ trách nên không xem, không làm được. Chưa có gì thay đổi."
    )
    assert "H999" in (await talk.says("dao", "H999"))


async def test_a_member_still_talks_with_the_bot(talk: Talk, library: Library) -> None:
    said = await talk.says("dung", "chào", "đồng ý", "không", "hộ chiếu")
    assert library.messages.phrases[Phrase.MENU] in said
    await talk.says("dung", "tìm hem")
    talk.clock.advance(1)
    assert "🏠" not in (await talk.says("dung", "chào bot", "1"))  # the offer is void by now
    talk.clock.advance(1)
    await talk.says("dung", "tìm hem")
    talk.clock.advance(31 * 60)
    assert "🏠" not in (await talk.says("dung", "1"))


async def test_a_button_pressed_twice_answers_once(talk: Talk) -> None:
    await talk.says("dung", "tim hem")
    assert await talk.presses("dung", "H001")
    assert await talk.presses("dung", "H001") == ""
    assert "Lệnh cho tổ viên" in (await talk.says("dung", "/lenh"))
    assert "Đã bỏ lệnh" in (await talk.says("dung", "bỏ lệnh"))
    kept = talk.database.read_now(lambda one: desks.load(one, "fake:one:dung"))
    assert '"draft":""' in kept


async def test_a_member_asks_for_the_way_into_the_console(talk: Talk) -> None:
    """Into their own chat, for themselves; a resident's word is left to the conversation."""
    talk.house.hear("dung", text="Dang nhap")
    await talk.house.all()
    link = talk.channel.texts("dung")[-1]
    token = link.rpartition("/vao/")[2]
    now = talk.clock()
    assert talk.database.read_now(lambda one: logins.linked(one, now, token)) == "Anh Dũng"
    talk.house.hear("nam", text="đăng nhập")
    await talk.house.all()
    assert "/vao/" not in " ".join(talk.channel.texts("nam"))


async def test_who_borrows_a_members_phone_is_not_answered_by_the_desk(talk: Talk) -> None:
    talk.phones(dung="Ông Bảy")
    await talk.says("hoa", "gui h2 ong bay an-toan ngay")
    assert "(Phần này là của Ông Bảy.)" in "\n".join(talk.channel.texts("dung"))
    assert "Tìm thấy" not in (await talk.says("dung", "tìm hem"))
    assert "🏠 H001" in (await talk.says("dung", "h1"))
    talk.clock.advance(31 * 60)
    assert "Tìm thấy" in (await talk.says("dung", "tìm hem"))
