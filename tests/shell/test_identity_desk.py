"""Who is at a chat: codes, households, several people on one phone; through runner and sender."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from sqlalchemy import Connection
from village import find, plant

from bot.channels.base import Received
from bot.core import passcode
from bot.core.address import Address
from bot.core.events import GuideStarted, MediaReceived
from bot.core.rights import Actor, terminal
from bot.desks import Heard
from bot.identity_desk import IdentityDesk
from bot.library import Library
from bot.people_words import PeopleWords
from bot.runner import Runner
from bot.services import identity
from bot.vault import Vault
from storage import audit, conversations, links, people, persons, teams
from storage.database import DAY, HOUR, MINUTE, SECOND, Database
from storage.rows import Model, Row, table
from storage.tables import Consent, HelpRequest, LinkCode, Progress

_T = TypeVar("_T")


class Village:
    """A village with the identity desk; `do` runs work with the actor of that name."""

    def __init__(self, house: House, channel: FakeChannel, clock: Clock) -> None:
        self.house, self.channel, self.clock = house, channel, clock
        self.vault, self.words = Vault("word"), PeopleWords("https://x.vn", "gocua_bot")
        self.desk = IdentityDesk(self.words, self.vault, house.shelf)
        known = {channel.name: channel}
        house.runner = Runner(house.database, house.signals, known, house.shelf, [self.desk])
        house.database.write_now(plant)

    def do(self, work: Callable[[Connection], _T]) -> _T:
        return self.house.database.write_now(work)

    def actor(self, name: str) -> Actor:
        def work(connection: Connection) -> Actor:
            person = find(connection, name)
            return teams.actors(connection, [person], "test")[person]

        return self.do(work)

    def person(self, name: str) -> int:
        return self.do(lambda one: find(one, name))

    def code(self, who: str = "", household: str = "") -> str:
        """A code a member made, as it is written on paper."""
        member, person = self.actor("Anh Dũng"), self.person(who) if who else 0
        made = self.do(
            lambda one: identity.make_code(
                one, member, self.clock(), self.vault, person=person, household=household
            )
        )
        return passcode.shown(made)

    async def say(self, chat: str, *said: str, **what: Any) -> str:
        """All that is answered, as one text."""
        before = len(self.channel.sent)
        for text in said:
            self.house.hear(chat, text=text)
        if what:
            self.house.hear(chat, **what)
        await self.house.all()
        self.clock.advance(1)
        return "\n".join(one.message.text for one in self.channel.sent[before:])

    def rows(self, model: Model) -> Sequence[Row]:
        work = lambda one: one.execute(table(model).select()).mappings().all()  # noqa: E731
        return [dict(row) for row in self.do(work)]

    def owner(self, chat: str) -> list[str]:
        address = f"fake:one:{chat}"
        found = self.do(lambda one: links.profiles(one, [address]))
        return [one.name for one in found.get(address, ())]


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def village(database: Database, channel: FakeChannel, library: Library, clock: Clock) -> Village:
    return Village(House(database, channel, library), channel, clock)


async def test_a_typed_code_ties_a_chat_once(village: Village) -> None:
    code = village.code("Bà Năm")
    answer = await village.say("a", f"ma cua toi: {code.lower()}")
    assert "nhận ra Bà Năm" in answer
    assert "trợ lý tự động" in answer  # and the conversation begins
    assert village.owner("a") == ["Bà Năm"]
    assert "không đúng, đã dùng rồi" in await village.say("b", code)
    assert village.owner("b") == []
    assert not [row for row in village.rows(LinkCode) if passcode.found(code) in str(dict(row))]
    person = village.person("Bà Năm")
    trail = village.do(lambda one: audit.latest(one, f"person:{person}"))
    assert ["used" in row["detail"] for row in trail] == [True, False]


async def test_what_was_done_before_the_code_goes_along(village: Village) -> None:
    await village.say("a", "chào", "đồng ý", "không", "1", "bắt đầu", "gặp người")
    person = village.person("Bà Năm")
    # Said in one breath: what waits behind the code is hers already.
    await village.say("a", village.code("Bà Năm"), "xong")
    for model in (Consent, Progress, HelpRequest):
        assert {row["person"] for row in village.rows(model)} == {person}
    kept = village.do(lambda one: conversations.load(one, ["fake:one:a"]))
    assert set(kept) == {("fake:one:a", person)}


async def test_a_deep_link_ties_and_opens_the_guide(village: Village) -> None:
    def hear(given: str) -> bool:
        received = Received(Address("fake", "one", "a"), GuideStarted("vneid", given))
        heard = Heard(received, 0, 0, village.clock())
        return village.do(lambda one: village.desk.hear(one, heard)) is not None

    assert not hear("H001")  # the code of a printed sheet
    assert hear(village.code("Bà Năm"))
    await village.house.all()
    answer = await village.say("a", "đồng ý", "không")
    assert village.owner("a") == ["Bà Năm"]
    assert "VNeID" in answer


async def test_of_a_household_one_says_who_one_is(village: Village) -> None:
    code = village.code(household="H001")
    asked = await village.say("a", code)
    assert "Bác là ai" in asked
    shown = village.channel.sent[-1].message.choices
    assert [one.label for one in shown] == ["Bà Năm", "Anh Tư", "Không có tên tôi"]
    assert "Bác nhờ tổ viên thêm" in (await village.say("a", "3")).replace("bác nhờ", "Bác nhờ")
    stranger = village.person("Ông Bảy")
    for choice in (f"la-{stranger}", "la-x"):
        await village.say("a", code)
        assert "câu cũ" in await village.say("a", choice=choice, turn=0)
    await village.say("a", code)
    assert "nhận ra Anh Tư" in await village.say("a", "2")
    assert village.owner("a") == ["Anh Tư"]
    assert "câu cũ" in await village.say("a", choice=f"la-{village.person('Bà Năm')}", turn=0)


async def test_a_number_answers_the_conversation_once_it_has_spoken(village: Village) -> None:
    await village.say("a", "chào", "đồng ý", "không")
    await village.say("a", village.code(household="H001"))
    await village.say("a", "bài khác")
    await village.say("a", "2")
    assert village.owner("a") == []


async def test_wrong_codes_are_limited(village: Village) -> None:
    for number in range(identity.MOST_TRIES):
        assert "không đúng" in await village.say("a", passcode.made(number))
    code = village.code("Bà Năm")
    assert "thử sai nhiều lần" in await village.say("a", code)
    village.clock.advance(HOUR / SECOND + 1)
    assert "nhận ra" in await village.say("a", code)
    old = village.code("Ông Bảy")
    village.clock.advance(7 * DAY / SECOND)
    assert "quá hạn" in await village.say("b", old)


async def test_codes_are_not_tried_out_over_many_chats(village: Village) -> None:
    """From one place of the internet; whoever is elsewhere is not kept from theirs."""
    for number in range(identity.MOST_OF_PLACE):
        code = passcode.made(number)
        assert "không đúng" in await village.say(f"c{number}", text=code, origin="here")
    right = village.code("Bà Năm")
    assert "thử sai nhiều lần" in await village.say("fresh", text=right, origin="here")
    assert village.owner("fresh") == []
    assert "nhận ra Bà Năm" in await village.say("b", text=right, origin="there")
    village.clock.advance(HOUR / SECOND + 1)
    assert "nhận ra" in await village.say("fresh", text=village.code("Ông Bảy"), origin="here")


async def test_people_on_one_phone_never_mix(village: Village) -> None:
    nam, tu = village.person("Bà Năm"), village.person("Anh Tư")
    await village.say("a", village.code("Anh Tư"))
    assert "mới có một người" in await village.say("a", "doi nguoi")
    await village.say("a", "đồng ý", "không", "1", "bắt đầu", "gặp người")
    assert "có thêm Bà Năm" in await village.say("a", village.code("Bà Năm"))
    # She is asked for her own consent, and refuses what he agreed to.
    assert "Bác có đồng ý không" in village.channel.texts("a")[-1]
    await village.say("a", "không")
    asked = await village.say("a", "Đổi người")
    assert "Bây giờ ai học" in asked
    labels = [one.label for one in village.channel.sent[-1].message.choices]
    assert labels == ["Anh Tư", "Bà Năm (đang học)"]
    answer = await village.say("a", choice=f"ai-{tu}", turn=0)
    assert "nói chuyện với Anh Tư" in answer
    await village.say("a", "xong")
    assert [(row["person"], row["granted"]) for row in village.rows(Consent)] == [
        (tu, True),
        (tu, False),
        (nam, False),
    ]
    for model in (Progress, HelpRequest):
        assert {row["person"] for row in village.rows(model)} == {tu}
    assert "câu cũ" in await village.say("a", choice="ai-999", turn=0)


async def test_after_half_an_hour_the_phone_is_its_owners_again(village: Village) -> None:
    await village.say("a", village.code("Anh Tư"))
    await village.say("a", village.code("Bà Năm"))
    village.clock.advance(31 * MINUTE / SECOND)
    await village.say("a", "chào")
    kept = village.do(lambda one: conversations.load(one, ["fake:one:a"]))
    latest = max(kept.items(), key=lambda one: one[1].updated_at)[0]
    assert latest == ("fake:one:a", village.person("Anh Tư"))


async def test_one_person_on_two_chats_is_written_to_once(village: Village) -> None:
    person = village.person("Ông Bảy")
    for chat in ("a", "b"):
        await village.say(chat, village.code("Ông Bảy"))
    reach = village.do(lambda one: links.reach(one, [person]))
    assert reach == {person: ["fake:one:a", "fake:one:b"]}
    village.do(lambda one: people.set_reachable(one, "fake:one:a", 1, reachable=False))
    assert village.do(lambda one: links.reach(one, [person])) == {person: ["fake:one:b"]}


async def test_a_shared_contact_ties_nobody(village: Village) -> None:
    received = Received(Address("fake", "one", "a"), MediaReceived("contact"))
    heard = Heard(received, 0, 0, village.clock())
    assert village.do(lambda one: village.desk.hear(one, heard)) is None, "it is a thing said"
    assert village.owner("a") == []


async def test_a_member_ties_a_chat_and_makes_codes_there(village: Village) -> None:
    assert "mã nối" not in await village.say("d", "mã nối H001")
    answer = await village.say("d", village.code("Anh Dũng"))
    assert "Anh Dũng là tổ viên" in answer
    assert "Gõ: mã nối" in await village.say("d", "Mã nối")
    made = await village.say("d", "ma noi h1 ba nam")
    assert "Mã nối cho Bà Năm" in made
    code = passcode.shown(passcode.found(made))
    assert f"https://x.vn/tro-chuyen?bai=&ma={code}" in made
    assert f"https://t.me/gocua_bot?start=_{code}" in made
    assert "nhận ra Bà Năm" in await village.say("a", code)
    assert "Mã nối cho H002" in await village.say("d", "mã nối H002")
    refusals = {
        "mã nối H004": "nơi tổ khác phụ trách",
        "mã nối H099": "Không có hộ H099",
        "mã nối H001 sáu": "không có người này",
        "mã nối xyz": "Không có hộ XYZ",
    }
    for said, why in refusals.items():
        assert why in await village.say("d", said)
    resident = await village.say("a", "mã nối H001")
    assert "chỉ dành cho tổ viên" in resident


async def test_a_lost_phone_is_untied(village: Village) -> None:
    await village.say("a", village.code("Bà Năm"))
    person, member = village.person("Bà Năm"), village.actor("Anh Dũng")
    village.do(lambda one: identity.leave(one, member, village.clock(), person))
    assert village.owner("a") == []
    made = village.do(lambda one: persons.add_one(one, {"call_name": "Mai"}, village.clock()))
    village.do(
        lambda one: identity.make_code(one, terminal(), village.clock(), village.vault, person=made)
    )
