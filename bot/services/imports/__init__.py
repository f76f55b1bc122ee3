"""Lists taken over from spreadsheets: all rows are looked at first, and nothing is half saved.

`plan` functions of the modules beside look and count; what they mean to write is written in
the caller's transaction once no row is wrong. Reading files and words are the caller's.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from bot.core.rights import Actor
from bot.core.tabular import Column, Fault, Line, Reading
from bot.services import access
from bot.services.imports import groups, households, members, places, teams
from bot.services.imports.common import (
    CHANGED,
    LEFT,
    NEW,
    OPERATIONS,
    SAME,
    Context,
    Kind,
    Report,
    Tally,
)
from bot.vault import Vault
from storage import audit

__all__ = ["CHANGED", "COLUMNS", "LEFT", "NEW", "SAME", "Kind", "Report", "run"]

COLUMNS: Mapping[Kind, Sequence[Column]] = {
    Kind.AREAS: places.COLUMNS,
    Kind.TEAMS: teams.COLUMNS,
    Kind.MEMBERS: members.COLUMNS,
    Kind.HOUSEHOLDS: households.COLUMNS,
    Kind.GROUPS: groups.COLUMNS,
}
_PLANS: Mapping[Kind, Callable[[Context, Sequence[Line]], Tally]] = {
    Kind.AREAS: places.plan,
    Kind.TEAMS: teams.plan,
    Kind.MEMBERS: members.plan,
    Kind.HOUSEHOLDS: households.plan,
    Kind.GROUPS: groups.plan,
}


def run(
    connection: Connection,
    actor: Actor,
    now: int,
    vault: Vault,
    kind: Kind,
    reading: Reading,
    *,
    dry_run: bool = False,
) -> Report:
    """Saves all of it, or with faults or as a dry run nothing. Raises Refused when the actor may
    take over such lists nowhere."""
    access.scopes(actor, OPERATIONS[kind])
    tally = _PLANS[kind](Context(connection, actor, now, vault), reading.lines)
    faults = _joined(reading.faults, tally.faults)
    saved = not faults and not dry_run
    if saved:
        tally.save()
        counts = {noun: dict(found) for noun, found in tally.counts.items()}
        audit.record(connection, actor, OPERATIONS[kind], f"import:{kind}", now, counts=counts)
    left = sorted(tally.left, key=_row)
    return Report(kind, tally.counts, faults, left, reading.unread, saved)


def _joined(read: Sequence[Fault], planned: Sequence[Fault]) -> list[Fault]:
    """A row or cell that could not be read is not blamed for what follows from that."""
    lacking = {one.row for one in read if one.code == "required"}
    unread = {(one.row, one.column) for one in read}
    more = [
        one for one in planned if one.row not in lacking and (one.row, one.column) not in unread
    ]
    return sorted([*read, *more], key=_row)


def _row(one: Fault) -> int:
    return one.row
