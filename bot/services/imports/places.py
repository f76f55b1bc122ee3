"""Areas: what a place is called today, what it was called before, and what became of it.

Several rows may have one code: the one without an end is what the place is now, the others say
what it was called from one date to another."""

from collections.abc import Mapping, Sequence

from bot.core.rights import Operation
from bot.core.tabular import Column, Is, Line
from bot.services.imports.common import CHANGED, NEW, SAME, Context, Tally, Tree
from storage import areas
from storage.rows import Row

COLUMNS = (
    Column("code", Is.CODE, required=True, longest=40),
    Column("name", required=True),
    Column("kind", Is.CHOICE, required=True),
    Column("parent", Is.CODE, longest=40),
    Column("aliases", longest=400),
    Column("valid_from", Is.DATE),
    Column("valid_to", Is.DATE),
    Column("successor", Is.CODE, longest=40),
)
_NOUN, _NAMES = "areas", "names"
_FIELDS = ("code", "parent", "kind", "name", "aliases", "valid_from", "valid_to", "successor")


def plan(context: Context, lines: Sequence[Line]) -> Tally:
    tally = Tally()
    before = Tree.of(context, Operation.IMPORT_AREAS)
    current, former = _sorted(tally, lines)
    rows = {code: _row(line) for code, line in current.items()}
    after = Tree(
        {**before.places, **{code: areas.Known(*row.values()) for code, row in rows.items()}},
        context.actor,
        Operation.IMPORT_AREAS,
    )
    for code, line in current.items():
        _check(tally, before, after, code, line)
    changed = [row for code, row in rows.items() if _counted(tally, before, code, row)]
    names = _names(context, tally, former)
    tally.save = lambda: _save(context, changed, names)
    return tally


def _save(context: Context, rows: Sequence[Row], names: Sequence[Row]) -> None:
    areas.put(context.connection, rows)
    areas.put_names(context.connection, names)


def _row(line: Line) -> Row:
    row = {name: line[name] for name in _FIELDS}
    aliases = [one.strip() for one in line["aliases"].split(";")]
    return {**row, "aliases": "; ".join(filter(None, aliases))}


def _sorted(tally: Tally, lines: Sequence[Line]) -> tuple[dict[str, Line], list[Line]]:
    """What each place is now, or was last; and the rows of former names."""
    current: dict[str, Line] = {}
    former: list[Line] = []
    for line in lines:
        _dates(tally, line)
        known = current.get(line["code"])
        if known is None:
            current[line["code"]] = line
        elif known.cells == line.cells:
            tally.leave(line, _NOUN, "twice", other=str(known.row))
        elif not (known["valid_to"] or line["valid_to"]):
            tally.fault(line, "code", "two_today", other=str(known.row))
        else:
            newest, other = sorted((known, line), key=_age, reverse=True)
            current[line["code"]] = newest
            former.append(other)
    return current, former


def _age(line: Line) -> tuple[bool, str]:
    return not line["valid_to"], line["valid_to"]


def _dates(tally: Tally, line: Line) -> None:
    if line["valid_to"] and line["valid_to"] <= line["valid_from"]:
        tally.fault(line, "valid_to", "ends_before")


def _check(tally: Tally, before: Tree, after: Tree, code: str, line: Line) -> None:
    """Its surroundings exist, do not go round in a circle, and are the actor's, as they were
    before and as they will be."""
    for column in ("parent", "successor"):
        if line[column] and line[column] not in after.places:
            tally.fault(line, column, "no_area", value=line[column])
    if line["successor"] and not line["valid_to"]:
        tally.fault(line, "successor", "not_ended")
    if line["successor"] == code:
        tally.fault(line, "successor", "itself")
    if _goes_round(after.places, code):
        tally.fault(line, "parent", "circle")
    elif not after.may(code) or (code in before.places and not before.may(code)):
        tally.fault(line, "code", "not_yours", value=code)


def _goes_round(places: Mapping[str, areas.Known], code: str) -> bool:
    seen: set[str] = set()
    while code in places and code not in seen:
        seen.add(code)
        code = places[code].parent
    return code in seen


def _counted(tally: Tally, before: Tree, code: str, row: Row) -> bool:
    """Whether there is something to write."""
    known = before.places.get(code)
    same = known is not None and areas.Known(*row.values()) == known
    tally.count(_NOUN, SAME if same else CHANGED if known else NEW)
    return not same


def _names(context: Context, tally: Tally, former: Sequence[Line]) -> list[Row]:
    """Names once recorded stay as they are: another one from the same day is left out."""
    known = areas.former(context.connection)
    rows: list[Row] = []
    for line in former:
        kept = known.get((line["code"], line["valid_from"]))
        if kept is None:
            row = {name: line[name] for name in ("valid_from", "valid_to", "kind", "name")}
            rows.append({"area": line["code"], **row})
            tally.count(_NAMES, NEW)
        elif kept == line["name"]:
            tally.count(_NAMES, SAME)
        else:
            tally.leave(line, _NAMES, "named", name=kept)
    return rows
