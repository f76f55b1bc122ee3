"""Announcements on their way: hours, copies, pauses, relay, corrections, and the sums."""

import asyncio
import time
from dataclasses import replace
from datetime import datetime

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from office import AUTHOR, ZONE, Office
from sqlalchemy import Connection, text
from village import find

from bot.channels.base import Failure, NotSent, unpacked
from bot.core.address import Address
from bot.core.announcement import Content, Kind, State, Way
from bot.core.hours import QuietHours, quiet_hours
from bot.dispatch import Dispatcher
from bot.library import Library
from bot.notice_words import NoticeWords
from bot.services import announcements as service
from bot.services import groups as group_service
from storage import amendments, announcements, lanes, links, people, recipients, relays
from storage.database import DAY, HOUR, SECOND, Database


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def office(database: Database, channel: FakeChannel, library: Library, clock: Clock) -> Office:
    return Office(House(database, channel, library), clock)


async def test_it_reaches_everybody_and_ends(office: Office, channel: FakeChannel) -> None:
    number = office.approved()
    assert office.counts(number) == {"planned": 6}
    await office.work()
    assert office.counts(number) == {"accepted": 4, "asked": 1, "skipped": 1}
    assert office.kept(number).state is State.SENDING
    asked, words = channel.texts("dung")
    assert "Nhóm g2" in asked
    assert channel.texts("p1") == [words] == channel.texts("-1")
    code = office.kept(number).code
    assert words.endswith(f"https://gocua.test/tb/{code} (mã {code})")
    copy = office.database.read_now(lambda one: relays.asked(one, number))[0]
    assert not office.database.write_now(lambda one: relays.posted(one, copy.id, "x", 1))
    office.do(lambda one: relays.posted(one, copy.id, copy.address, office.clock()))
    await office.steps()
    assert office.counts(number) == {"accepted": 4, "delivered": 1, "skipped": 1}
    assert office.kept(number).state is State.DONE
    lines = office.database.read_now(lambda one: recipients.lines(one, number, ["skipped"]))
    assert [(one.target, one.reason) for one in lines] == [("group:g3", "channel-off")]


async def test_nothing_leaves_before_its_hour_or_at_night(
    office: Office, channel: FakeChannel
) -> None:
    late = int(datetime(2027, 1, 15, 22, tzinfo=ZONE).timestamp()) * SECOND
    calm = office.approved(Content("Họp", areas=("*",), channels=("fake",), send_at=late))
    urgent = office.approved(
        Content("Lũ về", areas=("*",), channels=("fake",), send_at=late, urgent=True)
    )
    await office.work()
    assert channel.sent == []
    office.clock.now = late
    await office.work()
    assert office.kept(urgent).state is State.DONE
    assert office.kept(calm).state is State.SCHEDULED
    office.clock.advance(9 * 3600)
    await office.work()
    assert office.kept(calm).state is State.DONE


async def test_what_is_still_waiting_at_nine_in_the_evening_waits(
    office: Office, channel: FakeChannel
) -> None:
    office.clock.now += 12 * HOUR - SECOND
    number = office.approved(Content("Họp", areas=("*",), channels=("fake",)))
    await office.steps()
    office.clock.advance(1)
    await office.work()
    assert channel.sent == []
    office.clock.advance(10 * 3600)
    await office.work()
    assert office.counts(number) == {"accepted": 3}


async def test_pause_holds_back_and_resume_goes_on(office: Office, channel: FakeChannel) -> None:
    number = office.approved()
    await office.steps()
    office.do(lambda one: service.pause(one, AUTHOR, office.clock(), number))
    await office.work()
    assert channel.sent == []
    assert office.counts(number) == {"paused": 5, "skipped": 1}
    office.do(lambda one: service.resume(one, AUTHOR, office.clock(), number))
    await office.work()
    assert office.counts(number) == {"accepted": 4, "asked": 1, "skipped": 1}
    assert len(channel.texts("p1")) == 1


async def test_resending_reaches_only_those_who_did_not_get_it(
    office: Office, channel: FakeChannel
) -> None:
    content = Content("Họp", areas=("*",), channels=("fake",))
    channel.answers = [NotSent(Failure.PERMANENT, "no"), NotSent(Failure.DOUBT, "lost")]
    number = office.approved(content)
    await office.work()
    assert office.counts(number) == {"accepted": 1, "failed": 1, "uncertain": 1}
    assert office.kept(number).state is State.DONE
    sent = len(channel.sent)
    office.do(lambda one: service.resend(one, AUTHOR, office.clock(), number))
    assert office.counts(number) == {"accepted": 1, "planned": 1, "uncertain": 1}
    await office.work()
    assert office.counts(number) == {"accepted": 2, "uncertain": 1}
    assert len(channel.sent) == sent + 1


async def test_who_says_stop_in_between_gets_nothing(office: Office, channel: FakeChannel) -> None:
    number = office.approved(Content("Họp", areas=("*",), channels=("fake",)))
    await office.dispatcher.once()
    office.do(lambda one: office.consent(one, "p1", granted=False))
    await office.steps()
    office.do(lambda one: recipients.withdraw(one, ["fake:one:p2"], office.clock()))
    await office.work()
    assert office.counts(number) == {"accepted": 1, "skipped": 2}
    assert channel.texts("p1") == channel.texts("p2") == []


async def test_stop_in_one_chat_holds_in_all_of_a_person(
    office: Office, channel: FakeChannel
) -> None:
    """Also for what is on its way elsewhere; whose phone it is as well goes on getting theirs."""

    def linked(connection: Connection) -> None:
        hoa = find(connection, "Chị Hoa")
        for chat in ("fake:one:hoa", "fake:one:hoa2"):
            people.see(connection, {chat: "fake"}, office.clock())
            links.link(connection, chat, hoa, office.clock())
        row = {"address": "fake:one:hoa", "person": hoa, "purpose": "news", "granted": True}
        more = {"version": "v", "recorder": "self", "at": office.clock()}
        people.record_consents(connection, [row | more])

    office.do(linked)
    content = Content("Họp", areas=("*",), channels=("fake",))
    waiting, running = office.approved(content), office.approved(replace(content, text="Lũ về"))
    await office.steps()
    office.house.hear("hoa2", text="dừng")
    await office.house.turn()
    await office.work()
    assert office.counts(running) == office.counts(waiting) == {"accepted": 3, "skipped": 1}
    assert not any("Họp" in one or "Lũ về" in one for one in channel.texts("hoa"))
    later = office.approved(replace(content, text="Tiêm chủng"))
    await office.work()
    assert office.counts(later) == {"accepted": 3}


async def test_a_member_who_wants_no_news_still_posts_for_the_group(
    office: Office, channel: FakeChannel
) -> None:
    number = office.approved(Content("Họp", areas=("*",), ways=(Way.RELAY,)))
    await office.steps()
    keeper = office.database.read_now(lambda one: find(one, "Anh Dũng"))
    office.do(lambda one: recipients.withdraw(one, ["fake:one:dung"], office.clock(), [keeper]))
    await office.work()
    assert office.counts(number) == {"asked": 1}
    assert len(channel.texts("dung")) == 2


async def test_chats_are_held_before_copies_so_nobody_waits_in_a_ring(
    office: Office, channel: FakeChannel
) -> None:
    """The way in holds a chat and then leaves its copy out, while the dispatcher is at it."""
    number = office.approved(Content("Họp", areas=("*",), channels=("fake",)))
    await office.dispatcher.once()
    await office.dispatcher.once()
    held = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stops(connection: Connection) -> None:
        lanes.hold(connection, ["fake:one:p2"], wait=True)
        loop.call_soon_threadsafe(held.set)
        time.sleep(0.3)
        recipients.withdraw(connection, ["fake:one:p2"], office.clock())

    stopping = asyncio.create_task(office.database.write(stops))
    await held.wait()
    await asyncio.gather(stopping, office.dispatcher.once())
    await office.work()
    assert office.counts(number) == {"accepted": 2, "skipped": 1}
    assert channel.texts("p2") == []


async def test_a_correction_goes_to_exactly_those_who_may_have_it(
    office: Office, channel: FakeChannel
) -> None:
    """Uncertain ones are told, those who failed or came later are not; what waits is dropped."""
    channel.answers = [NotSent(Failure.PERMANENT, "no"), NotSent(Failure.DOUBT, "lost")]
    first = office.approved(Content("Họp 7 giờ", areas=("*",), channels=("fake",)))
    await office.work()
    office.do(lambda one: office.consent(one, "late", granted=True))
    second = office.corrected(first, Kind.UPDATE, "Họp 8 giờ")
    await office.work()
    assert office.counts(second) == {"accepted": 2}
    assert channel.texts("late") == []
    third = office.corrected(second, Kind.CANCEL, "Hoãn họp")
    await office.work()
    assert office.counts(third) == {"accepted": 2}
    assert "thay cho thông báo số 1" in channel.sent[-3].message.text
    assert "Thông báo số 2 không còn" in channel.sent[-1].message.text
    found = office.database.read_now(lambda one: announcements.successors(one, [first, second]))
    assert found == {first: (Kind.UPDATE, 2), second: (Kind.CANCEL, 3)}


async def test_quiet_hours_changed_meanwhile_hold_back_what_is_sent(
    office: Office, channel: FakeChannel
) -> None:
    hours = [QuietHours()]
    words = NoticeWords("https://gocua.test", ZONE, lambda: hours[-1])
    signals = office.house.signals
    office.dispatcher = Dispatcher(office.database, signals, words, [("fake", "one")])
    office.clock.now = int(datetime(2027, 1, 15, 20, tzinfo=ZONE).timestamp()) * SECOND
    number = office.approved(Content("Họp", areas=("*",), channels=("fake",)))
    await office.steps()
    hours.append(quiet_hours("19:30-08:00"))
    await office.work()
    assert channel.sent == []
    office.clock.advance(12 * 3600 - 1)
    await office.work()
    assert channel.sent == [], "a second before eight"
    office.clock.advance(1)
    await office.work()
    assert office.counts(number) == {"accepted": 3}


@pytest.mark.parametrize("edits", [True, False])
async def test_what_stands_in_a_chat_is_changed_there_or_said_to_stay(
    office: Office, channel: FakeChannel, edits: bool
) -> None:
    words = NoticeWords("https://gocua.test", ZONE)
    office.dispatcher = Dispatcher(
        office.database,
        office.house.signals,
        words,
        [("fake", "one")],
        ["fake"] if edits else [],
    )
    channel.answers = [NotSent(Failure.DOUBT, "lost"), NotSent(Failure.PERMANENT, "no")]
    first = office.approved()
    await office.work()
    references = {
        one.address.id: f"m{one.id}" for one in channel.sent if one.address.id in ("-1", "p3")
    }
    second = office.corrected(first, Kind.CANCEL, "Hoãn")
    await office.work()
    changed = [one for one in channel.sent if one.message.replaces]
    counts = office.database.read_now(lambda one: amendments.counts(one, second))
    if not edits:
        assert changed == []
        assert {reason for _, reason in counts} == {"no-edit"}
        assert sum(counts.values()) == office.kept(second).recipients
        return
    assert {one.address.id: one.message.replaces for one in changed}.items() >= references.items()
    link = words.link(office.kept(second).code)
    assert {one.message.text for one in changed} == {
        f"⛔ Thông báo số 1 đã thu hồi, không còn hiệu lực. Xem thông báo số 2: {link}"
    }
    assert counts[("accepted", "")] == len(changed)
    assert counts[("skipped", "no-edit")] == 1
    assert counts[("skipped", "no-reference")] == 1
    assert sum(counts.values()) == office.kept(second).recipients
    await office.work()
    assert len([one for one in channel.sent if one.message.replaces]) == len(changed)


async def test_a_correction_stops_what_has_not_left(office: Office, channel: FakeChannel) -> None:
    first = office.approved()
    await office.steps()
    office.do(lambda one: service.correct(one, AUTHOR, office.clock(), first, Kind.CANCEL, "Sai"))
    await office.work()
    assert office.counts(first) == {"skipped": 6}
    assert channel.sent == []


async def test_silent_groups_and_idle_keepers_are_told_of(office: Office) -> None:
    def telegram(connection: Connection) -> None:
        connection.execute(text("UPDATE group_chat SET channel = 'telegram' WHERE code = 'g1'"))

    office.do(telegram)
    number = 0
    for n in range(3):
        content = Content(f"Tin {n}", areas=("*",), ways=(Way.TELEGRAM, Way.RELAY))
        number = office.approved(content)
        await office.work()
        office.clock.now += 4 * DAY
        await office.steps()

    def watched() -> dict[str, tuple[str, bool]]:
        found = office.database.read_now(
            lambda one: group_service.watch(one, AUTHOR, office.clock())
        )
        return {one.group.code: (one.why, one.reached) for one in found}

    assert watched() == {"g1": ("silent", True), "g2": ("keeper-idle", True), "g3": ("", True)}
    office.do(lambda one: recipients.seen(one, number, "fake:one:-1", office.clock()))
    assert watched()["g1"] == ("", True)
    gone = Address("fake", "one", "-1")
    office.do(
        lambda one: people.set_group(
            one, gone, office.clock(), title="Khác", member=False, can_post=False
        )
    )
    assert next(iter(watched().items())) == ("g1", ("removed", False))
    office.do(
        lambda one: people.set_group(
            one, gone, office.clock(), title="Khác", member=True, can_post=True
        )
    )
    assert watched()["g1"] == ("renamed", True)
    office.clock.now += 70 * DAY
    assert watched()["g2"] == ("", True)


async def test_a_member_is_reminded_once_and_another_may_take_over(
    office: Office, channel: FakeChannel
) -> None:
    number = office.approved(Content("Họp", areas=("*",), ways=(Way.RELAY,)))
    await office.work()
    office.clock.advance(2 * 3600 + 60)
    for _ in range(2):
        await office.work()
    assert len(channel.texts("dung")) == 3
    copy = office.database.read_now(lambda one: relays.asked(one, number))[0]

    def hand_over(connection: Connection) -> None:
        lead = find(connection, "Chị Hoa")
        people.see(connection, {"fake:one:hoa": "fake"}, office.clock())
        links.link(connection, "fake:one:hoa", lead, office.clock())
        service.hand_over(connection, AUTHOR, office.clock(), number, copy.id, lead)

    office.do(hand_over)
    await office.work()
    assert len(channel.texts("hoa")) == 2
    assert office.counts(number) == {"asked": 1}
    office.clock.now += 3 * DAY
    await office.steps()
    assert office.counts(number) == {"skipped": 1}
    assert office.kept(number).state is State.DONE


async def test_what_was_changed_behind_the_approval_is_not_sent(
    office: Office, channel: FakeChannel
) -> None:
    number = office.approved()
    office.do(
        lambda one: one.execute(
            text("UPDATE announcement SET text = 'khác' WHERE id = :id"), {"id": number}
        )
    )
    await office.work()
    assert office.kept(number).state is State.RETURNED
    assert channel.sent == []


@pytest.mark.parametrize(("channel_name", "buttons"), [("zalo_bot", 0), ("zalo_oa", 1)])
async def test_no_choices_where_they_would_be_typed_as_numbers(
    office: Office, channel_name: str, buttons: int
) -> None:
    address = f"{channel_name}:1:lan"

    def agreed(connection: Connection) -> None:
        people.see(connection, {address: channel_name}, office.clock())
        row = {"address": address, "person": 0, "purpose": "news", "granted": True}
        more = {"version": "v", "recorder": "self", "at": office.clock()}
        people.record_consents(connection, [row | more])

    office.do(agreed)
    words = NoticeWords("https://gocua.test", ZONE)
    signals = office.house.signals
    office.dispatcher = Dispatcher(office.database, signals, words, [(channel_name, "1")])
    office.approved(Content("Họp", areas=("*",), channels=(channel_name,)))
    await office.steps()
    content = office.database.read_now(
        lambda one: one.execute(
            text("SELECT content FROM outbox WHERE address = :chat"), {"chat": address}
        ).scalar_one()
    )
    assert len(unpacked(content)[0].choices) == buttons
