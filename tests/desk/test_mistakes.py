"""A visit recorded by mistake is taken back, as dialogues: by whom, and what is right again."""

import pytest
from fakes import Clock
from sqlalchemy import Connection, select
from talk import Talk
from village import find

from bot.library import Library
from storage import audit, households, reminders, runs, sequences
from storage.database import DAY, Database
from storage.rows import table
from storage.tables import GuideRun, Visit


@pytest.fixture
def talk(database: Database, clock: Clock, library: Library) -> Talk:
    made = Talk(database, clock, library)
    made.phones(hoa="Chị Hoa", dung="Anh Dũng", dao="Cô Đào", bay="Ông Bảy")
    return made


def _kinds(talk: Talk, name: str = "Ông Bảy") -> dict[str, frozenset[str]]:
    def read(connection: Connection) -> dict[str, frozenset[str]]:
        person = find(connection, name)
        return runs.confirmed(connection, [person]).get(person, {})

    return talk.database.read_now(read)


def _runs(talk: Talk) -> list[tuple[str, str]]:
    columns = table(GuideRun).c
    wanted = select(columns.guide, columns.state).order_by(columns.id)
    rows = talk.database.read_now(lambda one: one.execute(wanted).all())
    return [(guide, state) for guide, state in rows]


def _visits(talk: Talk) -> list[str]:
    wanted = select(table(Visit).c.outcome)
    return list(talk.database.read_now(lambda one: one.execute(wanted).scalars().all()))


async def test_a_slip_is_taken_back_with_the_button_under_the_answer(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan vneid ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    await talk.says("dung", "h2 an toàn xong")
    assert _runs(talk) == [("an-toan", "finished"), ("vneid", "given")]
    said = await talk.presses("dung", "Ghi nhầm")
    assert said.startswith("Đã bỏ lần ghi của H002: Ông Bảy làm được An toàn trên mạng")
    assert (_visits(talk), _kinds(talk)) == ([], {})
    assert _runs(talk) == [("an-toan", "given"), ("vneid", "planned")]
    assert "Anh Dũng của tổ công nghệ số nhờ cháu chỉ bác bài An toàn" in "".join(
        talk.channel.texts("bay")[-2:]
    )
    assert await talk.presses("dung", "Ghi nhầm") == ""
    shown = await talk.says("hoa", "tuần")
    assert "H002" in shown
    assert "hộ đã ghé tuần này" not in shown
    entry = talk.database.read_now(lambda one: audit.latest(one, "household:H002"))[0]
    assert entry["operation"] == "take-back-visit"
    assert "bỏ một lần ghi thăm" in (await talk.says("hoa", "lịch sử h2"))
    await talk.finishes("bay", "an-toan")
    assert _runs(talk) == [("an-toan", "finished"), ("vneid", "given")]


async def test_typed_it_is_shown_first_and_repeating_is_harmless(talk: Talk) -> None:
    await talk.says("dung", "h2 vắng", "h2 vneid xong")
    await talk.presses("dung", "nói miệng")
    asked = await talk.says("dung", "H2 GHI NHẦM")
    assert asked == (
        "Lần ghi gần nhất của H002: Ông Bảy làm được VNeID, 15/01/2027, Anh Dũng ghi. "
        "Bỏ lần ghi này?"
    )
    assert sorted(_visits(talk)) == ["away", "done"]
    known = talk.database.read_now(lambda one: one.execute(select(table(Visit).c.id)).scalars())
    newest = max(known)
    assert "Đã bỏ" in (await talk.says("dung", "1"))
    assert "hoặc đã bỏ rồi" in (await talk.says("dung", f"h2 ghi nhầm {newest}"))
    assert _visits(talk) == ["away"]
    assert "vắng nhà" in (await talk.says("dung", "h2 nhầm"))
    await talk.presses("dung", "Bỏ lần ghi")
    assert "hoặc đã bỏ rồi" in (await talk.says("dung", "h2 nhầm"))


async def test_only_who_recorded_it_or_a_lead_may(talk: Talk) -> None:
    await talk.says("hoa", "h2 vắng")
    assert "người khác ghi" in (await talk.says("dung", "h2 ghi nhầm"))
    assert "người khác ghi" in (await talk.says("dung", "h2 ghi nhầm 1"))
    assert "nơi tổ khác" in (await talk.says("dao", "h2 ghi nhầm"))
    await talk.says("dung", "h1 vắng")
    assert "Anh Dũng ghi" in (await talk.says("hoa", "h1 ghi nhầm"))
    await talk.presses("hoa", "Bỏ lần ghi")
    assert _visits(talk) == ["away"]
    await talk.says("dung", "h3 vắng")
    await talk.says("hoa", "h3 từ chối")
    assert "vắng nhà, 15/01/2027, Anh Dũng ghi" in (await talk.says("dung", "h3 ghi nhầm"))


async def test_what_was_seen_twice_stays_seen(talk: Talk) -> None:
    await talk.says("dung", "h2 vneid xong")
    await talk.presses("dung", "nói miệng")
    talk.clock.now += DAY
    await talk.says("hoa", "h2 vneid xong")
    await talk.says("dung", "h2 vneid còn dùng")
    await talk.presses("dung", "Ghi nhầm")
    assert _kinds(talk) == {"vneid": frozenset({"verified"})}
    first = talk.database.read_now(
        lambda one: min(one.execute(select(table(Visit).c.id)).scalars())
    )
    await talk.says("dung", f"h2 ghi nhầm {first}")
    assert _kinds(talk) == {"vneid": frozenset({"verified"})}
    await talk.says("hoa", "h2 ghi nhầm")
    await talk.presses("hoa", "Bỏ lần ghi")
    assert _kinds(talk) == {}


async def test_a_finished_sequence_goes_on_and_is_reminded_of(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    await talk.says("dung", "h2 an toàn xong")
    assert "1 xong" in (await talk.says("dung", "tien do"))
    await talk.says("dung", "h2 ghi nhầm")
    await talk.presses("dung", "Bỏ lần ghi")
    assert "1 đang làm" in (await talk.says("dung", "tien do"))
    known = talk.database.read_now(lambda one: reminders.history(one, 1))
    assert known[-2:] == [("again", 1, "cleared", "taken-back"), ("nudge", 1, "scheduled", "")]
    heard = len(talk.channel.texts("bay"))
    await talk.later(days=4, step=12)
    assert "đang học dở bài này" in "\n".join(talk.channel.texts("bay")[heard:])


async def test_who_stopped_meanwhile_is_left_alone(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan vneid ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    await talk.says("dung", "h2 an toàn xong")
    await talk.says("bay", "DỪNG")
    await talk.presses("dung", "Ghi nhầm")
    assert _runs(talk) == [("an-toan", "stopped"), ("vneid", "stopped")]


async def test_nobody_refused_and_nobody_moved(talk: Talk) -> None:
    await talk.says("dung", "gui h2 an-toan ngay")
    await talk.says("bay", "đồng ý", "không", "bắt đầu")
    for slip in ("h2 từ chối", "h2 chuyển đi"):
        await talk.says("dung", slip)
        assert _runs(talk) == [("an-toan", "stopped")]
        await talk.presses("dung", "Ghi nhầm")
        assert _runs(talk)[0][0] == "an-toan"
        assert _runs(talk)[0][1] in ("given", "started")
    home = talk.database.read_now(lambda one: households.get(one, ["H002"])["H002"])
    assert (home.state, home.muted_until, home.muted_reason) == ("active", 0, "")
    bay = talk.database.read_now(lambda one: sequences.open_of(one, [find(one, "Ông Bảy")]))
    assert [one.state for one in bay] == ["active"]
    assert _visits(talk) == []
    await talk.finishes("bay", "an-toan")
    assert _kinds(talk) == {"an-toan": frozenset({"said"})}
