"""Indicators level by level and over weeks, as pages show them. Rights asked first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import Connection

from bot.core.counts import Counts
from bot.core.figures import VERIFIED, Figures
from bot.core.indicators import Base, Goal
from bot.core.levels import Part, Setting, divided
from bot.core.rights import EVERYWHERE, Actor, Operation, refusal
from bot.core.weeks import Week
from bot.services import access, counting
from storage import areas, counts, reports
from storage.areas import Known
from storage.reports import Aim

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """One guide in one week; None for weeks nobody counted."""

    week: Week
    people: int | None
    new: int | None
    all: int | None


@dataclass(frozen=True, slots=True)
class Level:
    """`above` leads from the outermost place the actor may see; `empty` places below have no
    households listed. `counted_at` is 0 for what was counted for this very page."""

    above: Sequence[Known]
    parts: Sequence[Part]
    names: Mapping[str, str]
    empty: int
    trend: Sequence[Point]
    counted_at: int


def level(
    connection: Connection,
    actor: Actor,
    now: int,
    zone: tzinfo,
    week: Week,
    figures: Figures,
    guide: str,
) -> Level:
    """The places right below that of the figures."""
    area = figures.area
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    known = areas.known(connection)
    below = {one.code for one in known.values() if one.parent == area and not one.valid_to}
    part_of = {one.area: _part_of(one.area, area, known) for one in figures.places}
    parts = sorted({*part_of.values()} - {area})
    aims = reports.aims(connection, parts, min(now, week.end(zone)))
    settings = {one.area: _setting(one) for one in aims if one.guide == guide}
    found = divided(figures, guide, part_of, settings)
    return Level(
        above=_above(actor, area, known),
        parts=sorted(found, key=lambda one: _name(one.area, known)),
        names={one.area: _name(one.area, known) for one in found},
        empty=len(below - {*part_of.values()}),
        trend=_trend(connection, area, week, zone, guide),
        counted_at=_counted_at(connection, week, now, zone),
    )


def _part_of(code: str, area: str, known: Mapping[str, Known]) -> str:
    """The place right below the area that it is or lies in; the area itself when in none."""
    while code in known and code != area:
        if known[code].parent == area:
            return code
        code = known[code].parent
    return area


def _name(code: str, known: Mapping[str, Known]) -> str:
    return known[code].name if code in known else ""


def _setting(aim: Aim) -> Setting:
    return Setting(
        Base(aim.base, aim.base_source, aim.base_day) if aim.base else None,
        Goal(aim.number, aim.due) if aim.number else None,
    )


def _above(actor: Actor, area: str, known: Mapping[str, Known]) -> list[Known]:
    """Outermost first, as far as the actor may see."""
    line: list[Known] = []
    while area in known:
        line.insert(0, known[area])
        area = known[area].parent
    codes = [EVERYWHERE, *(one.code for one in line)]
    return [
        one
        for place, one in enumerate(line, 1)
        if refusal(actor, Operation.SEE_FIGURES, codes[place::-1]) is None
    ]


def _trend(connection: Connection, area: str, week: Week, zone: tzinfo, guide: str) -> list[Point]:
    weeks = [week]
    while len(weeks) < WEEKS:
        weeks.insert(0, weeks[0].before())
    kept = counting.trend(connection, area, weeks, zone)
    return [_point(one, kept.get(one), guide) for one in weeks]


def _point(week: Week, places: Mapping[str, Counts] | None, guide: str) -> Point:
    if not places:
        return Point(week, None, None, None)
    begun = [one.guided[guide].people for one in places.values() if guide in one.guided]
    kinds = [one.proven.get(guide, {}) for one in places.values()]
    proofs = [one[VERIFIED] for one in kinds if VERIFIED in one]
    return Point(week, sum(begun), sum(one.new for one in proofs), sum(one.all for one in proofs))


def _counted_at(connection: Connection, week: Week, now: int, zone: tzinfo) -> int:
    at = counts.counted_at(connection, [str(week)]).get(str(week), 0)
    running = week.end(zone) > now
    return at if running and at >= now - counting.FRESH else 0
