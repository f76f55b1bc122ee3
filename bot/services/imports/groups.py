"""Neighbourhood groups as officials know them, before anybody has claimed them."""

from collections.abc import Sequence

from bot.core.rights import Operation
from bot.core.tabular import Column, Is, Line
from bot.services.imports.common import CHANGED, NEW, SAME, Context, Tally, Tree
from storage import groups
from storage.groups import Group
from storage.rows import Row

COLUMNS = (
    Column("code", Is.CODE, required=True, longest=20),
    Column("name", required=True),
    Column("way", Is.CHOICE, required=True),
    Column("area", required=True),
)
_NOUN = "groups"


def plan(context: Context, lines: Sequence[Line]) -> Tally:
    tally = Tally()
    tree = Tree.of(context, Operation.IMPORT_GROUPS)
    known = groups.by_code(context.connection, [line["code"] for line in lines])
    rows: dict[str, Line] = {}
    new: list[Row] = []
    changed: list[Row] = []
    for line in lines:
        first = rows.setdefault(line["code"], line)
        area = tree.find(tally, line, "area")
        row = {"code": line["code"], "area": area, "channel": line["way"], "name": line["name"]}
        if first is line:
            _sort(tally, tree, line, row, known.get(line["code"]), new, changed)
        elif first.cells == line.cells:
            tally.leave(line, _NOUN, "twice", other=str(first.row))
        else:
            tally.fault(line, "code", "code_twice", other=str(first.row))
    tally.save = lambda: _save(context, new, changed)
    return tally


def _sort(
    tally: Tally,
    tree: Tree,
    line: Line,
    row: Row,
    before: Group | None,
    new: list[Row],
    changed: list[Row],
) -> None:
    """A group that has been claimed keeps its platform: it is another chat otherwise."""
    if before is None:
        new.append(row)
        tally.count(_NOUN, NEW)
    elif not tree.may(before.area):
        tally.fault(line, "code", "not_yours", value=before.code)
    elif before.claimed_by and before.channel != row["channel"]:
        tally.leave(line, _NOUN, "claimed")
    elif (before.area, before.channel, before.name) == (row["area"], row["channel"], row["name"]):
        tally.count(_NOUN, SAME)
    else:
        changed.append(row)
        tally.count(_NOUN, CHANGED)


def _save(context: Context, new: Sequence[Row], changed: Sequence[Row]) -> None:
    groups.put(context.connection, new)
    groups.revise(context.connection, changed)
