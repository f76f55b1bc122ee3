"""Members of teams: somebody of a household of ours, or known by name and phone only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.person import phone_number
from bot.core.rights import Operation, Role
from bot.core.tabular import Column, Is, Line
from bot.core.text import searchable
from bot.services.imports.common import CHANGED, NEW, SAME, Context, Tally, Tree
from bot.services.persons import PHONE
from storage import households, persons, teams
from storage.households import ACTIVE
from storage.persons import Someone
from storage.rows import Row
from storage.teams import Known, Member

COLUMNS = (
    Column("team", required=True),
    Column("honorific", longest=40),
    Column("call_name", required=True, longest=40),
    Column("role", Is.CHOICE),
    Column("phone", Is.PHONE, longest=20),
    Column("household", Is.CODE, longest=20),
)
_NOUN, _PEOPLE = "members", "persons"


@dataclass(slots=True)
class Somebody:
    """A member of the list; `id` is 0 until they are written down."""

    row: Row
    id: int = 0
    serves: list[tuple[str, str]] = field(default_factory=list)


class _Teams:
    """Found by code or name; a team is the actor's when its place is, or all it serves are."""

    def __init__(self, known: Mapping[str, Known], tree: Tree) -> None:
        self._known, self._tree = known, tree
        self._named: dict[str, list[str]] = {}
        for one in known.values():
            self._named.setdefault(searchable(one.name), []).append(one.code)

    def find(self, tally: Tally, line: Line) -> str:
        text = line["team"]
        codes = [text] if text in self._known else self._named.get(searchable(text), [])
        mine = [code for code in codes if self.may(code, Operation.IMPORT_MEMBERS)]
        if len(mine) == 1:
            return mine[0]
        code = "many_teams" if mine else "not_yours" if codes else "no_team"
        tally.fault(line, "team", code, value=text, codes=", ".join(sorted(mine)))
        return ""

    def may(self, code: str, operation: Operation) -> bool:
        team = self._known[code]
        return self._tree.may(team.area, operation) or all(
            self._tree.may(area, operation) for area in team.serves
        )


def plan(context: Context, lines: Sequence[Line]) -> Tally:
    tally = Tally()
    tree = Tree.of(context, Operation.IMPORT_MEMBERS)
    of_teams = _Teams(teams.known(context.connection), tree)
    found = [(line, of_teams.find(tally, line)) for line in lines]
    for line, team in found:
        if line["role"] == Role.LEAD and team and not of_teams.may(team, Operation.ADD_LEAD):
            tally.fault(line, "role", "no_leads")
    people = _People(context, tally, tree, lines)
    members = _serving(context, {team for _, team in found if team})
    for line, team in found:
        if team:
            people.serve(line, team, members)
    tally.save = people.save
    return tally


def _serving(context: Context, codes: set[str]) -> dict[tuple[str, str], Member]:
    """By team and key of the name."""
    found = teams.members(context.connection, codes)
    return {(one.team, searchable(one.name)): one for one in found}


class _People:
    """Who the rows mean, and what is to be written about them."""

    def __init__(self, context: Context, tally: Tally, tree: Tree, lines: Sequence[Line]) -> None:
        self._context, self._tally, self._tree = context, tally, tree
        connection, codes = context.connection, {one["household"].upper() for one in lines}
        self._homes = households.get(connection, codes - {""})
        living = persons.of_households(connection, list(self._homes))
        self._living = {
            code: {persons.key_of(one.honorific, one.call_name): one for one in group}
            for code, group in living.items()
        }
        marks = {self._mark(line) for line in lines} - {""}
        self._phones = {
            (mark, persons.key_of(one.honorific, one.call_name)): one
            for mark, one in persons.by_phones(connection, marks)
        }
        self._rows: dict[tuple[str, str], Line] = {}
        self._new: dict[tuple[str, str], Somebody] = {}
        self._known: dict[int, Somebody] = {}

    def _mark(self, line: Line) -> str:
        number = phone_number(line["phone"])
        return self._context.vault.mark(PHONE, number) if number else ""

    def serve(self, line: Line, team: str, members: Mapping[tuple[str, str], Member]) -> None:
        key = persons.key_of(line["honorific"], line["call_name"])
        if (first := self._rows.setdefault((team, key), line)) is not line:
            if first.cells == line.cells:
                self._tally.leave(line, _NOUN, "twice", other=str(first.row))
            else:
                self._tally.fault(line, "call_name", "name_twice", other=str(first.row))
            return
        if line["household"]:
            if not self._lives(line):
                return
            here = self._living.get(line["household"].upper(), {})
            key = persons.same_as(here, line["honorific"], line["call_name"])
        known, role = members.get((team, key)), line["role"]
        who = self._somebody(line, team, key, known)
        role = role or (known.role if known else Role.MEMBER)
        same = known is not None and known.role == role
        self._tally.count(_NOUN, SAME if same else CHANGED if known else NEW)
        if not same:
            who.serves.append((team, role))

    def _lives(self, line: Line) -> bool:
        home = self._homes.get(line["household"].upper())
        fits = home is not None and home.state == ACTIVE
        if home is None or not fits or not self._tree.may(home.area):
            self._tally.fault(line, "household", "no_household", value=line["household"])
            return False
        return True

    def _somebody(self, line: Line, team: str, key: str, member: Member | None) -> Somebody:
        home, mark = line["household"].upper(), self._mark(line)
        living: Someone | None = self._living.get(home, {}).get(key) or self._phones.get(
            (mark, key)
        )
        number = member.person if member else living.id if living else 0
        if number:
            return self._known.setdefault(number, Somebody({}, number))
        row: dict[str, object] = {"honorific": line["honorific"], "call_name": line["call_name"]}
        row |= {"household": home or None, "phone": phone_number(line["phone"])}
        apart = home or mark or team
        if (apart, key) not in self._new:
            self._tally.count(_PEOPLE, NEW)
        return self._new.setdefault((apart, key), Somebody({**row, "phone_mark": mark}))

    def save(self) -> None:
        connection, now = self._context.connection, self._context.now
        new = list(self._new.values())
        rows = [self._sealed(one.row) for one in new]
        for one, number in zip(new, persons.add_all(connection, rows, now), strict=True):
            one.id = number
        served = [
            {"team": team, "person": one.id, "role": role}
            for one in (*new, *self._known.values())
            for team, role in one.serves
        ]
        teams.add_members(connection, served, now)
        households.refresh(connection, {str(row["household"]) for row in rows if row["household"]})

    def _sealed(self, row: Row) -> Row:
        return {**row, "phone": self._context.vault.seal(row["phone"])} if row["phone"] else row
