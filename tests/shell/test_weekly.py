"""Monday mornings: reports kept, team leads told, silence when nothing changed."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
import pytest
from fakes import Clock
from sqlalchemy import Connection, text
from village import CITY, COMMUNE, NEAR, find, plant

from bot.core import digest as core
from bot.core.digest import Digest
from bot.core.reminding import Calendar
from bot.core.rights import terminal
from bot.digest_words import DigestWords
from bot.library import Library
from bot.services import figures
from bot.services.figures import Catalogue
from bot.weekly import NAME, Weekly
from storage import audit, links, people, progress, reports, rows, teams, upkeep
from storage.database import SECOND, Database
from storage.reports import Aim
from storage.signals import Signals
from storage.tables import Confirmation, GuideRun, Visit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOLIDAY = datetime(2027, 1, 25).date()
WEEK, NEXT = "2027-W02", "2027-W03"


def _at(day: int, hour: int = 9) -> int:
    """In January 2027; the 11th and the 18th are Mondays."""
    return int(datetime(2027, 1, day, hour, tzinfo=ZONE).timestamp()) * SECOND


class Mondays:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self.database, self.clock = database, clock
        self.weekly = self.machine(library)
        clock.now = _at(11)
        database.write_now(self._live)

    def machine(self, library: Library) -> Weekly:
        calendar = Calendar(ZONE, frozenset({HOLIDAY}))
        return Weekly(self.database, Signals(self.database), library, calendar)

    def _live(self, connection: Connection) -> None:
        plant(connection)
        connection.execute(text("UPDATE team_member SET joined_at = 0"))
        people.see(connection, {"fake:one:hoa": "fake"}, self.clock())
        links.link(connection, "fake:one:hoa", find(connection, "Chị Hoa"), self.clock())

    def do(self, work: Callable[[Connection], object]) -> None:
        self.database.write_now(work)

    async def until(self, moment: int) -> None:
        self.clock.now = moment
        while await self.weekly.once():
            pass

    def told(self) -> list[tuple[str, str]]:
        """Address and words, in order."""
        query = text("SELECT address, content FROM outbox WHERE owner LIKE 'digest:%' ORDER BY id")
        found = self.database.read_now(lambda one: one.execute(query).all())
        return [(row[0], orjson.loads(row[1])["text"]) for row in found]

    def kept(self, week: str) -> set[str]:
        query = text("SELECT area FROM report_snapshot WHERE week = :week")
        return set(
            self.database.read_now(lambda one: one.execute(query, {"week": week}).scalars().all())
        )

    def did(self, name: str, outcome: str, at: int, item: str = "") -> None:
        def work(connection: Connection) -> None:
            row = {"address": "fake:one:x", "person": find(connection, name), "guide": "vneid"}
            more = {"revision": "r", "item": item, "outcome": outcome, "at": at}
            progress.record(connection, [row | more])

        self.do(work)


@pytest.fixture
def mondays(database: Database, clock: Clock, library: Library) -> Mondays:
    return Mondays(database, clock, library)


def _busy(connection: Connection) -> None:
    """What a member and the chat wrote down in the week of the 11th."""
    bay, member = find(connection, "Ông Bảy"), find(connection, "Anh Dũng")
    row = {"household": "H002", "person": bay, "guide": "vneid", "outcome": "done"}
    rows.insert(connection, Visit, [row | {"member": member, "day": "x", "at": _at(12)}])
    row = {"person": bay, "guide": "vneid", "kind": "verified", "revision": "r", "run": 0}
    more = {"visit": 1, "recorder": member, "at": _at(12)}
    rows.insert(connection, Confirmation, [row | more])
    run = {"sequence": 0, "place": 0, "person": find(connection, "Bà Năm"), "guide": "vneid"}
    run |= {"revision": "r", "way": "chat", "started_by": 0, "state": "started"}
    run |= {"item": "nhap-ma", "stuck": 1, "helped_at": 0, "created_at": _at(12)}
    rows.insert(connection, GuideRun, [run | {"moved_at": _at(12), "ended_at": None}])
    aim = Aim(NEAR, "vneid", 30, "2027-06-30", 0, "", "")
    figures.set_goal(connection, terminal(), _at(11), ZONE, aim)


async def test_a_lead_is_told_the_week_on_monday_morning(mondays: Mondays) -> None:
    await mondays.until(_at(11))
    mondays.do(_busy)
    mondays.did("Bà Năm", "started", _at(12))
    mondays.did("Bà Năm", "stuck", _at(12), "nhap-ma")
    await mondays.until(_at(18, 7))
    assert mondays.told() == []
    await mondays.until(_at(18, 8))
    ((address, said),) = mondays.told()
    assert address == "fake:one:hoa"
    assert said.split("\n") == [
        "📋 Tuần 2 của Tổ Cầu Xéo:",
        "• 2 người được hướng dẫn; 0 người tự nói làm được, 1 người được tổ xác nhận.",
        "• Đã đến 1 hộ.",
        "• 1 lượt người bị kẹt, nhiều nhất ở bài Cài và dùng VNeID an toàn: "
        "Bác nhập mã trong tin nhắn vừa về (gọi là mã OTP) vào VNeID.",
        "• Chỉ tiêu Cài và dùng VNeID an toàn: 1/30 người, hạn 30/06/2027; "
        "cần thêm 2 người mỗi tuần.",
        "👏 Điểm sáng: nhiều người học xong nhất là bài Cài và dùng VNeID an toàn.",
        "🚪 Ba nhà nên gõ cửa tuần này:",
        "1. H001: đang bị kẹt, chưa nhắn được qua chat, chưa đến lần nào",
        "2. H002: chưa nhắn được qua chat, chỉ có người cao tuổi",
        "3. H003: chưa đến lần nào",
    ]
    assert not [name for name in ("Năm", "Bảy", "Hẻm") if name in said]
    await mondays.until(_at(18, 9))
    assert len(mondays.told()) == 1
    assert mondays.kept(WEEK) == {COMMUNE, CITY, "team:near", "team:far"}


async def test_nothing_is_said_when_nothing_changed(mondays: Mondays) -> None:
    await mondays.until(_at(11))
    await mondays.until(_at(18))
    ((_, said),) = mondays.told()
    assert "• Tuần này chưa có ai học bài nào." in said
    assert "không rõ, không phải bằng 0" in said
    assert "• Hai tuần nay chưa thấy ghi việc: Anh Dũng." in said
    await mondays.until(_at(26))
    assert len(mondays.told()) == 1
    assert mondays.kept(NEXT) >= {"team:near"}


async def test_a_day_off_puts_it_off_and_a_late_start_makes_up_for_it(mondays: Mondays) -> None:
    await mondays.until(_at(11))
    await mondays.until(_at(20))
    mondays.did("Ông Bảy", "finished", _at(20))
    due = mondays.database.read_now(lambda one: upkeep.due(one, NAME))
    assert due == _at(26, 7)
    await mondays.until(_at(25, 12))
    assert len(mondays.told()) == 1
    await mondays.until(_at(26, 21))
    assert len(mondays.told()) == 2
    later = text("SELECT max(not_before_at) FROM outbox")
    assert mondays.database.read_now(lambda one: one.execute(later).scalar()) == _at(27, 7)


async def test_leads_who_asked_for_quiet_or_have_no_chat_are_not_written_to(
    mondays: Mondays,
) -> None:
    await mondays.until(_at(11))

    def hush(connection: Connection) -> None:
        hoa = find(connection, "Chị Hoa")
        teams.set_duty(connection, hoa, on_duty=True, quiet_until=_at(30))

    mondays.do(hush)
    await mondays.until(_at(18))
    assert (mondays.told(), "team:near" in mondays.kept(WEEK)) == ([], True)


async def test_two_machines_tell_it_once(mondays: Mondays, library: Library) -> None:
    await mondays.until(_at(11))
    other = mondays.machine(library)
    mondays.clock.now = _at(18)
    while await mondays.weekly.once():
        await other.once()
    assert len(mondays.told()) == 1
    entries = mondays.database.read_now(lambda one: audit.latest(one, f"report:{COMMUNE}:{WEEK}"))
    assert len(entries) == 1
    assert mondays.database.read_now(lambda one: reports.weeks(one, COMMUNE)) == [(WEEK, 1)]


async def test_one_team_that_fails_keeps_nobody_else_waiting(mondays: Mondays) -> None:
    await mondays.until(_at(11))
    broken = Aim(NEAR, "vneid", 9, "never", 0, "", "")
    row = {name: getattr(broken, name) for name in Aim.__slots__} | {"set_by": 0, "set_at": 0}
    mondays.do(lambda one: reports.aim(one, row))
    await mondays.until(_at(18))
    assert mondays.kept(WEEK) == {COMMUNE, CITY, "team:far"}
    assert mondays.told() == []
    due = mondays.database.read_now(lambda one: upkeep.due(one, NAME))
    assert due == _at(26, 7)


def _digest(**changes: object) -> Digest:
    plain: dict[str, object] = {"team": "t", "week": WEEK, "snag": "", "best": "", "visited": None}
    plain |= dict.fromkeys(("guided", "said", "verified", "calls", "stuck"), 0)
    plain |= {"quiet": [5], "goals": [], "doors": [{"household": "H001", "why": ["stuck"]}]}
    return core.from_plain(plain | changes)


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({}, False),
        ({"doors": [{"household": "H001", "why": ["never"]}]}, False),
        ({"doors": [{"household": "H002", "why": []}]}, True),
        ({"quiet": []}, True),
        ({"visited": 1}, True),
        ({"calls": 1}, True),
    ],
)
def test_what_is_news(changes: dict[str, object], *, news: bool) -> None:
    assert core.is_news(_digest(**changes), _digest()) is news
    assert core.is_news(_digest(), None)
    assert not core.is_news(_digest(quiet=[], doors=[]), None)
    assert core.from_plain(core.to_plain(_digest())) == _digest()


def test_goals_are_said_as_they_stand_and_what_is_not_there_is_left_out() -> None:
    catalogue = Catalogue({"vneid": "VNeID"}, {}, {"": ()}, "")
    goal = {"guide": "vneid", "done": 9, "number": 10, "due": "2027-06-30", "each": 1}
    goals = [goal | {"late": False}, goal | {"late": True}, goal | {"done": 12, "late": False}]
    found = _digest(goals=goals, doors=[], quiet=[7], calls=2, visited=3, stuck=1, snag="a b")
    assert DigestWords().text(found, "Tổ 1", {}, catalogue).split("\n") == [
        "📋 Tuần 2 của Tổ 1:",
        "• Tuần này chưa có ai học bài nào.",
        "• Đã đến 3 hộ.",
        "• 2 lời nhờ giúp mới.",
        "• 1 lượt người bị kẹt, nhiều nhất ở bài a: a b",
        "• Chỉ tiêu VNeID: 9/10 người, hạn 30/06/2027; cần thêm 1 người mỗi tuần.",
        "• Chỉ tiêu VNeID: 9/10 người, đã quá hạn 30/06/2027.",
        "• Chỉ tiêu VNeID: đã đạt 12/10 người. Cảm ơn cả tổ!",
    ]
    told = DigestWords().text(_digest(doors=[{"household": "H9", "why": []}]), "T", {}, catalogue)
    assert told.endswith("1. H9: lâu chưa đến")
