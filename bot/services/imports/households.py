"""Households and who lives in them, one row for each person. A household is never moved or
given back by a list: those are left out, with why. Nobody is taken out by it either."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.core.person import age_band, phone_number
from bot.core.rights import Operation
from bot.core.tabular import Column, Is, Line
from bot.core.text import searchable
from bot.services.imports.common import CHANGED, NEW, SAME, Context, Tally, Tree
from bot.services.persons import PHONE
from storage import households, persons
from storage.database import SECOND
from storage.households import ACTIVE, Home
from storage.persons import Someone
from storage.rows import Row, batches

COLUMNS = (
    Column("code", Is.CODE, required=True, longest=20),
    Column("area", required=True),
    Column("label"),
    Column("honorific", longest=40),
    Column("call_name", longest=40),
    Column("head", Is.CHOICE),
    Column("age_band", Is.CHOICE),
    Column("born", Is.YEAR),
    Column("smartphone", Is.CHOICE),
    Column("phone", Is.PHONE, longest=20),
)
_HOMES, _PEOPLE = "households", "persons"
_AT_ONCE = 10_000


@dataclass(slots=True)
class Listed:
    """A household as the list has it: its first row, and its people by key."""

    line: Line
    area: str
    label: str
    people: dict[str, Line] = field(default_factory=dict)
    head: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already: households, their people by key, digests of phones."""

    homes: Mapping[str, Home]
    people: Mapping[str, Mapping[str, Someone]]
    marks: Mapping[int, str]


def plan(context: Context, lines: Sequence[Line]) -> Tally:
    tally = Tally()
    tree = Tree.of(context, Operation.IMPORT_HOUSEHOLDS)
    listed = _listed(tally, tree, lines)
    known = _known(context, list(listed))
    changes = _Changes(context, tally, known)
    for code, one in listed.items():
        home = known.homes.get(code)
        if home and (why := _why_left(home, one)):
            _leave(tally, tree, one, home, why)
        else:
            changes.take(code, one)
    tally.save = changes.save
    return tally


def _listed(tally: Tally, tree: Tree, lines: Sequence[Line]) -> dict[str, Listed]:
    """By code. Rows of one household must agree; its address may be said once."""
    found: dict[str, Listed] = {}
    for line in lines:
        area, code = tree.find(tally, line, "area"), line["code"].upper()
        known = found.setdefault(code, Listed(line, area, line["label"]))
        if area and known.area and area != known.area:
            tally.fault(line, "area", "differs", other=str(known.line.row))
        if known.label and line["label"] and searchable(known.label) != searchable(line["label"]):
            tally.fault(line, "label", "differs", other=str(known.line.row))
        known.label = known.label or line["label"]
        if line["call_name"]:
            _resident(tally, known, line)
        elif line["honorific"]:
            tally.fault(line, "call_name", "required")
    return found


def _resident(tally: Tally, home: Listed, line: Line) -> None:
    key = persons.key_of(line["honorific"], line["call_name"])
    if (first := home.people.get(key)) is not None:
        if first.cells == line.cells:
            tally.leave(line, _PEOPLE, "twice", other=str(first.row))
        else:
            tally.fault(line, "call_name", "name_twice", other=str(first.row))
        return
    home.people[key] = line
    if line["head"] == "yes":
        if home.head:
            tally.fault(line, "head", "two_heads", other=str(home.people[home.head].row))
        home.head = home.head or key


def _known(context: Context, codes: Sequence[str]) -> Known:
    homes: dict[str, Home] = {}
    people: dict[str, Mapping[str, Someone]] = {}
    marks: dict[int, str] = {}
    for part in batches(codes, _AT_ONCE):
        here = households.get(context.connection, part)
        homes |= here
        if here:
            found = persons.of_households(context.connection, list(here))
            marks |= persons.marks(context.connection, list(here))
            people |= {code: _by_key(group) for code, group in found.items()}
    return Known(homes, people, marks)


def _by_key(people: Sequence[Someone]) -> dict[str, Someone]:
    return {persons.key_of(one.honorific, one.call_name): one for one in people}


def _why_left(home: Home, one: Listed) -> str:
    if home.state != ACTIVE:
        return home.state
    return "elsewhere" if one.area and home.area != one.area else ""


def _leave(tally: Tally, tree: Tree, one: Listed, home: Home, why: str) -> None:
    """Of a household in somebody else's place no more is said than that the code is taken."""
    if tree.may(home.area):
        tally.leave(one.line, _HOMES, why, name=tree.places[home.area].name)
    else:
        tally.leave(one.line, _HOMES, "taken")
    for line in one.people.values():
        tally.leave(line, _PEOPLE, "with_household")


def _as_known(one: Listed, here: Mapping[str, Someone]) -> Listed:
    """Its people under the keys they are known by already."""
    keys = {
        key: persons.same_as(here, line["honorific"], line["call_name"])
        for key, line in one.people.items()
    }
    if len({*keys.values()}) < len(keys):
        return one
    people = {keys[key]: line for key, line in one.people.items()}
    return replace(one, people=people, head=keys.get(one.head, ""))


class _Changes:
    """What is to be written, gathered before anything is."""

    def __init__(self, context: Context, tally: Tally, known: Known) -> None:
        self._context, self._tally, self._known = context, tally, known
        self._year = datetime.fromtimestamp(context.now // SECOND, UTC).year
        self._homes: list[Row] = []
        self._labels: list[Row] = []
        self._people: list[Row] = []
        self._revised: list[Row] = []
        self._heads: dict[str, str] = {}
        self._events: list[Row] = []
        self._touched: set[str] = set()

    def take(self, code: str, one: Listed) -> None:
        home = self._known.homes.get(code)
        if home is None and not one.label:
            self._tally.fault(one.line, "label", "required")
        if home is None:
            self._homes.append({"code": code, "area": one.area, "label": one.label})
            self._happened(code, "added")
        elif one.label and one.label != home.label:
            self._labels.append({"code": code, "label": one.label})
            self._happened(code, "relabelled")
        changed = NEW if home is None else CHANGED if code in self._touched else SAME
        self._tally.count(_HOMES, changed)
        self._live_there(code, one)

    def _happened(self, code: str, kind: str) -> None:
        by = {"actor": self._context.actor.person, "at": self._context.now}
        row = {"household": code, "kind": kind, "other": "", "person": 0}
        self._events.append({**row, **by})
        self._touched.add(code)

    def _live_there(self, code: str, one: Listed) -> None:
        here = self._known.people.get(code, {})
        one = _as_known(one, here)
        heads = [key for key, who in here.items() if who.is_head]
        if one.head and one.head not in heads and (heads or one.head in here):
            self._lead(code, one.head, here.get(one.head))
        for key, line in one.people.items():
            is_head = key == one.head and not heads
            if key in here:
                self._meet(here[key], line, becomes_head=key == one.head)
            else:
                self._add(code, line, is_head=is_head)

    def _lead(self, code: str, key: str, known: Someone | None) -> None:
        """Somebody else is head from now on."""
        self._heads[code] = key
        by = {"actor": self._context.actor.person, "at": self._context.now}
        row = {"household": code, "kind": "head", "other": ""}
        self._events.append({**row, **by, "person": known.id if known else 0})

    def _add(self, code: str, line: Line, *, is_head: bool) -> None:
        name = {"honorific": line["honorific"], "call_name": line["call_name"]}
        row = {"household": code, "is_head": is_head, "age_band": "", "smartphone": ""}
        self._people.append({**row, **name, **self._told(line)})
        self._touched.add(code)
        self._tally.count(_PEOPLE, NEW)

    def _meet(self, who: Someone, line: Line, *, becomes_head: bool) -> None:
        told = self._told(line)
        mark = self._known.marks.get(who.id, "")
        before = {"age_band": who.age_band, "smartphone": who.smartphone, "phone_mark": mark}
        if any(before.get(name, value) != value for name, value in told.items()):
            kept = {"id": who.id, "phone": who.phone} | before
            self._revised.append({**kept, **told})
            self._tally.count(_PEOPLE, CHANGED)
        else:
            self._tally.count(_PEOPLE, CHANGED if becomes_head and not who.is_head else SAME)

    def _told(self, line: Line) -> dict[str, str]:
        """What the list says of somebody, without what it leaves empty. The phone is sealed
        when it is written."""
        told = {name: line[name] for name in ("age_band", "smartphone") if line[name]}
        if line["born"]:
            age = self._year - int(line["born"])
            if age < 0:
                self._tally.fault(line, "born", "not_year", value=line["born"])
            told.setdefault("age_band", age_band(age))
        if number := phone_number(line["phone"]):
            told["phone"] = number
            told["phone_mark"] = self._context.vault.mark(PHONE, number)
        return told

    def _sealed(self, row: Row) -> Row:
        """A phone as typed is sealed; one already sealed stays."""
        number = str(row.get("phone", ""))
        typed = number.startswith("+")
        return {**row, "phone": self._context.vault.seal(number)} if typed else row

    def save(self) -> None:
        connection, now = self._context.connection, self._context.now
        households.add(connection, self._homes, now)
        households.relabel(connection, self._labels, now)
        persons.add(connection, [self._sealed(row) for row in self._people], now)
        persons.revise(connection, [self._sealed(row) for row in self._revised], now)
        persons.set_heads(connection, self._heads)
        households.happened(connection, self._events)
        households.refresh(connection, self._touched)
