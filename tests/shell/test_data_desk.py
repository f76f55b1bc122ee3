"""A resident's own data: seen, corrected, withdrawn and deleted in the chat, and what is left."""

import pytest
from callers import Callers
from fakes import Clock
from sqlalchemy import Connection
from village import FAR, find

from bot.core.data_rights import CORRECT, DELETE
from bot.core.effects import Outcome, Purpose
from bot.core.rights import Actor, Grant, Refusal, Role, terminal
from bot.data_clerk import DataClerk
from bot.library import Library
from bot.people_words import PeopleWords
from bot.services import data_requests as cases
from bot.services import own_data, visits
from bot.services import persons as person_service
from bot.services.access import Problem, Refused
from storage import audit, data_requests, households, lanes, links, outbox, persons, runs
from storage.data_requests import Asked
from storage.database import DAY, Database
from storage.outbox import NewDelivery
from storage.rows import Model, Row, table
from storage.tables import (
    Chat,
    Consent,
    ConversationState,
    DataRequest,
    Delivery,
    HelpEvent,
    HelpRequest,
    InboxUpdate,
    Progress,
)


def test_everything_kept_has_words() -> None:
    """What is taken along is never told in the names of tables."""
    said = PeopleWords("https://x.vn")
    kinds = {
        "progress": [str(one) for one in Outcome],
        "help_request": ["open", "claimed", "closed"],
        "guide_run": ["planned", "given", "started", "finished", "stopped"],
        "confirmation": [runs.SAID, runs.VERIFIED, runs.AGAIN, runs.NO_LONGER],
        "visit": [str(one) for one in visits.Outcome],
        "consent": ["yes", "no"],
    }
    for name, values in kinds.items():
        assert all(said.say(f"data.whats.{name}.{one}") for one in values)
        assert said.say(f"data.rows.{name}", guide="a", what="b", purpose="c")
    assert all(said.say(f"data.purposes.{one}") for one in Purpose)


class Residents(Callers):
    """With the clerk who erases."""

    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        super().__init__(database, clock, library)
        self.clerk = DataClerk(database, self.house.signals, self.people, self.vault)

    async def work(self) -> None:
        await super().work()
        while await self.clerk.once():
            await super().work()

    def rows(self, model: Model) -> list[Row]:
        work = lambda one: one.execute(table(model).select()).mappings().all()  # noqa: E731
        return [dict(row) for row in self.do(work)]


@pytest.fixture
def village(database: Database, clock: Clock, library: Library) -> Residents:
    made = Residents(database, clock, library)
    made.phones(nam="Bà Năm", tu="Anh Tư, Ông Bảy", dung="Anh Dũng")
    return made


async def _learn(village: Residents, chat: str) -> None:
    await village.says(chat, "chào", "đồng ý", "đồng ý", "1", "bắt đầu")


async def test_one_sees_what_is_kept_and_takes_it_along(village: Residents) -> None:
    dung = village.actor("Anh Dũng")

    def phone(connection: Connection) -> None:
        nam = find(connection, "Bà Năm")
        change = person_service.change
        change(connection, dung, village.clock(), village.vault, nam, phone="0912345678")

    village.do(phone)
    await _learn(village, "nam")
    shown = await village.says("nam", "du lieu cua toi")
    assert "Bà Năm; hộ H001, Hẻm 1; từ 80 tuổi; không có máy riêng" in shown
    assert "0912 345 678" in shown
    assert "VNeID" in shown
    assert "Ghi bài học: đồng ý ngày 15/01/2027" in shown
    labels = [one.label for one in village.channel.sent[-1].message.choices]
    assert labels == [
        "📕 Thôi ghi bài học",
        "🔕 Thôi nhận thông báo",
        "✏️ Sửa cho đúng",
        "📥 Chép về",
        "🗑 Xóa hết",
    ]
    taken = await village.presses("nam", "Chép về")
    assert "15/01/2027 học VNeID: bắt đầu" in taken
    assert "15/01/2027 ghi bài học: đồng ý" in taken
    assert "15/01/2027 được giao VNeID: đang học" in taken
    assert taken.endswith("— Hết, 4 dòng.")
    asked = village.rows(DataRequest)
    assert {(row["kind"], row["done_at"] is None) for row in asked} == {("see", False)}


async def test_one_purpose_is_withdrawn_without_the_other(village: Residents) -> None:
    await _learn(village, "nam")
    await village.says("nam", "dữ liệu của tôi")
    assert "không gửi thông báo" in await village.presses("nam", "Thôi nhận thông báo")
    consents = village.rows(Consent)
    assert [(row["purpose"], row["granted"]) for row in consents] == [
        ("guides", True),
        ("news", True),
        ("news", False),
    ]
    assert "Bước 1/" in await village.says("nam", "xem lại")
    await village.says("nam", "dữ liệu của tôi")
    assert "Thôi nhận thông báo" not in str(village.channel.sent[-1].message.choices)
    assert "dừng bài đang học" in await village.says("nam", "1")  # typed
    state = village.rows(ConversationState)[0]["state"]
    assert '"waiting_for":"declined"' in state
    assert '"consents":[]' in state


async def test_a_correction_is_somebodys_with_a_clock(village: Residents) -> None:
    village.at("2027-01-15T10:00")  # a Friday
    await village.says("nam", "chào", "dữ liệu của tôi")
    assert "hai ngày làm việc" in await village.presses("nam", "Sửa cho đúng")
    (case,) = village.do(lambda one: cases.listed(one, terminal()))
    found = case.asked
    assert found.kind == CORRECT
    assert village.people.say("help.no_guide") in village.last("dung")
    answer, due = found.answer_by, found.due_at
    village.at("2027-01-19T07:30")
    assert (answer, due) == (village.clock(), found.asked_at + 10 * DAY)
    assert village.do(lambda one: data_requests.overdue(one, village.clock())) == 0
    village.clock.advance(1)
    assert village.do(lambda one: data_requests.overdue(one, village.clock())) == 1
    lead, now, vault = village.actor("Chị Hoa"), village.clock(), village.vault

    def correct(actor: Actor, number: int) -> object:
        return village.do(lambda one: cases.correct(one, actor, now, vault, number))

    away = Actor(lead.person, "console", (Grant(Role.LEAD, FAR),))
    assert village.do(lambda one: cases.listed(one, away)) == []
    with pytest.raises(Refused) as refused:
        correct(away, found.id)
    assert refused.value.reason is Refusal.AREA
    correct(lead, found.id)
    with pytest.raises(Refused) as again:
        correct(lead, found.id)
    assert again.value.reason is Problem.SAME
    with pytest.raises(Refused) as unknown:
        correct(lead, 99)
    assert unknown.value.reason is Problem.NO_PERSON
    known = village.do(lambda one: cases.listed(one, lead, is_open=False))
    settled = {one.asked.kind: one.asked for one in known}[CORRECT]
    assert (settled.done_by, settled.declined) == (lead.person, "")
    assert village.do(data_requests.open_count) == 0


async def test_everything_is_deleted_and_nothing_more_is_sent(village: Residents) -> None:
    await _learn(village, "nam")
    await village.says("nam", "gặp người")
    await village.says("dung", "nhận 1", "bác khỏe không")
    nam = village.person("Bà Năm")
    later = NewDelivery(
        "reminder:1",
        "fake:one:nam",
        "{}",
        lanes.PERSONAL,
        not_before_at=village.clock() + DAY,
        person=nam,
    )
    village.do(lambda one: outbox.enqueue(one, [later], village.clock()))
    assert "không lấy lại được" in await village.says("nam", "xoá dữ liệu")
    assert "giữ nguyên" in await village.presses("nam", "Không xóa")
    await village.says("nam", "xóa dữ liệu của tôi")
    assert "đã xóa hết dữ liệu của bác" in await village.presses("nam", "Xóa hết của tôi")

    for model in (ConversationState, Progress, HelpRequest, HelpEvent):
        assert village.rows(model) == []
    assert nam not in village.do(lambda one: persons.get(one, [nam]))
    assert village.do(lambda one: links.reach(one, [nam])) == {}
    assert "fake:one:nam" not in {row["address"] for row in village.rows(Chat)}
    assert not village.do(lambda one: households.search(one, [""], "ba nam", 5))
    kept = [row for row in village.rows(Delivery) if row["address"] == "fake:one:nam"]
    assert [row["owner"] for row in kept] == ["data:1"]
    assert {row["state"] for row in village.rows(Delivery)} == {"accepted", "skipped"}
    assert not [row for row in village.rows(InboxUpdate) if row["address"] == "fake:one:nam"]
    consents = village.rows(Consent)
    assert {(row["address"], row["person"]) for row in consents} == {("", nam)}
    (asked,) = [row for row in village.rows(DataRequest) if row["kind"] == DELETE]
    assert (asked["address"], asked["done_at"] is not None) == ("", True)
    assert village.do(audit.verify)[1] is None
    assert "trợ lý tự động" in await village.says("nam", "chào")  # a stranger again


async def test_of_two_on_one_phone_only_one_is_deleted(village: Residents) -> None:
    await _learn(village, "tu")
    await village.says("tu", "đổi người", "2")
    await village.says("tu", "đồng ý", "không")
    await village.says("tu", "xóa dữ liệu")
    await village.presses("tu", "Xóa hết của tôi")
    tu, bay = village.person("Anh Tư"), "Ông Bảy"
    left = {row["person"] for row in village.rows(ConversationState)}
    assert left == {tu}
    profiles = village.do(lambda one: links.profiles(one, ["fake:one:tu"]))["fake:one:tu"]
    assert bay not in [one.name for one in profiles]
    assert "Bước 1/" in await village.says("tu", "xem lại")


async def test_nobody_known_still_has_rights(village: Residents) -> None:
    await _learn(village, "x")
    assert "chưa nối với tên ai" in await village.says("x", "dữ liệu của tôi")
    await village.says("x", "con xóa hết thông tin của bác khỏi máy dùm bác nghen")
    assert "không lấy lại được" in village.last("x")
    assert "giữ nguyên" in await village.says("x", "1"), "typed without reading"
    assert village.rows(Progress)
    await village.says("x", "xóa dữ liệu")
    await village.says("x", "2")
    assert village.rows(Progress) == []
    assert "đã xóa hết" in village.last("x")


async def test_who_serves_is_told_why_not(village: Residents) -> None:
    await village.says("dung", "chào", "xóa dữ liệu")
    answer = await village.presses("dung", "Xóa hết của tôi")
    assert "đang là tổ viên" in answer
    assert village.actor("Anh Dũng").person
    assert village.do(data_requests.open_count) == 0
    assert [row["declined"] for row in village.rows(DataRequest)] == ["serves"]


async def test_a_deletion_asked_of_the_platform_is_done(village: Residents) -> None:
    await _learn(village, "nam")
    nam, now = village.person("Bà Năm"), village.clock()
    asked = Asked(0, "fake:one:nam", nam, DELETE, now, now, now, None)
    first = village.do(lambda one: data_requests.add(one, asked))
    assert village.do(lambda one: data_requests.add(one, asked)) == first
    await village.work()
    assert village.do(lambda one: persons.get(one, [nam])) == {}


def test_nobody_else_sees_or_deletes_it(village: Residents) -> None:
    nam, far = village.person("Bà Năm"), village.actor("Cô Đào")
    neighbour, dung = village.actor("Ông Bảy"), village.actor("Anh Dũng")
    now = village.clock()

    def refusal(work: object) -> Refusal | Problem:
        with pytest.raises(Refused) as caught:
            village.do(work)  # type: ignore[arg-type]
        return caught.value.reason

    vault = village.vault
    assert refusal(lambda one: own_data.see(one, far, now, vault, nam)) is Refusal.AREA
    assert refusal(lambda one: own_data.see(one, neighbour, now, vault, nam)) is Refusal.STRANGER
    assert refusal(lambda one: own_data.erase(one, far, now, vault, nam)) is Refusal.ROLE
    assert refusal(lambda one: own_data.erase(one, dung, now, vault, nam)) is Refusal.ROLE
    assert refusal(lambda one: cases.listed(one, dung)) is Refusal.ROLE
    own = own_data.oneself(nam, village.address("nam"))
    assert refusal(lambda one: own_data.see(one, own, now, vault, 0, "fake:one:tu"))
    exported = village.do(lambda one: own_data.export(own_data.see(one, dung, now, vault, nam)))
    assert exported["household"] == {"code": "H001", "label": "Hẻm 1"}


async def test_a_correction_is_asked_for_in_words(village: Residents) -> None:
    """What is wrong stands behind a colon and is read by whoever claims it."""
    assert "Cháu đã báo tổ sửa giúp, kèm lời" in await village.says(
        "nam", "Sửa dữ liệu: tên tôi là Năm Lành"
    )
    (asked,) = village.rows(DataRequest)
    assert (asked["kind"], asked["done_at"]) == (CORRECT, None)
    assert "đã nhắn: tên tôi là Năm Lành" in await village.says("dung", "nhận 1")
    await village.says("nam", "sửa dữ liệu: và tôi 81 tuổi")
    assert village.last("dung").endswith("và tôi 81 tuổi")
    assert "nói cho người của tổ biết" in await village.says("nam", "sua du lieu cua toi")
    assert len(village.rows(DataRequest)) == 1
    before = len(village.rows(DataRequest))
    await village.says("nam", "xóa dữ liệu: của VNeID")
    assert len(village.rows(DataRequest)) == before
