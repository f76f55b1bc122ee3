"""Indicators by place and guide, and goals. Rights asked first; what is
shown of it and in which words is bot/report_forms.py's."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import Connection

from bot.core.counts import Begun, Counts, together
from bot.core.figures import Figures, Guiding, Number, Place, Remark, Snag, summed
from bot.core.indicators import Base, Goal
from bot.core.rights import Actor, Operation
from bot.core.weeks import Week, day_of
from bot.services import access
from bot.services.access import Problem, Refused
from bot.services.counting import Found, counted, known, span
from storage import areas, audit, figures, remarks, reports, teams
from storage.reports import Aim

LONG = 200


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What guides are called and for whom they are: `ages` by guide, "" for all others. `labels`
    name steps and troubles as "guide item"; `source` is what our own list of people is called."""

    titles: Mapping[str, str]
    labels: Mapping[str, str]
    ages: Mapping[str, Collection[str]]
    source: str

    def meant(self, guide: str) -> Collection[str]:
        return self.ages.get(guide, self.ages[""])


def see(
    connection: Connection,
    actor: Actor,
    now: int,
    zone: tzinfo,
    area: str,
    week: Week,
    catalogue: Catalogue,
) -> Figures:
    """As they were kept a moment ago, or are counted now."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    return gather(connection, now, zone, area, week, catalogue)


def gather(
    connection: Connection,
    now: int,
    zone: tzinfo,
    area: str,
    week: Week,
    catalogue: Catalogue,
    *,
    anew: bool = False,
) -> Figures:
    """For whoever has asked for rights; `anew` leaves aside what is kept. The number of
    statements does not depend on rows."""
    time = span(week, now, zone)
    if time.start >= now:
        raise Refused(Problem.TOO_EARLY)
    found = (
        Found(counted(connection, area, time.start, time.end), time.end)
        if anew
        else known(connection, area, time)
    )
    places = areas.known(connection)
    parts = _Parts(connection, area, found, day_of(now, zone))
    snags = together(one for place in found.places.values() for one in place.snags)
    return Figures(
        week=str(week),
        area=area,
        name=places[area].name if area in places else "",
        as_of=str(day_of(found.end - 1, zone)),
        made=str(day_of(now, zone)),
        final=time.final,
        places=[parts.place(one, places) for one in parts.areas],
        guides=parts.guides(catalogue),
        snags=snags,
        unplaced=figures.unplaced(connection, time.start, time.end),
        titles=dict(catalogue.titles),
        labels=_named(snags, catalogue.labels),
        remarks=tuple(
            Remark(
                one.kind,
                places[one.area].name if one.area in places else "",
                one.text,
                str(day_of(one.at, zone)),
            )
            for one in remarks.of_week(connection, [area], str(week))
        ),
    )


def _named(snags: Sequence[Snag], labels: Mapping[str, str]) -> dict[str, str]:
    keys = (f"{one.guide} {one.item}" for one in snags)
    return {key: labels[key] for key in keys if key in labels}


_NOTHING, _NONE = Counts(), Begun()


class _Parts:
    """Everything counted of the places below one, before it is put together."""

    def __init__(self, connection: Connection, area: str, found: Found, today: date) -> None:
        self._area, self._today = area, today
        self._counts = found.places
        self._teams = teams.known(connection).values()
        self.areas = self._all_areas(connection)
        aims = reports.aims(connection, [area, *self.areas], found.end)
        self._aims = {(one.area, one.guide): one for one in aims}

    def _all_areas(self, connection: Connection) -> list[str]:
        """Places with households, and those a team serves without any listed."""
        served = {area for team in self._teams for area in team.serves}
        around = served & areas.below(connection, [self._area])
        return sorted({*self._counts} | (around - {self._area})) or [self._area]

    def place(self, area: str, known: Mapping[str, areas.Known]) -> Place:
        listed, one = area in self._counts, self._counts.get(area, _NOTHING)
        return Place(
            area=area,
            name=known[area].name if area in known else "",
            team=", ".join(sorted(team.name for team in self._teams if area in team.serves)),
            homes=one.homes if listed else None,
            people=sum(one.lives.values()) if listed else None,
            ages_unknown=one.lives.get("", 0) if listed else None,
            visited_new=one.visited_new or None,
            visited=one.visited or None,
            guided=one.guided.get("", _NONE).people if listed else None,
            without_phone=one.without_phone if one.visited_new else None,
            calls=one.calls if listed else None,
            warned=one.warned if listed else None,
        )

    def guides(self, catalogue: Catalogue) -> list[Guiding]:
        """Of the whole first, then of each place."""
        heard = {guide for one in self._counts.values() for guide in (*one.guided, *one.proven)}
        named = [*catalogue.titles, *sorted(heard - {"", *catalogue.titles})]
        return [
            one
            for guide in named
            for one in (self._whole(guide, catalogue), *self._each(guide, catalogue))
        ]

    def _each(self, guide: str, catalogue: Catalogue) -> list[Guiding]:
        return [self._guiding(area, guide, catalogue) for area in self.areas]

    def _guiding(self, area: str, guide: str, catalogue: Catalogue) -> Guiding:
        listed, one = area in self._counts, self._counts.get(area, _NOTHING)
        begun, proofs = one.guided.get(guide, _NONE), one.proven.get(guide, {})
        times: Number = begun.times if listed else None
        people: Number = begun.people if listed else None
        base = self._base(area, guide, one.lives, catalogue)
        return Guiding(area, guide, times, people, proofs, base, self._goal(area, guide))

    def _whole(self, guide: str, catalogue: Catalogue) -> Guiding:
        parts = self._each(guide, catalogue)
        lives = Counter[str]()
        for area in self.areas:
            lives.update(self._counts.get(area, _NOTHING).lives)
        base = self._base(self._area, guide, lives, catalogue)
        return summed("", guide, parts, base, self._goal(self._area, guide))

    def _base(self, area: str, guide: str, lives: Mapping[str, int], catalogue: Catalogue) -> Base:
        """The officials' count where there is one, else our list: who might be meant counts in."""
        aim = self._aims.get((area, guide))
        if aim and aim.base:
            return Base(aim.base, aim.base_source, aim.base_day)
        ages = catalogue.meant(guide)
        meant = sum(number for band, number in lives.items() if band in ages)
        unsure = lives.get("", 0)
        number = meant + unsure if meant or unsure else None
        return Base(number, catalogue.source, str(self._today), unsure)

    def _goal(self, area: str, guide: str) -> Goal | None:
        aim = self._aims.get((area, guide))
        return Goal(aim.number, aim.due) if aim and aim.number else None


def set_goal(connection: Connection, actor: Actor, now: int, zone: tzinfo, aim: Aim) -> None:
    """A goal, an official count, or both; zeros take them back. Raises Refused for what cannot
    be: more than there are, a count without source or day, a day that is over."""
    access.require(connection, actor, Operation.SET_GOAL, aim.area)
    today = str(day_of(now, zone))
    fits = (
        aim.number >= 0
        and aim.base >= 0
        and (not aim.number or (_is_day(aim.due) and aim.due > today))
        and (not aim.base or (0 < len(aim.base_source.strip()) <= LONG and _is_day(aim.base_day)))
        and (not aim.base or (aim.number <= aim.base and aim.base_day <= today))
    )
    if not fits:
        raise Refused(Problem.BAD_VALUE)
    row = {name: getattr(aim, name) for name in Aim.__slots__}
    reports.aim(connection, {**row, "set_by": actor.person, "set_at": now})
    detail = {"number": aim.number, "due": aim.due, "base": aim.base}
    target = f"goal:{aim.area}:{aim.guide}"
    audit.record(connection, actor, Operation.SET_GOAL, target, now, **detail)


def goal(connection: Connection, actor: Actor, now: int, area: str, guide: str) -> Aim:
    """What is set now; zeros for nothing."""
    access.require(connection, actor, Operation.SET_GOAL, area)
    found = reports.aims(connection, [area], now + 1)
    nothing = Aim(area, guide, 0, "", 0, "", "")
    return next((one for one in found if one.guide == guide), nothing)


def place_name(connection: Connection, actor: Actor, area: str) -> str:
    """Empty for everywhere."""
    access.require(connection, actor, Operation.SET_GOAL, area)
    found = areas.places(connection, [area])
    return found[area].name if area in found else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
