"""Members' own guide: offered first, not shown to residents."""

import pytest
from fakes import Clock
from talk import Talk

from bot.library import Library
from storage.database import Database

OFFER = "Anh chị chưa học bài dành cho tổ viên"


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(dung="Anh Dũng", bay="Ông Bảy")
    return made


async def test_a_member_is_offered_it_until_it_is_done(talk: Talk) -> None:
    assert OFFER in (await talk.says("dung", "lệnh"))
    assert (await talk.says("dung", "tuần")).startswith("📗")
    begun = await talk.presses("dung", "Học bài tổ viên")
    assert "Mở bài dành cho tổ viên" in begun
    await talk.says("dung", "đồng ý", "không", "bắt đầu")
    found = talk.house.shelf.guides.team["to-vien"]
    for _ in found.steps:
        await talk.presses_id("dung", "xong")
    for question in found.questions:
        await talk.presses_id("dung", question.right)
    assert found.closing in "\n".join(talk.channel.texts("dung"))
    assert OFFER not in (await talk.says("dung", "tuần", "lệnh"))
    assert "Bước 1/7" in (await talk.says("dung", "bài tổ viên", "bắt đầu"))


async def test_residents_are_not_shown_it(talk: Talk, library: Library) -> None:
    assert "to-vien" not in {guide.id for guide in library.guides}
    await talk.says("bay", "chào", "đồng ý", "không")
    assert "to-vien" not in talk._offers("bay")
    assert "Bước 1/7" not in (await talk.says("bay", "bài tổ viên", "bắt đầu"))
    assert "Bài cho tổ viên" not in (await talk.says("dung", "gui h2"))
