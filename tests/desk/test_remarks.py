"""Members put lines into the week's report from their chat; residents' warnings are counted."""

import pytest
from fakes import Clock
from sqlalchemy import Connection, select
from talk import Talk
from village import COMMUNE, FAR, NEAR, find

from bot.core.rights import terminal
from bot.core.weeks import day_of, of_day
from bot.library import Library
from bot.services import remarks as service
from storage import erasure, remarks
from storage.database import DAY, Database
from storage.rows import table
from storage.tables import ScamWarning

SCAM = "Bạn đã trúng thưởng 50 triệu, bấm https://vietcombank-uudai.top để nhận"


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(hoa="Chị Hoa", dung="Anh Dũng", dao="Cô Đào", bay="Ông Bảy")
    return made


def _lines(talk: Talk) -> list[tuple[str, str, str]]:
    week = of_day(day_of(talk.clock(), talk.calendar.zone))
    found = talk.database.read_now(lambda one: service.listed(one, terminal(), COMMUNE, week))
    return [(one.area, one.kind, one.text) for one in found]


async def test_a_line_is_written_as_it_was_typed(talk: Talk) -> None:
    said = await talk.says("dung", "Khó khăn: hẻm 12 sóng yếu, máy cụ hay treo")
    assert "Đã ghi vào báo cáo tuần này, Khu phố Cầu Xéo." in said
    await talk.says("dao", "kien nghi mở thêm buổi tối thứ bảy")
    await talk.says("hoa", "báo lừa đảo H001 có người xưng điện lực xin mã")
    assert _lines(talk) == [
        (NEAR, "difficulty", "hẻm 12 sóng yếu, máy cụ hay treo"),
        (FAR, "proposal", "mở thêm buổi tối thứ bảy"),
        (NEAR, "scam", "có người xưng điện lực xin mã"),
    ]


async def test_a_line_without_words_is_asked_for_and_one_may_be_taken_back(talk: Talk) -> None:
    assert "Chưa ghi gì" in await talk.says("dung", "khó khăn")
    assert "Chưa ghi gì" in await talk.says("dung", "kiến nghị")
    assert "Chưa ghi gì" in await talk.says("dung", "báo lừa đảo")
    assert _lines(talk) == []
    await talk.says("dung", "khó khăn sóng yếu")
    assert "Đã bỏ dòng: sóng yếu" in await talk.says("dung", "bỏ ghi")
    assert _lines(talk) == []
    await talk.says("dung", "bỏ ghi")
    await talk.says("dung", "khó khăn sóng yếu")
    talk.clock.now += DAY + 1
    await talk.says("dung", "bỏ ghi")
    assert len(_lines(talk)) == 1, "after a day it stays"


async def test_a_household_of_others_is_refused(talk: Talk) -> None:
    await talk.says("dung", "khó khăn H004 mất sóng")
    assert _lines(talk) == []


async def test_a_warned_resident_is_counted_without_their_words(talk: Talk) -> None:
    await talk.says("bay", SCAM)
    await talk.says("bay", "tôi vừa bị lừa mất tiền rồi")

    def read(connection: Connection) -> list[tuple[int, str]]:
        rows = connection.execute(select(table(ScamWarning)).order_by(table(ScamWarning).c.id))
        return [(row.person, row.kind) for row in rows]

    chat = ["fake:one:bay"]
    bay = talk.database.read_now(lambda one: find(one, "Ông Bảy"))
    assert talk.database.read_now(read) == [(bay, "scam"), (bay, "loss")]
    talk.database.write_now(lambda one: erasure.erase(one, bay, chat, chat, talk.clock()))
    assert talk.database.read_now(read) == []
    assert talk.database.read_now(lambda one: remarks.last(one, bay, 0)) is None
