"""Never more calls in one second than a platform counts, by its own clock, whatever is slow.
Memory of one sender only; how much may be claimed at all is storage/pace.py's.

A call is counted somewhere between leaving here and its answer. So its slot is free again a
second after the answer, less the shortest way there and back (but for 20 ms, which may be our
own slowness), and whoever takes it is counted more than a second later than who had it before.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_SECOND = 1.0
_AHEAD = 0.05  # claimed before the slot is free, so that the database's time is not lost
_LONGEST = 2.0  # a call without an answer is taken for counted by then
_MANY = 1_000_000
_REMEMBERED = 200
_OURS = 0.02


@dataclass(eq=False, slots=True)
class Slot:
    """Leave at `at`, not before. A slot that is not `counted` is beyond the number."""

    at: float
    reply: bool
    counted: bool = True


class Slots:
    """`most` calls in any second, 0 for as many as one likes. Replies that are few take slots
    before all else; replies that are many leave a sixth to the rest and stop counting, since
    platforms count bulk."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._free = deque((0.0, False) for _ in range(most))
        self._out: dict[Slot, None] = {}
        self._ways: deque[float] = deque(maxlen=_REMEMBERED)

    def room(self, *, reply: bool) -> int:
        """How many may be claimed now."""
        self._forget()
        soon = self._clock() + _AHEAD
        if not self._most or (reply and self._replies() >= self._most * 5 // 6):
            return _MANY
        return sum(at <= soon for at, _ in self._free)

    def _replies(self) -> int:
        now = self._clock()
        cooling = sum(reply for at, reply in self._free if at > now)
        return cooling + sum(one.reply for one in self._out)

    def take(self, *, reply: bool) -> Slot:
        now = self._clock()
        if not self._free or self._free[0][0] > now + _AHEAD:
            return Slot(now, reply, counted=False)
        at, _ = self._free.popleft()
        slot = Slot(max(now, at), reply)
        self._out[slot] = None
        return slot

    def give_back(self, slot: Slot) -> None:
        """Its call was answered, or never will be."""
        if slot not in self._out:
            return
        now = self._clock()
        self._ways.append(now - slot.at)
        self._release(slot, now - max(0.0, min(self._ways) - _OURS))

    def _release(self, slot: Slot, counted: float) -> None:
        del self._out[slot]
        self._free.append((counted + _SECOND, slot.reply))

    def _forget(self) -> None:
        now = self._clock()
        for slot in [one for one in self._out if one.at < now - _LONGEST]:
            self._release(slot, now)

    def opens_in(self) -> float:
        """Seconds until the next may be claimed; a second when nobody can say."""
        first = self._free[0][0] if self._free else self._clock() + _SECOND + _AHEAD
        return max(0.0, first - _AHEAD - self._clock())
