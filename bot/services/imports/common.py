"""What every import shares: how the result is counted, and where things may be put."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Actor, Operation, refusal
from bot.core.tabular import Fault, Line
from bot.core.text import searchable
from bot.vault import Vault
from storage import areas
from storage.areas import Known

NEW, CHANGED, SAME, LEFT = "new", "changed", "same", "left"
_MOST_NAMED = 5


class Kind(StrEnum):
    """What lists can be taken over."""

    AREAS = "areas"
    TEAMS = "teams"
    MEMBERS = "members"
    HOUSEHOLDS = "households"
    GROUPS = "groups"


OPERATIONS: Mapping[Kind, Operation] = {
    Kind.AREAS: Operation.IMPORT_AREAS,
    Kind.TEAMS: Operation.IMPORT_TEAMS,
    Kind.MEMBERS: Operation.IMPORT_MEMBERS,
    Kind.HOUSEHOLDS: Operation.IMPORT_HOUSEHOLDS,
    Kind.GROUPS: Operation.IMPORT_GROUPS,
}


@dataclass(frozen=True, slots=True)
class Context:
    """For whom, when, and with which key phones are sealed."""

    connection: Connection
    actor: Actor
    now: int
    vault: Vault


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do. `counts` are new, changed, same and left out, by noun;
    with `faults` nothing was saved. `left` says which rows were left out and why."""

    kind: Kind
    counts: Mapping[str, Mapping[str, int]]
    faults: Sequence[Fault]
    left: Sequence[Fault] = ()
    unread: Sequence[str] = ()
    saved: bool = False


@dataclass(slots=True)
class Tally:
    """Filled while rows are looked at. `save` is what writes, once all are known to be right."""

    faults: list[Fault] = field(default_factory=list)
    left: list[Fault] = field(default_factory=list)
    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    save: Callable[[], None] = lambda: None

    def count(self, noun: str, what: str, number: int = 1) -> None:
        self.counts[noun][what] += number

    def fault(self, line: Line, column: str, code: str, **values: str) -> None:
        self.faults.append(Fault(line.row, column, code, values))

    def leave(self, line: Line, noun: str, code: str, **values: str) -> None:
        self.left.append(Fault(line.row, "", code, values))
        self.count(noun, LEFT)


class Tree:
    """All places at once: found by code or any name, and whether the actor may act there."""

    def __init__(self, places: Mapping[str, Known], actor: Actor, operation: Operation) -> None:
        self.places, self._actor, self._operation = places, actor, operation
        self._named: defaultdict[str, list[str]] = defaultdict(list)
        for one in places.values():
            names = {searchable(name) for name in (one.name, *one.aliases.split(";"))}
            for name in (names | _shortened(one)) - {""}:
                self._named[name].append(one.code)
        self._allowed: dict[tuple[str, Operation], bool] = {}
        self._found: dict[str, Fault | str] = {}

    @classmethod
    def of(cls, context: Context, operation: Operation) -> "Tree":
        return cls(areas.known(context.connection), context.actor, operation)

    def line(self, code: str) -> tuple[str, ...]:
        """Like areas.line."""
        found: list[str] = []
        while code in self.places and code not in found:
            found.append(code)
            code = self.places[code].parent
        return (*found, EVERYWHERE)

    def may(self, code: str, operation: Operation | None = None) -> bool:
        asked = code, operation or self._operation
        if asked not in self._allowed:
            self._allowed[asked] = refusal(self._actor, asked[1], self.line(code)) is None
        return self._allowed[asked]

    def find(self, tally: Tally, line: Line, column: str, text: str = "") -> str:
        """The place a cell names, or "" and a fault: unknown, one of several, ended, or not the
        actor's."""
        text = text or line[column]
        if text not in self._found:
            self._found[text] = self._look(text)
        found = self._found[text]
        if isinstance(found, str):
            return found
        tally.faults.append(Fault(line.row, column, found.code, found.values))
        return ""

    def _look(self, text: str) -> str | Fault:
        codes = [text] if text in self.places else self._named.get(searchable(text), [])
        if not codes:
            return Fault(0, "", "no_area", {"value": text})
        today = [code for code in codes if not self.places[code].valid_to]
        if not today:
            return self._ended(text, codes[0])
        mine = [code for code in today if self.may(code)]
        if not mine:
            return Fault(0, "", "not_yours", {"value": text})
        if len(mine) > 1:
            named = ", ".join(sorted(mine)[:_MOST_NAMED])
            return Fault(0, "", "many_areas", {"value": text, "codes": named})
        return mine[0]

    def _ended(self, text: str, code: str) -> Fault:
        ended = self.places[code]
        after = self.places.get(ended.successor)
        if after is None:
            return Fault(0, "", "ended", {"value": text, "date": ended.valid_to})
        values = {"value": text, "date": ended.valid_to, "name": after.name, "code": after.code}
        return Fault(0, "", "ended_into", values)


def _shortened(place: Known) -> set[str]:
    """Its name without what kind of place it is, and with that shortened to its initials."""
    kind, name = searchable(place.kind), searchable(place.name)
    if not kind or not name.startswith(f"{kind} "):
        return set()
    rest, initials = name.removeprefix(kind), "".join(word[0] for word in kind.split())
    return {rest, f" {initials}{rest}"}
