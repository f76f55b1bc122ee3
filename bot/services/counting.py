"""What is counted of places: now, or as it was kept a moment ago (bot/counter.py). For whoever has
asked for rights. Counting reads every person of the places, what is kept is a row of each place."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo

import orjson
from sqlalchemy import Connection

from bot.core.counts import Begun, Counts, Steps, from_plain, to_plain
from bot.core.figures import VERIFIED, Proof, Snag
from bot.core.rights import EVERYWHERE
from bot.core.weeks import Week, day_of, of_day
from storage import counts as kept
from storage import figures, funnels, tallies
from storage.counts import NOWHERE, Content
from storage.database import DAY, HOUR
from storage.tallies import Homes

FRESH = HOUR
WALKED = 30 * DAY
RESTS = 3 * DAY


@dataclass(frozen=True, slots=True)
class Span:
    """A week as far as it has gone: `end` is its end or now, in microseconds."""

    week: Week
    start: int
    end: int
    final: bool


def span(week: Week, now: int, zone: tzinfo) -> Span:
    end = week.end(zone)
    return Span(week, week.start(zone), min(end, now), final=end <= now)


@dataclass(frozen=True, slots=True)
class Found:
    """By place; whatever happened before `end`."""

    places: Mapping[str, Counts]
    end: int


def known(connection: Connection, area: str, time: Span) -> Found:
    """As it was kept, if that is fresh enough, else counted now."""
    at = kept.counted_at(connection, [str(time.week)]).get(str(time.week), 0)
    if at < (time.end if time.final else time.end - FRESH):
        return Found(counted(connection, area, time.start, time.end), time.end)
    return Found(_read(connection, [area], [str(time.week)])[str(time.week)], min(at, time.end))


def trend(
    connection: Connection, area: str, weeks: list[Week], zone: tzinfo
) -> dict[Week, Mapping[str, Counts]]:
    """What is kept of weeks that were counted to their end, and of the running one."""
    at = kept.counted_at(connection, [str(one) for one in weeks])
    known_weeks = [one for one in weeks if str(one) in at]
    read = _read(connection, [area], [str(one) for one in known_weeks])
    return {
        one: read[str(one)]
        for one in known_weeks
        if at[str(one)] >= one.end(zone) or one == weeks[-1]
    }


def _read(
    connection: Connection, scopes: Collection[str], weeks: list[str]
) -> dict[str, dict[str, Counts]]:
    found: dict[str, dict[str, Counts]] = {week: {} for week in weeks}
    for week, place, plain in kept.counts(connection, scopes, weeks):
        found[week][place] = from_plain(orjson.loads(plain))
    return found


def homes(connection: Connection, scopes: Collection[str], now: int, zone: tzinfo) -> Homes:
    """The big numbers, as they were kept within the hour, else counted now."""
    week = str(of_day(day_of(now, zone)))
    if kept.counted_at(connection, [week]).get(week, 0) < now - FRESH:
        return tallies.homes(connection, scopes)
    places = _read(connection, scopes, [week])[week].values()
    return Homes(
        sum(one.homes for one in places),
        sum(one.learning for one in places),
        sum(
            kinds[VERIFIED].all
            for one in places
            for kinds in one.proven.values()
            if VERIFIED in kinds
        ),
    )


def counted(connection: Connection, area: str, start: int, end: int) -> dict[str, Counts]:
    """Of every place with households below one. The number of statements does not depend on
    rows."""
    scopes, times = [area], (start, end)
    homes = figures.homes(connection, scopes)
    lives: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for each in figures.people(connection, scopes):
        lives[each.area][each.age_band] = each.number
    visited = figures.visited(connection, scopes, *times)
    phones = figures.without_phone(connection, scopes, *times)
    calls = figures.calls(connection, scopes, *times)
    learning = figures.learning(connection, scopes)
    warned = figures.warned(connection, scopes, *times)
    guided: defaultdict[str, dict[str, Begun]] = defaultdict(dict)
    for row in figures.guided(connection, scopes, *times):
        guided[row.area][row.guide] = Begun(row.times, row.people)
    proven: defaultdict[str, dict[str, dict[str, Proof]]] = defaultdict(dict)
    for one in figures.proven(connection, scopes, *times):
        kinds = proven[one.area].setdefault(one.guide, {})
        kinds[one.kind] = Proof(one.new, one.all)
    snags: defaultdict[str, list[Snag]] = defaultdict(list)
    for had in figures.stuck(connection, scopes, *times):
        snags[had.area].append(Snag(had.guide, had.item, had.outcome, had.times, had.people))
    return {
        place: Counts(
            number,
            lives[place],
            *visited.get(place, (0, 0)),
            phones.get(place, 0),
            calls.get(place, 0),
            learning.get(place, 0),
            warned.get(place, 0),
            guided[place],
            proven[place],
            sorted(snags[place], key=_name),
        )
        for place, number in homes.items()
    }


def _name(one: Snag) -> tuple[str, str, str]:
    return one.guide, one.item, one.outcome


def contents(connection: Connection, time: Span) -> dict[str, Content]:
    """Everything there is to keep of a week, by place. Only the running week says where people
    stand in guides."""
    found = counted(connection, EVERYWHERE, time.start, time.end)
    steps = {} if time.final else _steps(connection, time.end)
    places = {NOWHERE: Counts(), **found}
    return {
        place: Content(_text(to_plain(one)), _text(steps[place]) if place in steps else "")
        for place, one in places.items()
    }


def _text(plain: object) -> str:
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()


def _steps(connection: Connection, now: int) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    found: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
    for area, guide, item, outcome, number in funnels.everywhere(
        connection, now - WALKED, now, now - RESTS
    ):
        items = found.setdefault(area, {}).setdefault(guide, {})
        items.setdefault(item, {})[outcome] = number
    return found


def steps(connection: Connection, area: str, week: Week, now: int) -> list[Steps] | None:
    """Where people stand in guides, place by place; None when it was not counted lately."""
    at = kept.counted_at(connection, [str(week)]).get(str(week), 0)
    if at < now - FRESH:
        return None
    return [orjson.loads(one) for one in kept.steps(connection, area, str(week))]
