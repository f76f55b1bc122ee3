"""Threads beside a test, whether this process could work meanwhile, and how full a second was."""

import threading
import time
from collections.abc import Sequence
from typing import Self

_STALL_SECONDS = 0.5


class Beside(threading.Thread):
    """Runs beside the test for as long as its block lasts."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.stopping.set()
        self.join()


class Pulse(Beside):
    """Notes when this process, and the stand-in with it, was kept from working: what came in
    the meantime is counted at once, and nobody outside can know."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps = list[tuple[float, float]]()

    def run(self) -> None:
        last = time.time()
        while not self.stopping.wait(0.05):
            now = time.time()
            if now - last > _STALL_SECONDS:
                self._gaps.append((last, now + 1))
            last = now

    def worked(self, at: float) -> bool:
        return not any(since < at < until for since, until in self._gaps)


def busiest(times: Sequence[float]) -> int:
    """The most in any second; `times` in order."""
    most, start = 0, 0
    for place, at in enumerate(times):
        while times[start] <= at - 1:
            start += 1
        most = max(most, place - start + 1)
    return most
