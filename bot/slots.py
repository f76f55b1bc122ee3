"""Never more calls in one second, nor to one chat, than a platform counts, by its own clock,
whatever is slow. Memory of one sender only; how much may be claimed at all is the ledger's.

A call is counted somewhere between leaving here and its answer. So its slot is free again a
second after the answer, less the shortest way there and back, and whoever takes it is counted
more than a second later than who had it before; a chat's next call follows its last one by the
same rule. Of the shortest way a part is left out: it may be our own slowness, or chance, since
the shortest way there and the shortest back need not have met yet. A sender that has just begun
knows no shortest way: all its first ones may be slow by its own fault.
"""

import time
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_SECOND = 1.0
_GUARD = 0.01  # no clock and no loop is exact
_AHEAD = 0.05  # claimed before the slot is free, so that the database's time is not lost
_LONG_AHEAD = 0.1
_LONGEST = 5.0  # a call without an answer is taken for counted by then, on a busy machine, too
_MANY = 1_000_000
_BEGINNING, _REMEMBERED, _ENOUGH = 2.0, 200, 10
_OURS = 0.008
_MICROSECONDS = 1_000_000
_MANY_CHATS = 4000
_PATIENCE = 4.0
_ALL_THE_SAME = 6  # a part of the number


@dataclass(eq=False, slots=True)
class Slot:
    """Leave at `at`, not before; then `at` is when it left."""

    at: float
    reply: bool
    chat: str
    taken: float


@dataclass(frozen=True, slots=True)
class _Rest:
    """A chat may be written to at `opens`; the ledger lets it be claimed at `claimed`."""

    opens: float
    claimed: float


class Slots:
    """`most` calls in any second that bulk is sent in, 0 for as many as one likes.

    Replies take slots before all else, and bulk yields: it leaves only while fewer than `most`
    of both were sent in the last second. Replies alone may be more, since platforms count bulk.
    Where replies leave no room for long, a few go all the same: an alert must not wait for a
    commune to fall silent.
    """

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        interval_of: Callable[[str], int] = lambda _: 0,
    ) -> None:
        """`interval_of(chat)`: microseconds between two calls to it."""
        self._most, self._clock, self._interval_of = most, clock, interval_of
        self._out: dict[Slot, None] = {}
        self._cooling: list[float] = []  # when calls that were answered are out of the count
        self._bulk_out, self._bulk_until, self._bulk_left = 0, 0.0, clock()
        self._begun = 0.0
        self._ways: deque[float] = deque(maxlen=_REMEMBERED)
        self._rests: dict[str, _Rest] = {}

    def room(self, *, reply: bool) -> int:
        """How many may be claimed now."""
        self._forget()
        if not self._most or (reply and self._alone()):
            return _MANY
        if not reply and self._is_starved():
            return max(1, self._most // _ALL_THE_SAME)
        return max(0, self._most - self._busy(self._clock() + _AHEAD))

    def _is_starved(self) -> bool:
        return self._clock() - self._bulk_left > _PATIENCE and self._alone()

    def _alone(self) -> bool:
        """Whether no bulk is in the count."""
        return not self._bulk_out and self._bulk_until <= self._clock()

    def _busy(self, at: float) -> int:
        return len(self._out) + len(self._cooling) - bisect_right(self._cooling, at)

    def take(self, *, reply: bool, chat: str = "") -> Slot:
        now = self._clock()
        at = now if reply and self._alone() else max(now, self._opens())
        if rest := self._rests.get(chat):
            at = max(at, rest.opens)
        slot = Slot(at, reply, chat, now)
        if self._most:
            self._out[slot] = None
            self._bulk_out += not reply
            self._bulk_left = self._bulk_left if reply else now
        return slot

    def _opens(self) -> float:
        """When fewer than `most` are in the count; in a second when all are on their way."""
        over = len(self._out) + len(self._cooling) - self._most
        if not self._most or over < 0:
            return 0.0
        return self._cooling[over] if over < len(self._cooling) else self._clock() + _SECOND

    def leave(self, slot: Slot) -> float:
        """Its call begins now, which may be later than it might have; returns when that is."""
        slot.at = self._clock()
        return slot.at

    def give_back(self, slot: Slot) -> None:
        """Its call was answered, or never will be."""
        now = self._clock()
        counted = now - self._shortest(now, now - slot.at)
        if slot in self._out:
            self._release(slot, counted)
        gap = self._interval_of(slot.chat) / _MICROSECONDS if self._most else 0.0
        if gap:
            self._rests[slot.chat] = _Rest(counted + gap, slot.taken + gap - _AHEAD)
            self._tidy(now)

    def _shortest(self, now: float, way: float) -> float:
        """Of what is known after another way; 0 while that is too little."""
        self._begun = self._begun or now
        if now - self._begun >= _BEGINNING:
            self._ways.append(way)
        known = len(self._ways)
        if known < _ENOUGH:
            return 0.0
        shortest, usual = min(self._ways), sum(self._ways) / known
        chance = (0.1 + _ENOUGH / known) * (usual - shortest)
        return max(0.0, shortest - _OURS - chance)

    def ready_after(self, chat: str) -> int:
        """Microseconds until the ledger lets a chat be claimed again."""
        ahead = int(_AHEAD * _MICROSECONDS) if self._most else 0
        return max(0, self._interval_of(chat) - ahead)

    def _tidy(self, now: float) -> None:
        if len(self._rests) > _MANY_CHATS:
            self._rests = {chat: one for chat, one in self._rests.items() if one.opens > now}

    def late(self, chats: Iterable[str], now: int) -> dict[str, int]:
        """Those the ledger lets be claimed long before they may be written to, and when by its
        own clock they should be: what is claimed takes a place while it waits."""
        found = ((chat, self._rests.get(chat)) for chat in chats)
        ahead = self._clock() + _AHEAD
        return {
            chat: now + int((rest.opens - ahead) * _MICROSECONDS)
            for chat, rest in found
            if rest and rest.opens - rest.claimed > _LONG_AHEAD
        }

    def _release(self, slot: Slot, counted: float) -> None:
        del self._out[slot]
        until = counted + _SECOND + _GUARD
        insort(self._cooling, until)
        if not slot.reply:
            self._bulk_out -= 1
            self._bulk_until = max(self._bulk_until, until)

    def _forget(self) -> None:
        now = self._clock()
        for slot in [one for one in self._out if one.at < now - _LONGEST]:
            self._release(slot, now)
        del self._cooling[: bisect_right(self._cooling, now)]

    def opens_in(self) -> float:
        """Seconds until the next may be claimed; a second when nobody can say."""
        now = self._clock()
        if len(self._out) >= self._most > 0:
            return _SECOND
        return max(0.0, self._opens() - _AHEAD - now)
