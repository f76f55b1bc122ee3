"""What people say and press about announcements, through runner and sender."""

from typing import Any

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from office import CONTENT, ZONE, Office
from sqlalchemy import Connection
from village import NEAR, find

from bot.channels.base import Received
from bot.core.address import Address
from bot.core.announcement import Kind, State
from bot.core.events import GroupClaimed
from bot.core.rights import Role, terminal
from bot.desks import Heard
from bot.library import Library
from bot.notice_desk import NoticeDesk
from bot.notice_words import NoticeWords
from bot.runner import Runner
from bot.services import groups as group_service
from storage import announcements, groups, links, people, recipients, teams, views
from storage.database import Database


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def office(database: Database, channel: FakeChannel, library: Library, clock: Clock) -> Office:
    house = House(database, channel, library)
    words = NoticeWords("https://gocua.test", ZONE)
    desk = NoticeDesk(words, lambda text: "trúng thưởng" in text)
    house.runner = Runner(database, house.signals, {"fake": channel}, house.shelf, [desk])
    return Office(house, clock)


async def _say(office: Office, channel: FakeChannel, chat: str, **what: Any) -> str:
    office.house.hear(chat, **what)
    before = len(channel.sent)
    await office.house.all()
    return channel.sent[-1].message.text if len(channel.sent) > before else ""


async def test_a_pasted_notice_is_told_from_a_changed_one(
    office: Office, channel: FakeChannel
) -> None:
    number = office.approved(CONTENT)
    await office.work()
    (words,) = channel.texts("p1")
    answer = await _say(office, channel, "q", text=words)
    assert answer.startswith("Đúng, đây là thông báo số 1, ngày 15/01/2027.")
    changed = await _say(office, channel, "q", text=words.replace("Thứ sáu", "Thứ bảy"))
    assert "khác bản gốc ở chỗ: “bảy”" in changed
    masked = await _say(office, channel, "q", text=f"{words} 079123456789")
    assert "khác bản gốc" in masked
    greeting = await _say(
        office, channel, "q", text="Mai có họp tổ dân phố không, mấy giờ vậy cháu ơi?"
    )
    assert "thông báo số" not in greeting
    office.corrected(number, Kind.UPDATE, "Thứ bảy cắt điện.")
    await office.work()
    assert (await _say(office, channel, "q", text=words)).startswith("Đã được sửa.")


async def test_seen_is_counted_once_for_each(office: Office, channel: FakeChannel) -> None:
    number = office.approved(CONTENT)
    await office.work()
    code = office.kept(number).code
    for chat in ("p1", "p1", "p2"):
        await _say(office, channel, chat, choice=f"tb-xem.{code}", turn=0, press="p")
    await _say(office, channel, "p3", choice="tb-xem.ZZZZZZ", turn=0)
    assert office.database.read_now(lambda one: views.views(one, number)) == 2
    lines = office.database.read_now(lambda one: recipients.lines(one, number))
    assert sum(1 for one in lines if one.seen_at) == 2


async def test_posted_by_the_member_only(office: Office, channel: FakeChannel) -> None:
    number = office.approved(CONTENT)
    await office.work()
    lines = office.database.read_now(lambda one: recipients.lines(one, number, ["asked"]))
    choice = f"tb-dang.{lines[0].id}"
    assert "giao cho người khác" in await _say(office, channel, "p1", choice=choice, turn=0)
    assert "giao cho người khác" in await _say(office, channel, "p1", choice="tb-dang.x", turn=0)
    typed = f"Da dang {lines[0].id}"
    assert "giao cho người khác" in await _say(office, channel, "p1", text=typed)
    for said in ({"text": typed}, {"choice": choice, "turn": 0}):
        assert "“Nhóm g2”" in await _say(office, channel, "dung", **said)
    await office.steps()
    assert office.kept(number).state is State.DONE
    assert office.counts(number)["delivered"] == 1


@pytest.mark.parametrize("kind", ["text", "photo"])
async def test_what_an_official_passes_on_is_drafted_once_and_never_sent(
    office: Office, channel: FakeChannel, kind: str
) -> None:
    def appointed(connection: Connection) -> None:
        person = find(connection, "Chị Hoa")
        people.see(connection, {"fake:one:hoa": "fake"}, office.clock())
        links.link(connection, "fake:one:hoa", person, office.clock())
        row = {"person": person, "role": Role.AUTHOR, "area": NEAR, "granted_by": 0}
        teams.grant(connection, [row], office.clock())

    office.do(appointed)
    seen = announcements.latest
    post = "Điện lực: thứ sáu 18/6 cắt điện khu phố Cầu Xéo từ 8 giờ tới 11 giờ."
    passed = {"forwarded": post, "kind": kind}
    assert "Đã lưu bản nháp" in await _say(office, channel, "hoa", **passed)
    assert "đã có trong bản nháp" in await _say(office, channel, "hoa", **passed)
    drafts = office.database.read_now(lambda one: seen(one, tuple(State), 9))
    assert [(one.content.text, one.content.areas, one.state) for one in drafts] == [
        (post, (NEAR,), State.DRAFT)
    ]
    assert "bản nháp" not in await _say(office, channel, "q", **passed)
    scam = {**passed, "forwarded": f"{post} Nhanh tay trúng thưởng xe!"}
    assert "bản nháp" not in await _say(office, channel, "hoa", **scam)
    masked = {**passed, "secrets": "number", "forwarded": f"{post} Tài khoản •••"}
    assert "phải che" in await _say(office, channel, "hoa", **masked)
    office.approved(CONTENT)
    await office.work()
    ours = {**passed, "forwarded": channel.texts("p1")[0]}
    assert "Đúng, đây là thông báo" in await _say(office, channel, "hoa", **ours)
    assert len(office.database.read_now(lambda one: seen(one, tuple(State), 9))) == 2


async def test_saying_stop_stops_what_waits(office: Office, channel: FakeChannel) -> None:
    for words in ("chào", "đồng ý", "đồng ý"):
        await _say(office, channel, "p9", text=words)
    number = office.approved(CONTENT)
    await office.steps()
    office.house.hear("p9", text="dừng")
    await office.house.turn()
    await office.work()
    lines = office.database.read_now(lambda one: recipients.lines(one, number))
    states = {one.target: (one.state, one.reason) for one in lines}
    assert states["chat:fake:one:p9"] == ("skipped", "withdrew")


def test_a_group_is_claimed_by_somebody_known(office: Office) -> None:
    desk = NoticeDesk(NoticeWords("https://gocua.test", ZONE))
    chat = Address("fake", "one", "-77")

    def work(connection: Connection) -> list[str]:
        find(connection, "Anh Dũng")
        row = {"code": "g7", "area": NEAR, "channel": "fake", "name": "Nhóm 7"}
        groups.put(connection, [row])
        code = group_service.claim_code(connection, terminal(), office.clock(), "g7")
        said = []
        for author, given in (("stranger", code), ("dung", "AAAAAA"), ("dung", code)):
            received = Received(chat, GroupClaimed(given, "Xóm"), author=author)
            answer = desk.hear(connection, Heard(received, 0, 0, office.clock()))
            assert answer
            said.append(answer.messages[0].text)
        return said

    refused, wrong, claimed = office.database.write_now(work)
    assert refused == wrong != claimed
    assert "Nhóm 7" in claimed
    found = office.database.read_now(lambda one: groups.get(one, "g7"))
    assert found
    assert (found.address, found.title, found.renamed) == (str(chat), "Xóm", True)


async def test_a_member_takes_a_relay_group_in_their_own_chat(
    office: Office, channel: FakeChannel
) -> None:
    def offered(connection: Connection) -> tuple[str, str]:
        rows = [
            {"code": code, "area": NEAR, "channel": kind, "name": f"Nhóm {code}"}
            for code, kind in (("g8", "relay"), ("g9", "fake"))
        ]
        groups.put(connection, rows)
        codes = [
            group_service.claim_code(connection, terminal(), office.clock(), one)
            for one in ("g8", "g9")
        ]
        return codes[0], codes[1]

    relay, other = office.database.write_now(offered)
    for chat, code in (("q", relay), ("dung", other), ("dung", "AAAAAA")):
        assert "Mã này không đúng" in await _say(office, channel, chat, text=f"noi {code}")
    assert "“Nhóm g8”" in await _say(office, channel, "dung", text=f"/nối {relay.lower()}")
    found = office.database.read_now(lambda one: groups.get(one, "g8"))
    assert found
    assert (found.trouble, found.address) == ("", "")
    assert found.claimed_by == office.database.read_now(lambda one: find(one, "Anh Dũng"))


async def test_an_official_drafts_by_chat_and_nobody_else(
    office: Office, channel: FakeChannel
) -> None:
    def appoint(connection: Connection) -> None:
        lead = find(connection, "Chị Hoa")
        people.see(connection, {"fake:one:hoa": "fake"}, office.clock())
        links.link(connection, "fake:one:hoa", lead, office.clock())
        row = {"person": lead, "role": Role.AUTHOR, "area": NEAR, "granted_by": 0}
        teams.grant(connection, [row], office.clock())

    office.do(appoint)
    words = "Soan thong bao\nThứ bảy dọn vệ sinh."
    for chat in ("dung", "stranger"):
        assert "bản nháp" not in await _say(office, channel, chat, text=words)
    assert "bản nháp 1" in await _say(office, channel, "hoa", text=words)
    kept = office.kept(1)
    assert (kept.state, kept.content.text) == (State.DRAFT, "Thứ bảy dọn vệ sinh.")
    assert kept.content.areas == (NEAR,)
