"""Calls for help from the chat to the members and back, by a frozen clock."""

import re

import pytest
from callers import Callers
from fakes import Clock
from village import find

from bot.library import Library
from storage import calls, people
from storage.database import Database
from storage.rows import table
from storage.tables import HelpEvent, Sight


@pytest.fixture
def village(database: Database, clock: Clock, library: Library) -> Callers:
    """Bà Năm has a phone; Anh Dũng is a member on duty and Chị Hoa the lead. Friday, 9:00."""
    made = Callers(database, clock, library)
    made.phones(nam="Bà Năm", dung="Anh Dũng", hoa="Chị Hoa", dao="Cô Đào")
    return made


async def _call(village: Callers) -> str:
    """She is in the middle of a guide and wants somebody."""
    return await village.says("nam", "chào", "đồng ý", "không", "1", "bắt đầu", "gặp người")


def _unreachable(village: Callers, chat: str) -> None:
    village.do(lambda one: people.set_reachable(one, f"fake:one:{chat}", 1, reachable=False))


async def test_a_call_is_claimed_relayed_and_ended(village: Callers) -> None:
    answer = await _call(village)
    assert "báo cho 1 người của tổ công nghệ số (1)" in answer
    told = village.last("dung")
    assert "Lời nhờ 1: Bà Năm (H001) cần người giúp" in told
    assert "bước 1" in told
    assert village.channel.texts("hoa") == village.channel.texts("dao") == []

    claimed = await village.presses("dung", "Nhận giúp")
    assert "đã nhận lời nhờ 1" in claimed
    assert "Anh Dũng của tổ công nghệ số đã nhận giúp bác" in village.last("nam")
    assert "lừa đảo" in village.last("nam")

    assert "chuyển lời cho Anh Dũng" in await village.says("nam", "màn hình nó trắng bóc con ơi")
    assert village.last("dung") == "Bà Năm (H001), lời nhờ 1: màn hình nó trắng bóc con ơi"
    assert "Đã chuyển tới Bà Năm" in await village.says("dung", "bác tắt máy mở lại giúp con")
    assert village.last("nam") == "Anh Dũng: bác tắt máy mở lại giúp con"

    assert "đã khép" in await village.says("dung", "giúp xong")
    last = "\n".join(village.channel.texts("nam")[-2:])
    assert last.index("báo đã giúp xong") < last.index("Mình tiếp từ đây") < last.index("Bước 1/")
    assert village.request().outcome == "done"
    words = village.do(lambda one: one.execute(table(HelpEvent).select()).mappings().all())
    assert not [row for row in words if "màn hình" in row["text"]]
    assert "Bước 1/" in await village.says("nam", "xem lại")  # her own words again


async def test_who_was_told_about_whom_is_noted_once_a_day(village: Callers) -> None:
    await _call(village)
    await village.presses("dung", "Nhận giúp")
    await village.says("nam", "màn hình nó trắng bóc con ơi")
    helper = village.do(lambda one: find(one, "Anh Dũng"))
    rows = village.do(lambda one: one.execute(table(Sight).select()).mappings().all())
    assert [(row["viewer"], row["household"]) for row in rows] == [(helper, "H001")]


async def test_the_step_is_counted_as_the_resident_sees_it(village: Callers) -> None:
    """Along their own way, not over both kinds of phones."""
    await village.says("nam", "chào", "đồng ý", "không", "1", "bắt đầu", "2", "xong")
    seen = re.search(r"Bước (\d+/\d+)", village.last("nam"))
    assert seen
    await village.says("nam", "gặp người")
    assert f", bước {seen[1]}" in village.last("dung")


async def test_what_cannot_pass_is_told_to_both(village: Callers) -> None:
    """Recordings, and pictures of a platform that does not hand them over: nothing vanishes
    without a word."""
    await _call(village)
    await village.presses("dung", "Nhận giúp")
    heard = len(village.channel.texts("dung"))
    village.house.hear("nam", media="photo", text="cháu xem giúp bà")
    await village.work()
    assert "KHÔNG chuyển được" in village.last("nam")
    assert "máy không chuyển được" in village.last("dung")
    village.house.hear("dung", media="voice")
    await village.work()
    assert "CHƯA tới người nhờ" in village.last("dung")
    assert len(village.channel.texts("dung")) == heard + 2
    village.house.hear("nam", media="contact")
    await village.work()
    assert "KHÔNG chuyển được" not in village.last("nam")
    await village.says("dung", "giúp xong")
    village.house.hear("nam", media="photo")
    village.house.hear("dung", media="photo")
    await village.work()
    assert "KHÔNG chuyển được" not in village.last("nam")
    assert "CHƯA tới" not in village.last("dung")


async def test_the_first_claim_wins_and_the_other_is_told_who(village: Callers) -> None:
    village.phones(tu="Anh Tư")
    await _call(village)
    assert "đã nhận lời nhờ 1" in await village.says("dung", "nhan 1")
    assert "Anh Dũng đã nhận lời nhờ 1 rồi" in await village.says("hoa", "nhận 1")
    assert "đã nhận lời nhờ" not in await village.says("dung", "nhận 1")  # again: harmless
    assert "nơi tổ khác" in await village.says("dao", "nhận 1")
    assert "Không có lời nhờ 99" in await village.says("hoa", "nhận 99")
    assert "nhận 1" not in await village.says("tu", "nhận 1")  # only a resident


async def test_unclaimed_it_goes_to_the_lead_and_then_the_commune(village: Callers) -> None:
    village.official("mai")
    village.at("2027-01-15T16:40")  # a Friday
    await _call(village)
    assert village.channel.texts("hoa") == []
    await village.later(minutes=16)
    assert "báo thêm tổ trưởng" in village.last("nam")
    assert "Lời nhờ 1" in village.last("hoa")
    await village.later(minutes=16)  # after five: the office is told on Monday
    assert "Cán bộ sẽ thấy lúc 07 giờ 30, ngày 18/01" in village.last("nam")
    assert village.channel.texts("mai") == []
    village.at("2027-01-18T07:31")
    await village.work()
    assert "Lời nhờ 1" in village.last("mai")
    village.at("2027-01-19T07:31")
    await village.work()
    assert "vẫn chưa ai nhận" in village.last("mai")
    assert "Vẫn chưa ai nhận" in village.last("nam")
    assert village.do(lambda one: calls.unanswered(one, village.clock())) == 1
    assert "đã nhận lời nhờ 1" in await village.presses("mai", "Nhận giúp")


async def test_over_a_holiday_the_commune_waits_for_the_next_working_day(village: Callers) -> None:
    village.official("mai")
    for name in ("Anh Dũng", "Chị Hoa"):
        village.off_duty(name)
    village.do(lambda one: people.set_reachable(one, "fake:one:hoa", 1, reachable=False))
    village.at("2026-12-31T17:30")
    answer = await _call(village)
    assert "ngày 04/01" in answer


async def test_at_night_nobody_is_woken(village: Callers) -> None:
    village.at("2027-01-15T22:10")
    answer = await _call(village)
    assert "Từ 07 giờ 00 cháu báo" in answer
    assert village.channel.texts("dung") == []
    await village.later(minutes=60)
    assert village.last("nam").count("07 giờ 00") == 1
    village.at("2027-01-16T07:00")
    await village.work()
    assert "Lời nhờ 1" in village.last("dung")
    assert "báo cho 1 người" in village.last("nam")


async def test_a_call_in_the_evening_is_not_handed_on_at_night(village: Callers) -> None:
    village.at("2027-01-15T20:55")
    await _call(village)
    await village.later(minutes=16)
    assert village.channel.texts("hoa") == []
    village.at("2027-01-16T07:14")
    await village.work()
    assert village.channel.texts("hoa") == []
    village.at("2027-01-16T07:16")
    await village.work()
    assert "Lời nhờ 1" in village.last("hoa")


async def test_who_does_not_answer_loses_the_call(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "nhận 1")
    await village.says("nam", "con ơi")
    await village.later(minutes=21)
    assert "đã chuyển cho người khác" in village.last("dung")
    assert [text for text in village.channel.texts("nam") if "Anh Dũng bận" in text]
    assert "Lời nhờ 1" in village.last("hoa")  # nobody else of the team: the lead
    answer = await village.says("hoa", "nhận 1")
    assert "đã nhắn: con ơi" in answer  # what she said is not lost
    assert village.request().claimed_by == village.actor("Chị Hoa").person


async def test_a_member_gives_a_call_back(village: Callers) -> None:
    await _call(village)
    await village.presses("dung", "Nhận giúp")
    assert "Cháu báo cho người khác" in await village.presses("dung", "Trả lại")
    assert "Lời nhờ 1" in village.last("hoa")
    assert "Anh chị chưa nhận lời nhờ nào" in await village.says("dung", "trả lại")
    assert "chưa ai nhận" in await village.says("hoa", "giúp xong 1")


async def test_nobody_reachable_is_told_as_it_is(village: Callers) -> None:
    for name in ("dung", "hoa"):
        _unreachable(village, name)
    answer = await _call(village)
    assert "cháu chưa báo được cho ai" in answer
    assert village.do(lambda one: calls.unanswered(one, 0)) == 1
    await village.later(minutes=61)
    assert [text for text in village.channel.texts("nam") if "chưa báo được cho ai" in text] == [
        village.last("nam")
    ]
    village.do(lambda one: people.set_reachable(one, "fake:one:dung", 1, reachable=True))
    await village.later(minutes=61)
    assert "Lời nhờ 1" in village.last("dung")
    assert "báo cho 1 người" in village.last("nam")
    assert village.do(lambda one: calls.unanswered(one, 0)) == 0


async def test_without_a_household_the_operators_are_asked(village: Callers) -> None:
    """Of several teams none is theirs; of whatever place the operators are."""
    assert "chưa báo được" in await village.says("stranger", "chào", "gặp người")
    village.official("mai")
    await village.later(minutes=61)
    assert "Lời nhờ 1: một người chưa nối máy cần người giúp, ngoài bài học" in village.last("mai")
    assert "nơi tổ khác" in await village.says("dung", "nhận 1")
    await village.says("mai", "nhận 1")
    assert "Chị Mai của tổ" in village.last("stranger")


async def test_stopping_ends_the_help_and_nothing_is_passed_on(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "nhận 1")
    answer = await village.says("nam", "dừng")
    assert "Cháu đã dừng" in answer
    assert "vừa xin dừng nhận tin" in village.last("dung")
    assert village.request().outcome == "stopped"
    before = len(village.channel.texts("nam"))
    await village.says("dung", "bác ơi")
    await village.later(hours=24)
    assert len(village.channel.texts("nam")) == before


async def test_a_resident_goes_on_alone(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "nhận 1")
    answer = await village.presses("nam", "Tôi tự học tiếp")
    assert "bác tự học tiếp" in answer
    assert "Bước 1/" in answer
    assert "tự học tiếp được rồi" in village.last("dung")
    assert "câu cũ" in await village.presses("nam", "Tôi tự học tiếp")


async def test_typed_numbers_answer_what_was_offered_last(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "1")
    assert village.request().state == calls.CLAIMED
    await village.says("dung", "bác thấy mấy nút")
    await village.says("nam", "1")
    assert village.last("dung").endswith("lời nhờ 1: 1")


async def test_with_several_calls_the_number_comes_first(village: Callers) -> None:
    village.phones(bay="Ông Bảy")
    await _call(village)
    await village.says("bay", "chào", "gặp người")
    await village.says("dung", "nhận 1", "nhận 2")
    asked = await village.says("dung", "chào bác")
    assert "đang giúp 2 người" in asked
    assert "Đã chuyển tới Ông Bảy" in await village.says("dung", "2: chào bác")
    assert village.last("bay") == "Anh Dũng: chào bác"
    assert "đang giúp 2 người" in await village.says("dung", "giúp xong")
    await village.says("dung", "giúp xong 2")
    assert village.request(2).outcome == "done"


async def test_calling_again_reaches_who_helps(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "nhận 1")
    await village.says("nam", "gặp người")
    assert "vừa bấm gọi lại" in village.last("dung")
    assert village.request().asked == 2


async def test_secrets_are_never_passed_on(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "nhận 1")
    before = village.last("dung")
    village.house.hear("nam", text="otp là •••", secrets="code")
    await village.work()
    assert village.last("dung") == before
    assert "đã che" in "".join(village.channel.texts("nam")[-2:])


async def test_a_day_without_a_word_closes_it(village: Callers) -> None:
    await _call(village)
    await village.says("dung", "nhận 1", "bác thử lại nhé")
    await village.later(hours=24, minutes=1)
    assert village.request().outcome == "faded"
    assert "khép lời nhờ này" in "".join(village.channel.texts("nam")[-2:])
