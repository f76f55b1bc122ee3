"""Teams, and where each serves."""

from collections.abc import Sequence

from bot.core.rights import Operation
from bot.core.tabular import Column, Is, Line
from bot.services.imports.common import CHANGED, NEW, SAME, Context, Tally, Tree
from storage import teams
from storage.teams import Known

COLUMNS = (
    Column("code", Is.CODE, required=True, longest=40),
    Column("name", required=True),
    Column("area", required=True),
    Column("serves", longest=400),
)
_NOUN = "teams"


def plan(context: Context, lines: Sequence[Line]) -> Tally:
    tally = Tally()
    tree = Tree.of(context, Operation.IMPORT_TEAMS)
    known = teams.known(context.connection)
    listed: dict[str, Known] = {}
    rows: dict[str, Line] = {}
    for line in lines:
        one = _team(tally, tree, line)
        first = rows.setdefault(one.code, line)
        if first is line:
            _mine(tally, tree, line, known.get(one.code))
            listed[one.code] = one
        elif first.cells == line.cells:
            tally.leave(line, _NOUN, "twice", other=str(first.row))
        else:
            tally.fault(line, "code", "code_twice", other=str(first.row))
    changed = [one for one in listed.values() if _counted(tally, known.get(one.code), one)]
    tally.save = lambda: _save(context, changed)
    return tally


def _team(tally: Tally, tree: Tree, line: Line) -> Known:
    """Without a list of its own it serves the place it belongs to."""
    area = tree.find(tally, line, "area")
    named = [one.strip() for one in line["serves"].split(";") if one.strip()]
    serves = {tree.find(tally, line, "serves", one) for one in named} or {area}
    return Known(line["code"], area, line["name"], frozenset(serves))


def _mine(tally: Tally, tree: Tree, line: Line, before: Known | None) -> None:
    """A team that is there already must have been the actor's to change."""
    if before and not tree.may(before.area):
        tally.fault(line, "code", "not_yours", value=before.code)


def _counted(tally: Tally, before: Known | None, one: Known) -> bool:
    tally.count(_NOUN, SAME if before == one else CHANGED if before else NEW)
    return before != one


def _save(context: Context, changed: Sequence[Known]) -> None:
    rows = [{"code": one.code, "area": one.area, "name": one.name} for one in changed]
    if rows:
        teams.put(context.connection, rows, {one.code: sorted(one.serves) for one in changed})
