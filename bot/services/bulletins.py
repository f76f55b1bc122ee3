"""Announcements as pages show them: what stands, what was changed, whom it would reach."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.announcement import Content, State, from_plain
from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import announcements, approvals, areas, persons, tallies
from storage.announcements import Kept
from storage.areas import Place
from storage.rows import Row
from storage.tallies import Tally

_AT_ONCE = 100
EVERY_AREA = "*"


def look(connection: Connection, actor: Actor, announcement: int) -> Kept:
    """As it stands; nothing is locked. Raises Refused."""
    found = announcements.get(connection, announcement)
    if found is None:
        raise Refused(Problem.NO_ANNOUNCEMENT)
    for area in found.content.areas:
        place = EVERYWHERE if area == EVERY_AREA else area
        access.require(connection, actor, Operation.SEE_ANNOUNCEMENTS, place)
    return found


def may(connection: Connection, actor: Actor, operation: Operation, content: Content) -> bool:
    """Over every place it goes to."""
    try:
        for area in content.areas:
            place = EVERYWHERE if area == EVERY_AREA else area
            access.require(connection, actor, operation, place)
    except Refused:
        return False
    return bool(actor.scopes(operation))


def listed(
    connection: Connection, actor: Actor, states: Collection[State], limit: int, after: int = 0
) -> list[Kept]:
    """Newest first, those that go to none but the actor's own places."""
    scopes = access.scopes(actor, Operation.SEE_ANNOUNCEMENTS)
    mine = _below(connection, scopes)
    found: list[Kept] = []
    while len(found) < limit:
        rows = announcements.latest(connection, states, _AT_ONCE, after)
        found += [one for one in rows if mine is None or set(one.content.areas) <= mine]
        if len(rows) < _AT_ONCE:
            break
        after = rows[-1].id
    return found[:limit]


def _below(connection: Connection, scopes: Collection[str]) -> set[str] | None:
    """Codes of the scopes and everything in them; None for everywhere."""
    if EVERYWHERE in scopes:
        return None
    return {one.code for one in places(connection, scopes)}


def places(connection: Connection, scopes: Collection[str]) -> list[Place]:
    """The scopes and what lies below, each after what it lies in."""
    known = areas.places(connection)
    below: dict[str, list[Place]] = {}
    for one in sorted(known.values(), key=lambda place: place.name):
        below.setdefault(one.parent, []).append(one)
    tops = (
        below.get("", [])
        if EVERYWHERE in scopes
        else [
            known[one] for one in sorted(scopes) if one in known and not _inside(known, one, scopes)
        ]
    )
    found: list[Place] = []
    waiting = list(reversed(tops))
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += reversed(below.get(one.code, []))
    return found


def _inside(known: dict[str, Place], code: str, scopes: Collection[str]) -> bool:
    """Whether it lies below another of the scopes."""
    above = known[code].parent
    while above in known:
        if above in scopes:
            return True
        above = known[above].parent
    return False


@dataclass(frozen=True, slots=True)
class Story:
    """How it came to be: decisions, who everybody is, and what was decided about last."""

    decisions: list[Row]
    names: dict[int, str]
    editors: frozenset[int]
    before: Content | None


def story(connection: Connection, kept: Kept) -> Story:
    decisions = approvals.decisions(connection, kept.id)
    versions = announcements.versions(connection, kept.id)
    editors = frozenset(int(one["editor"]) for one in versions)
    ids = {*editors, *(int(one["person"]) for one in decisions), kept.author, kept.approved_by}
    names = {one.id: one.name for one in persons.get(connection, ids).values()}
    return Story(decisions, names, editors, _decided(kept, versions, decisions))


def _decided(kept: Kept, versions: list[Row], decisions: list[Row]) -> Content | None:
    """The content somebody decided about last, if it is another now."""
    numbers = [int(one["version"]) for one in decisions if int(one["version"]) < kept.version]
    last = max(numbers, default=0)
    for one in versions:
        if int(one["version"]) == last:
            return from_plain(announcements.plain(one))
    return None


def tally(connection: Connection, content: Content, now: int) -> list[Tally]:
    """Whom it would reach now."""
    return tallies.tally(connection, content, now) if content.areas or content.follows else []
