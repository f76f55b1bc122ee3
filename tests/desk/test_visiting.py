"""At the door, as dialogues: recording what was seen, in messy spelling and twice; consent of who
has no phone; the list of the week; the question a month later.
"""

import pytest
from fakes import Clock
from sqlalchemy import Connection, select
from talk import Talk
from village import find

from bot.library import Library
from storage import households, reminders, runs
from storage.database import DAY, Database
from storage.rows import table
from storage.tables import Consent, ConsentText, Sight, Visit


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(hoa="Chị Hoa", dung="Anh Dũng", dao="Cô Đào", bay="Ông Bảy")
    return made


def _confirmed(talk: Talk, name: str) -> dict[str, frozenset[str]]:
    def read(connection: Connection) -> dict[str, frozenset[str]]:
        person = find(connection, name)
        return runs.confirmed(connection, [person]).get(person, {})

    return talk.database.read_now(read)


def _visits(talk: Talk) -> list[tuple[str, str, str]]:
    rows = talk.database.read_now(lambda one: one.execute(select(table(Visit))).all())
    return [(row.household, row.guide, row.outcome) for row in rows]


def _shown(talk: Talk, name: str) -> set[str]:
    """Which households' names somebody was shown, as it is noted."""
    viewer = talk.database.read_now(lambda one: find(one, name))
    rows = talk.database.read_now(lambda one: one.execute(select(table(Sight))).all())
    return {row.household for row in rows if row.viewer == viewer}


async def test_what_was_seen_at_the_door_is_verified_and_goes_on(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan vneid ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    said = await talk.says("dung", "H2 AN TOAN XONG")
    assert said == ("✅ Đã ghi H002: Ông Bảy làm được An toàn trên mạng, tổ viên tận mắt thấy.")
    assert _confirmed(talk, "Ông Bảy") == {"an-toan": frozenset({"verified"})}
    assert "Mình qua bài tiếp theo bác nhé." in "\n".join(talk.channel.texts("bay")[-2:])
    assert "Hôm nay đã ghi rồi" in (await talk.says("dung", "h 002 an toàn xong"))
    assert _visits(talk) == [("H002", "an-toan", "done")]


async def test_self_said_and_seen_are_kept_apart(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    await talk.finishes("bay", "an-toan")
    assert _confirmed(talk, "Ông Bảy") == {"an-toan": frozenset({"said"})}
    await talk.presses("dung", "Đã thấy làm được")
    assert _confirmed(talk, "Ông Bảy") == {"an-toan": frozenset({"said", "verified"})}
    assert "An toàn trên mạng: tự báo xong, tổ viên đã thấy" in (await talk.says("dung", "h2"))


@pytest.mark.parametrize(
    "typed",
    [
        "h2 vneid xong",
        "H002, VNeID: XONG!",
        "ho 2 vne id xog",
        "h2 vnied xong",
        "H2 xong vneid",
        "hộ 02 định danh làm xong",
    ],
)
async def test_messy_spelling_is_forgiven(talk: Talk, typed: str) -> None:
    await talk.says("dung", typed)
    await talk.presses("dung", "nói miệng")
    assert _visits(talk) == [("H002", "vneid", "done")]


async def test_nobody_is_recorded_without_consent(talk: Talk) -> None:
    asked = await talk.says("dung", "h1 ba nam vneid xong")
    assert asked.startswith("Bà Năm chưa đồng ý cho ghi lại. Đọc lời này rồi hỏi:")
    assert _visits(talk) == []
    said = await talk.presses("dung", "đã ký giấy")
    assert said == "✅ Đã ghi H001: Bà Năm làm được VNeID, tổ viên tận mắt thấy."

    def read(connection: Connection) -> tuple[str, str, bool]:
        row = connection.execute(select(table(Consent))).one()
        text = connection.execute(
            select(table(ConsentText)).where(table(ConsentText).c.version == row.version)
        ).one()
        member = find(connection, "Anh Dũng")
        return row.recorder.replace(str(member), "N"), text.content, row.granted

    recorder, text, granted = talk.database.read_now(read)
    assert (recorder, granted) == ("member:N:paper", True)
    assert text == talk.words.say("consent_words")
    assert "Đã ghi H001" in (await talk.says("dung", "h1 ba nam an toan xong"))


async def test_a_no_is_recorded_and_nothing_else(talk: Talk) -> None:
    await talk.says("dung", "h1 ba nam vneid xong")
    assert "Bà Năm không đồng ý" in (await talk.presses("dung", "Không đồng ý"))
    assert (_visits(talk), _confirmed(talk, "Bà Năm")) == ([], {})


async def test_who_it_was_is_asked_where_several_live(talk: Talk) -> None:
    assert "H001: ai trong nhà ạ?" in (await talk.says("dung", "h1 vneid xong"))
    await talk.presses("dung", "Anh Tư")
    await talk.presses("dung", "nói miệng")
    assert _confirmed(talk, "Anh Tư") == {"vneid": frozenset({"verified"})}
    assert _confirmed(talk, "Bà Năm") == {}


async def test_nothing_is_guessed_from_what_is_not_understood(talk: Talk) -> None:
    assert "Không hiểu “qwert”" in (await talk.says("dung", "h2 vneid qwert xong"))
    assert _visits(talk) == []


async def test_away_refused_and_moved(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    assert "vắng nhà" in (await talk.says("dung", "h2 vắng"))
    assert "90 ngày" in (await talk.says("dung", "h2 từ chối"))
    home = talk.database.read_now(lambda one: households.get(one, ["H002"])["H002"])
    assert (home.muted_reason, home.muted_until > talk.clock()) == ("refused", True)
    assert "đã chuyển đi" in (await talk.says("dung", "h1 chuyển đi"))
    assert "đã chuyển đi hoặc đã nhập" in (await talk.says("dung", "h1 chuyển đi"))
    said = len(talk.channel.texts("bay"))
    await talk.later(days=10, step=12)
    assert len(talk.channel.texts("bay")) == said
    assert [one[2] for one in _visits(talk)] == ["away", "refused", "moved"]


async def test_another_hamlet_is_refused(talk: Talk) -> None:
    assert "nơi tổ khác" in (await talk.says("dao", "h2 vneid xong", "h2 vắng"))
    assert _visits(talk) == []


async def test_the_week_is_ranked_and_says_what_is_left_out(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu", "chưa được")
    await talk.says("dung", "gui h1 ba nam vneid tai nha ngay")
    shown = (await talk.says("hoa", "/tuan")).partition("\n\n")[2]
    assert shown.startswith("Nhà nên ghé tuần này (từ 11/01/2027), trang 1:\n1. H002")
    first, second, third = shown.split("\n")[1:4]
    assert "bị kẹt hoặc không trả lời; chỉ có người cao tuổi" in first
    assert "H001" in second
    assert "hẹn làm tại nhà; không nhắn được; VNeID: chờ làm tại nhà; chưa ghé lần nào" in second
    assert third == "3. H003 Hẻm 3 · Chị Hoa, Anh Dũng: chưa ghé lần nào"
    assert {"H001", "H002", "H003"} <= _shown(talk, "Chị Hoa")
    await talk.says("dung", "h2 vắng", "h3 từ chối")
    shown = await talk.says("hoa", "tuần")
    assert "H002" not in shown
    assert "Không có trong danh sách: 1 hộ đã ghé tuần này, 1 hộ xin không nhắn." in shown
    await talk.later(days=4, step=12)
    assert "4 ngày chưa ghé" in (await talk.says("hoa", "tuan"))
    assert "H004" not in shown
    assert "Không có nhà nào cần ghé ở trang này." in (await talk.says("hoa", "tuan 9"))


async def test_a_month_later_it_is_asked_once_and_any_answer_is_understood(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    await talk.finishes("bay", "an-toan")
    asked = talk.house.shelf.guides.current["an-toan"].follow_up
    await talk.later(days=29, step=24)
    assert asked not in talk.channel.texts("bay")
    await talk.later(days=2, step=12)
    assert talk.channel.texts("bay").count(asked) == 1
    await talk.later(hours=20, step=4)
    assert "mừng quá" in (await talk.says("bay", "dạ có"))
    assert _confirmed(talk, "Ông Bảy") == {"an-toan": frozenset({"said", "again"})}
    assert "Dạ, không sao" in (await talk.presses("bay", "Chưa dùng lại"))
    assert _confirmed(talk, "Ông Bảy") == {"an-toan": frozenset({"said", "no-longer"})}
    kinds = talk.database.read_now(lambda one: reminders.history(one, 1))
    assert [one for one in kinds if one[0] == "again"] == [("again", 1, "sent", "")]


async def test_nobody_answers_for_another_chat(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    await talk.finishes("bay", "an-toan")
    talk.house.hear("dao", choice="dl-1-co", turn=0)
    talk.house.hear("dao", choice="dl-x-co", turn=0)
    await talk.work()
    assert _confirmed(talk, "Ông Bảy") == {"an-toan": frozenset({"said"})}


async def test_a_member_may_say_it_is_used_still(talk: Talk) -> None:
    await talk.says("dung", "h2 vneid xong")
    await talk.presses("dung", "nói miệng")
    talk.clock.now += 31 * DAY
    assert "vẫn đang dùng VNeID" in (await talk.says("dung", "h2 vneid còn dùng"))
    assert _confirmed(talk, "Ông Bảy") == {"vneid": frozenset({"verified", "again"})}
