"""Giving guides by chat, as dialogues: what is shown, what is refused, what follows by itself."""

import pytest
import yaml
from fakes import Clock
from sqlalchemy import Connection
from talk import Talk
from village import find

from bot.core.guide import Phrase
from bot.core.person import AGE_BANDS, CHILD
from bot.library import GUIDES, Library
from bot.services import households
from storage import households as homes
from storage import links, people, persons, runs, sequences, teams
from storage.database import DAY, Database


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(hoa="Chị Hoa", dung="Anh Dũng", dao="Cô Đào", tu="Anh Tư, Bà Năm", bay="Ông Bảy")
    return made


def _runs(talk: Talk, name: str) -> list[tuple[str, str]]:
    def read(connection: Connection) -> list[tuple[str, str]]:
        found = sequences.open_of(connection, [find(connection, name)])
        mine = runs.of_sequences(connection, [one.id for one in found])
        return [(run.guide, run.state) for each in mine.values() for run in each]

    return talk.database.read_now(read)


async def test_a_sequence_from_one_line_to_its_end(talk: Talk, library: Library) -> None:
    shown = await talk.says("dung", "/gui h2 an-toan vneid")
    assert shown == "Gửi qua trò chuyện cho H002:\n• Ông Bảy: An toàn trên mạng, VNeID"
    assert "Đã nhận" in (await talk.presses("dung", "Gửi"))
    first = "\n".join(talk.channel.texts("bay"))
    assert library.messages.phrases[Phrase.WELCOME] in first
    assert "Anh Dũng của tổ công nghệ số nhờ cháu chỉ bác bài An toàn trên mạng." in first
    assert library.messages.phrases[Phrase.CONSENT] in first
    assert _runs(talk, "Ông Bảy") == [("an-toan", "given"), ("vneid", "planned")]
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    assert _runs(talk, "Ông Bảy")[0] == ("an-toan", "started")
    await talk.finishes("bay", "an-toan")
    assert "Mình qua bài tiếp theo bác nhé." in talk.channel.texts("bay")[-2]
    assert _runs(talk, "Ông Bảy") == [("an-toan", "finished"), ("vneid", "given")]
    card = await talk.says("dung", "h2")
    assert "An toàn trên mạng: tự báo xong" in card
    assert "VNeID: đã gửi, chưa bắt đầu" in card
    await talk.says("bay", "bắt đầu")
    await talk.finishes("bay", "vneid")
    told = talk.channel.texts("dung")[-1]
    assert told.startswith("✅ Ông Bảy (H002) báo đã làm hết các bài anh chị gửi.")
    assert "1 xong" in (await talk.says("dung", "tien do"))


async def test_a_child_is_shown_and_led_by_a_parent_only(talk: Talk) -> None:
    child = {"household": "H002", "honorific": "Bé", "call_name": "Na", "age_band": CHILD}
    talk.database.write_now(lambda one: persons.add(one, [child], talk.clock()))
    assert "Bé Na (dưới 14 tuổi" in (await talk.says("dung", "h2"))
    shown = await talk.says("dung", "gui h2 vneid")
    assert "Ông Bảy: VNeID" in shown
    assert "• Bé Na: VNeID" not in shown


@pytest.mark.parametrize("words", ["desk.yaml", "people.yaml"])
def test_every_age_has_words(words: str) -> None:
    said = yaml.safe_load((GUIDES / words).read_text("utf-8"))
    ages = said["ages"] if "ages" in said else said["data"]["ages"]
    assert set(AGE_BANDS) <= set(ages)


async def test_a_double_is_refused_clearly(talk: Talk) -> None:
    await talk.says("dung", "gui h2 vneid ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu", "1", "xong")
    said = await talk.says("hoa", "gui h2 vneid")
    assert "Ông Bảy, bài VNeID: đang làm bài này rồi, còn nhiều nhất" in said
    assert "Không còn gì để làm" in (await talk.says("hoa", "gui h2 vneid ngay"))
    assert "• Ông Bảy: An toàn trên mạng" in (await talk.says("hoa", "gui h2 vneid an toan"))


async def test_piece_by_piece_with_buttons(talk: Talk) -> None:
    await talk.says("dung", "tìm bảy")
    assert "Gửi bài nào cho H002?" in (await talk.presses("dung", "Gửi bài"))
    assert "• Ông Bảy: VNeID" in (await talk.presses("dung", "VNeID"))
    assert "Đã bỏ lệnh" in (await talk.presses("dung", "Thôi"))
    assert _runs(talk, "Ông Bảy") == []
    await talk.says("dung", "gui h2")
    assert "• Ông Bảy: An toàn trên mạng, VNeID" in (await talk.says("dung", "an toan, vneid"))
    assert "Đã nhận" in (await talk.says("dung", "1"))


async def test_a_name_instead_of_a_code_and_slips_of_the_finger(talk: Talk) -> None:
    assert "H002 Hẻm 2: Ông Bảy" in (await talk.says("dung", "gui bay vneid"))
    assert "• Ông Bảy: VNeID" in (await talk.presses("dung", "H002"))
    assert "• Ông Bảy: VNeID" in (await talk.says("dung", "gui h2 vnied"))
    assert "Không hiểu “xyz”" in (await talk.says("dung", "gui h2 vneid xyz"))
    assert "Gửi cho hộ nào" in (await talk.says("dung", "gui"))


async def test_who_has_no_chat_is_named_and_helped_at_home(talk: Talk) -> None:
    talk.database.write_now(lambda one: links.unlink(one, find(one, "Bà Năm")))
    said = await talk.says("dung", "gui h1 vneid")
    assert "• Anh Tư: VNeID\nKhông gửi:\n• Bà Năm: chưa nối trò chuyện" in said
    assert "Gửi làm tại nhà cho H001" in (await talk.presses("dung", "Làm tại nhà"))
    assert "Gửi làm tại nhà" in (await talk.presses("dung", "Chỉ Bà Năm"))
    assert "danh sách thăm nhà" in (await talk.presses("dung", "Gửi"))
    assert _runs(talk, "Bà Năm") == [("vneid", "given")]
    assert _runs(talk, "Anh Tư") == []


async def test_people_of_one_phone_are_led_one_after_the_other(talk: Talk) -> None:
    await talk.says("dung", "gui h1 an-toan ngay")
    assert [_runs(talk, one)[0][1] for one in ("Bà Năm", "Anh Tư")] == ["given", "planned"]
    assert "(Phần này là của Bà Năm.)" in "\n".join(talk.channel.texts("tu"))
    await talk.says("tu", "đồng ý", "không", "bắt đầu")
    await talk.finishes("tu", "an-toan")
    assert _runs(talk, "Anh Tư") == [("an-toan", "given")]
    assert "(Phần này là của Anh Tư.)" in "\n".join(talk.channel.texts("tu")[-3:])


async def test_stop_in_mid_sequence_ends_it_at_once(talk: Talk) -> None:
    await talk.says("dung", "gui h1 an-toan vneid ngay")
    await talk.says("tu", "đồng ý", "không", "bắt đầu")
    stopped = await talk.says("tu", "DỪNG")
    assert stopped.startswith(talk.house.shelf.guides.phrases[Phrase.STOPPED])
    assert _runs(talk, "Bà Năm") == _runs(talk, "Anh Tư") == []
    await talk.later(days=40, step=48)
    assert stopped.endswith(talk.channel.texts("tu")[-1])
    assert "Bà Năm: đã nhắn DỪNG" in (await talk.says("dung", "gui h1 vneid"))
    assert "2 đã thôi" in (await talk.says("dung", "tien do"))


async def test_a_stop_before_consent_counts(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "dừng")
    assert _runs(talk, "Ông Bảy") == []
    assert "đã nhắn DỪNG" in (await talk.says("dung", "gui h2 an-toan"))


async def test_a_member_stops_what_was_begun(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    assert "Đã thôi gửi bài cho Ông Bảy" in (await talk.says("dung", "ngưng h2"))
    assert _runs(talk, "Ông Bảy") == []
    assert "Không còn gì" in (await talk.says("dung", "ngung h2"))
    assert talk.house.shelf.guides.phrases[Phrase.STOPPED] in (await talk.says("dung", "dừng"))


async def test_who_moved_or_refused_in_between_gets_nothing(talk: Talk) -> None:
    talk.clock.now += 14 * 3600 * 1_000_000  # 23:00: everything waits for the morning
    await talk.says("dung", "gui h2 an-toan ngay", "gui h1 an-toan ngay")
    assert talk.channel.texts("bay") == talk.channel.texts("tu") == []

    def away(connection: Connection) -> None:
        lead = teams.actors(connection, [find(connection, "Chị Hoa")], "test")
        hoa = lead[find(connection, "Chị Hoa")]
        households.move(connection, hoa, talk.clock(), "H002")
        homes.change(connection, "H001", talk.clock(), muted_until=talk.clock() + 90 * DAY)

    talk.database.write_now(away)
    await talk.later(hours=12, step=4)
    assert talk.channel.texts("bay") == talk.channel.texts("tu") == []
    assert (await talk.says("dung", "tien do")).count("1 đã thôi") == 1
    assert (await talk.says("dung", "tien do")).count("2 đã thôi") == 1


async def test_the_night_is_quiet(talk: Talk) -> None:
    talk.clock.now += 14 * 3600 * 1_000_000
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.later(hours=7)
    assert talk.channel.texts("bay") == []
    await talk.later(hours=2)
    assert talk.channel.texts("bay")


async def test_a_person_with_two_chats_gets_one_copy(talk: Talk) -> None:
    def second(connection: Connection) -> None:
        people.see(connection, {"fake:one:bay2": "fake"}, talk.clock())
        links.link(connection, "fake:one:bay2", find(connection, "Ông Bảy"), talk.clock())

    talk.database.write_now(second)
    await talk.says("dung", "gui h2 an-toan ngay")
    assert talk.channel.texts("bay")
    assert talk.channel.texts("bay2") == []


async def test_bulk_shows_who_gets_it_and_who_does_not(talk: Talk) -> None:
    talk.database.write_now(lambda one: links.unlink(one, find(one, "Ông Bảy")))
    shown = await talk.says("hoa", "gửi khu cầu xéo an-toan")
    assert shown == (
        "Gửi An toàn trên mạng cho Khu phố Cầu Xéo: 4 người nhận được.\n"
        "Không gửi: 1 người chưa nối trò chuyện."
    )
    await talk.presses("hoa", "Gửi 4 người")
    assert _runs(talk, "Bà Năm") == [("an-toan", "given")]
    assert "Khu phố Cầu Xéo: " in (await talk.says("hoa", "tiến độ"))
    assert "không thuộc phần" in (await talk.says("dung", "gui khu cau xeo vneid"))
    assert "nơi tổ khác" in (await talk.says("hoa", "gui khu phuoc hai vneid"))
