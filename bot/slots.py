"""Never more calls in one second than a platform counts, by its own clock, whatever is slow.
Memory of one sender only; how much may be claimed at all is storage/pace.py's.

A call is counted somewhere between leaving here and its answer. So its slot is free again a
second after the answer, less the shortest way there and back (but for 20 ms, which may be our
own slowness), and whoever takes it is counted more than a second later than who had it before.
A sender that has just begun knows no shortest way: all its first ones may be slow by its own fault.
"""

import time
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_SECOND = 1.0
_AHEAD = 0.05  # claimed before the slot is free, so that the database's time is not lost
_LONGEST = 2.0  # a call without an answer is taken for counted by then
_MANY = 1_000_000
_REMEMBERED, _ENOUGH = 200, 60
_OURS = 0.02
_PATIENCE = 4.0
_ALL_THE_SAME = 6  # a part of the number


@dataclass(eq=False, slots=True)
class Slot:
    """Leave at `at`, not before."""

    at: float
    reply: bool


class Slots:
    """`most` calls in any second that bulk is sent in, 0 for as many as one likes.

    Replies take slots before all else, and bulk yields: it leaves only while fewer than `most`
    of both were sent in the last second. Replies alone may be more, since platforms count bulk.
    Where replies leave no room for long, a few go all the same: an alert must not wait for a
    commune to fall silent.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._out: dict[Slot, None] = {}
        self._cooling: list[float] = []  # when calls that were answered are out of the count
        self._bulk_out, self._bulk_until, self._bulk_left = 0, 0.0, clock()
        self._ways: deque[float] = deque(maxlen=_REMEMBERED)

    def room(self, *, reply: bool) -> int:
        """How many may be claimed now."""
        self._forget()
        if not self._most or (reply and self._alone()):
            return _MANY
        if not reply and self._is_starved():
            return max(1, self._most // _ALL_THE_SAME)
        return max(0, self._most - self._busy(self._clock() + _AHEAD))

    def _is_starved(self) -> bool:
        return self._clock() - self._bulk_left > _PATIENCE and not self._bulk_out

    def _alone(self) -> bool:
        """Whether no bulk is in the count."""
        return not self._bulk_out and self._bulk_until <= self._clock()

    def _busy(self, at: float) -> int:
        return len(self._out) + len(self._cooling) - bisect_right(self._cooling, at)

    def take(self, *, reply: bool) -> Slot:
        now = self._clock()
        slot = Slot(now if reply and self._alone() else max(now, self._opens()), reply)
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

    def give_back(self, slot: Slot) -> None:
        """Its call was answered, or never will be."""
        if slot not in self._out:
            return
        now = self._clock()
        self._ways.append(now - slot.at)
        shortest = min(self._ways) - _OURS if len(self._ways) >= _ENOUGH else 0.0
        self._release(slot, now - max(0.0, shortest))

    def _release(self, slot: Slot, counted: float) -> None:
        del self._out[slot]
        until = counted + _SECOND
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
