"""What a channel learns of its account while it works. Memory only: wiring keeps it.

{"rate": "100", "buttons": "refused"} are facts, {"signature:1": 12} are counts.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

GROUPS_STALE = "groups-stale"  # the list of the account's own groups has to be asked for


@dataclass(frozen=True, slots=True)
class Fact:
    """`number` counts how often it happened, `at` is the last time in microseconds."""

    value: str = ""
    number: int = 0
    at: int = 0


@dataclass(slots=True)
class Notes:
    """One per channel account. `facts` is what is known of it in the database."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def get(self, name: str) -> str:
        """What was told last, or an empty string."""
        return self._told.get(name, self.facts.get(name, Fact()).value)

    def tell(self, name: str, value: str) -> None:
        if self.get(name) != value:
            self._told[name] = value

    def count(self, name: str) -> None:
        self._counts[name] += 1

    def drain(self) -> tuple[Mapping[str, str], Mapping[str, int]]:
        """Facts and counts since the last time."""
        told, counts = self._told, self._counts
        self._told, self._counts = {}, Counter()
        return told, counts
