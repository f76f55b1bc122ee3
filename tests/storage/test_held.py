"""What a platform does not take now: held with its reason, free for claims, never lost."""

import pytest
from fakes import Clock
from sqlalchemy import Connection

from bot.core.address import Address
from storage import claims, contacts, held, lanes, outbox, pace, people, receipts
from storage.contacts import Contact
from storage.database import DAY, SECOND, Database
from storage.outbox import Claimed, Ended, NewDelivery

ACCOUNT = ("fake", "one")
WEEK = 7 * DAY
RATE = pace.Rate(pace.BOTH, 1000)
ROOM = claims.Room(50, 50)
TERMS = claims.Terms(RATE, RATE, lambda _: 0, WEEK)


class Desk:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    def add(self, chat: str, content: str, lane: int = lanes.PERSONAL, **more: int) -> None:
        new = NewDelivery("reminder:1", f"fake:one:{chat}", content, lane, **more)  # type: ignore[arg-type]
        self.write(lambda one: outbox.enqueue(one, [new], self.clock()))

    def near(self, chat: str, ago: int = 0) -> None:
        known = {f"fake:one:{chat}": Contact(self.clock() - ago, self.clock() - ago)}
        self.write(lambda one: contacts.save(one, known))

    def claim(self) -> list[Claimed]:
        return self.database.write_now(
            lambda one: claims.claim(one, ACCOUNT, "a", self.clock(), ROOM, TERMS)
        )

    def end(self, claimed: Claimed, state: str, reason: str = "", until: int = 0) -> None:
        ended = Ended(claimed, state, reason, held_until=until)
        self.write(lambda one: outbox.end(one, [ended], "a", self.clock()))

    def release(self, chat: str) -> int:
        def work(connection: Connection) -> int:
            held_chats = lanes.hold(connection, [f"fake:one:{chat}"], wait=True)
            return held.release(connection, held_chats, self.clock())

        return self.database.write_now(work)

    def write(self, work: object) -> None:
        self.database.write_now(work)  # type: ignore[arg-type]

    def totals(self) -> dict[str, int]:
        return self.database.read_now(outbox.totals)


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def test_whoever_was_away_a_week_is_not_written_to(desk: Desk) -> None:
    for chat, ago in (("here", DAY), ("away", WEEK + 1)):
        desk.near(chat, ago)
        desk.add(chat, chat)
    desk.add("never", "never")
    assert [one.content for one in desk.claim()] == ["here"]
    assert desk.totals() == {"sending": 1, "held": 2}
    assert desk.database.read_now(held.reasons) == {held.WINDOW: 2}
    assert desk.database.read_now(outbox.counts)["held"] == 2
    assert desk.claim() == []


def test_a_group_is_never_away(desk: Desk) -> None:
    group = Address(*ACCOUNT, "g.1")
    desk.write(lambda one: people.set_group(one, group, 0, title="", member=True, can_post=True))
    desk.add("g.1", "news", lanes.BULK)
    assert [one.content for one in desk.claim()] == ["news"]


def test_held_goes_on_when_the_person_is_near(desk: Desk) -> None:
    desk.add("a", "1")
    desk.add("a", "2")
    assert desk.claim() == []
    desk.near("a")
    assert desk.release("a") == 2
    assert [one.content for one in desk.claim()] == ["1"]
    assert desk.release("a") == 0
    desk.write(lambda one: held.release(one, [], 0))
    desk.write(lambda one: held.free(one, [], 0))


def test_freed_rows_go_on_with_the_next_sweep(desk: Desk) -> None:
    desk.add("a", "1")
    desk.claim()
    desk.near("a")
    desk.write(lambda one: held.free(one, ["fake:one:a"], desk.clock()))
    assert desk.claim() == []
    assert desk.database.write_now(lambda one: held.sweep(one, desk.clock())) == 1
    assert [one.content for one in desk.claim()] == ["1"]


def test_a_time_ends_the_wait(desk: Desk) -> None:
    desk.near("a")
    desk.add("a", "1")
    (claimed,) = desk.claim()
    desk.end(claimed, "held", "zalo-234", desk.clock() + 60 * SECOND)
    assert desk.claim() == []
    assert desk.database.write_now(lambda one: held.sweep(one, desk.clock())) == 0
    desk.clock.advance(61)
    assert desk.database.write_now(lambda one: held.sweep(one, desk.clock())) == 1
    (again,) = desk.claim()
    assert (again.content, again.before) == ("1", "zalo-234")


def test_nothing_is_held_for_ever(desk: Desk) -> None:
    desk.near("a")
    desk.add("a", "1", lasts=60 * SECOND)
    (claimed,) = desk.claim()
    desk.end(claimed, "held", "zalo-230")
    desk.clock.advance(61)
    assert desk.database.write_now(lambda one: held.sweep(one, desk.clock())) == 1
    assert desk.totals() == {"expired": 1}


def test_the_sum_of_states_stays(desk: Desk) -> None:
    for n in range(30):
        chat = f"c{n}"
        desk.near(chat, WEEK + 1 if n % 3 == 0 else 0)
        desk.add(chat, f"{n}")
    for turn in range(6):
        for place, claimed in enumerate(desk.claim()):
            state = ("accepted", "held", "failed")[(place + turn) % 3]
            desk.end(claimed, state, "zalo-230" if state == "held" else "")
        desk.near(f"c{3 * turn}")
        desk.release(f"c{3 * turn}")
        desk.clock.advance(1)
        assert sum(desk.totals().values()) == 30


def test_parts_only_grow(desk: Desk) -> None:
    desk.near("a")
    desk.add("a", "1")
    for part, kept in ((2, 2), (0, 2), (3, 3)):
        (claimed,) = desk.claim()
        ended = Ended(claimed, "queued", "more", part=part)
        desk.write(lambda one, ended=ended: outbox.end(one, [ended], "a", desk.clock()))
        (again,) = desk.claim()
        assert again.part == kept
        desk.end(again, "queued")


def test_a_platform_that_knows_better_closes_the_window(desk: Desk) -> None:
    desk.near("a")
    desk.write(lambda one: contacts.close(one, "fake:one:a"))
    desk.add("a", "1")
    assert desk.claim() == []
    desk.write(lambda one: contacts.seen_near(one, [("fake:one:a", desk.clock())]))
    desk.write(lambda one: contacts.seen_near(one, []))
    known = desk.database.read_now(lambda one: contacts.load(one, ["fake:one:a"]))
    assert known["fake:one:a"].near_at == desk.clock()


def test_a_shared_budget_is_one_budget(database: Database, clock: Clock) -> None:
    desk, rate = Desk(database, clock), pace.Rate(pace.BOTH, SECOND, 2 * SECOND)
    terms = claims.Terms(rate, rate, lambda _: 0)
    for chat in "abcd":
        desk.add(chat, chat, lanes.REPLY if chat == "d" else lanes.BULK)

    def claimed() -> list[str]:
        found = database.write_now(
            lambda one: claims.claim(one, ACCOUNT, "a", clock(), ROOM, terms)
        )
        return [one.content for one in found]

    assert claimed() == ["d", "a"]
    opens = database.read_now(lambda one: pace.next_open(one, ACCOUNT, rate))
    assert (claimed(), opens) == ([], clock() + SECOND)
    clock.advance(1)
    assert claimed() == ["b"]


def _states(desk: Desk) -> dict[str, int]:
    return {state: number for state, number in desk.totals().items() if number}


def test_receipts_find_their_message_early_or_late(desk: Desk) -> None:
    for chat in "ab":
        desk.near(chat)
        desk.add(chat, chat)
    first, second = desk.claim()

    def heard(reference: str, state: str) -> None:
        desk.write(lambda one: receipts.receive(one, ACCOUNT, [reference], state, desk.clock()))

    def accepted(claimed: Claimed, reference: str) -> None:
        def work(connection: Connection) -> None:
            early = receipts.remember(connection, ACCOUNT, {reference: claimed.id}, 0)
            ended = Ended(claimed, "accepted", reference=reference)
            outbox.end(connection, [ended], "a", desk.clock())
            for state, ids in early.items():
                outbox.receive(connection, ids, state)

        desk.write(work)

    accepted(first, "r1")
    heard("r1", "delivered")
    assert _states(desk) == {"delivered": 1, "sending": 1}
    heard("r2", "seen")
    heard("r2", "delivered")
    accepted(second, "r2")
    assert _states(desk) == {"delivered": 1, "seen": 1}
    heard("of somebody else", "seen")
    desk.write(lambda one: receipts.receive(one, ACCOUNT, [], "seen", 0))
    desk.write(lambda one: receipts.tidy(one, desk.clock() + 61 * DAY))
    heard("r1", "seen")
    assert _states(desk) == {"delivered": 1, "seen": 1}
