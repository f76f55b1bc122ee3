"""The number of calls in any second, as the platform counts them, with every kind of delay."""

import random
from itertools import pairwise

import pytest

from bot.slots import Slot, Slots

MOST = 30
SECOND = 1_000_000


class _Wire:
    """A second hand, and calls that are counted somewhere between leaving and answer."""

    def __init__(self, seed: int) -> None:
        self.now, self.random = 0.0, random.Random(seed)
        self.slots = Slots(MOST, lambda: self.now)
        self.events: list[tuple[float, Slot]] = []
        self.counted: list[tuple[float, bool]] = []

    def call(self, *, reply: bool, shortest: float, longest: float) -> None:
        slot = self.slots.take(reply=reply)
        there, back = (self.random.uniform(shortest, longest) for _ in "tb")
        self.counted.append((slot.at + there, reply))
        self.events.append((slot.at + there + back, slot))

    def tick(self) -> None:
        self.now += 0.002
        for at, slot in [one for one in self.events if one[0] <= self.now]:
            self.slots.give_back(slot)
            self.events.remove((at, slot))

    def busiest(self) -> int:
        """Of the seconds with bulk in them."""
        calls = sorted(self.counted)
        most = first = 0
        for last, (at, _) in enumerate(calls):
            while calls[first][0] <= at - 1:
                first += 1
            window = calls[first : last + 1]
            if not all(reply for _, reply in window):
                most = max(most, len(window))
        return most


@pytest.mark.parametrize(("shortest", "longest"), [(0.001, 0.012), (0.05, 0.3), (0.2, 0.9)])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_never_more_than_the_number_in_any_second_with_bulk(
    shortest: float, longest: float, seed: int, share: float
) -> None:
    wire = _Wire(seed)
    for _ in range(5000):
        while wire.slots.room(reply=False) and wire.random.random() < 0.8:
            reply = wire.random.random() < share
            wire.call(reply=reply, shortest=shortest, longest=longest)
        wire.tick()
    assert 0 < wire.busiest() <= MOST


@pytest.mark.parametrize("seed", range(3))
def test_bulk_yields_to_replies_beyond_the_number_and_never_adds_to_them(seed: int) -> None:
    """In every other five seconds fifty people write each second; bulk always waits."""
    wire = _Wire(seed)
    waiting, late, bulk = 0.0, 0.0, []
    for _ in range(10_000):
        busy = int(wire.now) % 10 < 5
        waiting += 0.1 if busy else 0.02
        while waiting >= 1 and wire.slots.room(reply=True):
            wire.call(reply=True, shortest=0.01, longest=0.06)
            waiting -= 1
        late = max(late, waiting)
        while wire.slots.room(reply=False):
            wire.call(reply=False, shortest=0.01, longest=0.06)
            bulk.append(wire.now)
        wire.tick()
    assert 0 < wire.busiest() <= MOST
    assert late < 51  # what comes in one second and the guard
    assert sum(int(at) % 10 >= 5 for at in bulk) > 5 * sum(1 < at % 10 < 5 for at in bulk)


@pytest.mark.parametrize("seed", range(3))
def test_an_alert_gets_through_while_people_never_stop_writing(seed: int) -> None:
    wire = _Wire(seed)
    waiting, late, alerts = 0.0, 0.0, 0
    while wire.now < 60:
        waiting += 0.1  # fifty each second
        while waiting >= 1 and wire.slots.room(reply=True):
            wire.call(reply=True, shortest=0.01, longest=0.06)
            waiting -= 1
        late = max(late, waiting)
        for _ in range(wire.slots.room(reply=False)):
            wire.call(reply=False, shortest=0.01, longest=0.06)
            alerts += 1
        wire.tick()
    assert alerts > 40
    assert late < 75  # what comes in a second and a half


@pytest.mark.parametrize("way", [0.003, 0.1])
def test_a_steady_way_costs_little(way: float) -> None:
    wire = _Wire(1)
    while wire.now < 20:
        while wire.slots.room(reply=False):
            wire.call(reply=False, shortest=way, longest=way + 0.002)
        wire.tick()
    assert len(wire.counted) / 20 > 0.97 * MOST


def test_replies_share_the_number_with_bulk_and_are_free_alone() -> None:
    now = [5.0]
    slots = Slots(MOST, lambda: now[0])
    bulk = [slots.take(reply=False) for _ in range(20)]
    assert slots.room(reply=True) == slots.room(reply=False) == 10
    for _ in range(10):
        slots.take(reply=True)
    assert slots.room(reply=True) == 0
    slots = Slots(MOST, lambda: now[0])
    for _ in range(40):
        assert slots.take(reply=True).at == now[0]
    assert slots.room(reply=True) > 1000
    assert slots.room(reply=False) == 0
    assert bulk[0].at == now[0]


def test_a_sender_that_has_just_begun_trusts_no_way_to_be_the_shortest() -> None:
    """Its first calls were long on the way to the wire, and counted right before the answer."""
    now = [5.0]
    slots = Slots(MOST, lambda: now[0])
    first = [slots.take(reply=False) for _ in range(MOST)]
    now[0] += 0.5
    for one in first:
        slots.give_back(one)
    now[0] += 0.9
    assert slots.room(reply=False) == 0
    now[0] += 0.11
    assert slots.room(reply=False) == MOST


def test_an_alert_among_calls_that_are_all_on_their_way_waits_for_a_second() -> None:
    now = [5.0]
    slots = Slots(MOST, lambda: now[0])
    now[0] += 4.5
    for _ in range(MOST):
        slots.take(reply=True)
    assert slots.room(reply=False) > 0
    assert slots.take(reply=False).at == pytest.approx(now[0] + 1)


def test_a_call_without_an_answer_gives_its_slot_back() -> None:
    now = [10.0]
    slots = Slots(1, lambda: now[0])
    lost = slots.take(reply=False)
    assert slots.opens_in() == pytest.approx(1)
    now[0] += 5.1
    assert slots.room(reply=False) == 0
    assert 0 < slots.opens_in() < 1
    now[0] += 1.02
    assert slots.room(reply=False) == 1
    assert slots.opens_in() == 0
    slots.give_back(lost)
    assert slots.room(reply=False) == 1


def test_no_number_is_no_limit() -> None:
    slots = Slots(0)
    slots.give_back(slots.take(reply=False))
    assert slots.room(reply=False) == slots.room(reply=True) > 1000


class _Chat(_Wire):
    """A chat with much to be said, claimed as the ledger does; counted at its own point of the
    way, as a platform does."""

    def __init__(self, seed: int, gap: float) -> None:
        super().__init__(seed)
        self.gap, self.ready, self.early = gap, 0.0, 0.0
        self.slots = Slots(MOST, lambda: self.now, lambda _: int(gap * SECOND))

    def talk(self, seconds: float, shortest: float, longest: float) -> list[float]:
        while self.now < seconds:
            if not self.events and self.now >= self.ready:
                self.ready = self.now + self.slots.ready_after("c") / SECOND
                slot = self.slots.take(reply=False, chat="c")
                self.early = max(self.early, slot.at - self.now)
                self._begin(slot, shortest, longest)
            ended = bool(self.events)
            self.tick()
            if ended and not self.events:
                late = self.slots.late(["c"], round(self.now * SECOND))
                self.ready = max(self.ready, late.get("c", 0) / SECOND)
        return [at for at, _ in self.counted]

    def _begin(self, slot: Slot, shortest: float, longest: float) -> None:
        slot.at += self.random.uniform(0, 0.004)  # our own slowness
        there, back = (self.random.uniform(shortest, longest) for _ in "tb")
        self.counted.append((slot.at + there, False))
        self.events.append((slot.at + there + back, slot))


@pytest.mark.parametrize("gap", [1.0, 3.0])
@pytest.mark.parametrize(("shortest", "longest"), [(0.001, 0.012), (0.05, 0.3), (0.2, 0.9)])
@pytest.mark.parametrize("seed", range(3))
def test_a_chat_is_never_written_to_too_early_nor_claimed_long_before(
    gap: float, shortest: float, longest: float, seed: int
) -> None:
    wire = _Chat(seed, gap)
    times = wire.talk(300, shortest, longest)
    assert min(later - earlier for earlier, later in pairwise(times)) >= gap
    assert wire.early < 0.2 + 2 * (longest - shortest)


@pytest.mark.parametrize("way", [0.003, 0.1])
def test_a_chat_is_written_to_nearly_as_often_as_it_may_be(way: float) -> None:
    """Once its ways are known."""
    times = _Chat(1, 1.0).talk(100, way, way + 0.002)[20:]
    assert (len(times) - 1) / (times[-1] - times[0]) > 0.975


def test_chats_are_forgotten_in_the_end() -> None:
    now = [5.0]
    slots = Slots(MOST, lambda: now[0], lambda _: SECOND)
    for number in range(10_000):
        now[0] += 0.04
        slots.give_back(slots.take(reply=True, chat=f"{number}"))
    assert len(slots._rests) < 5000
    assert slots.take(reply=True, chat="9999").at == pytest.approx(now[0] + 1, abs=0.1)
