"""Indicators by place and guide, goals, and where people get stuck. Rights asked first; what is
shown of it and in which words is bot/report_forms.py's."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import Connection

from bot.core.effects import Outcome
from bot.core.figures import Figures, Guiding, Number, Place, Proof, Snag, added
from bot.core.guide import Guide, GuideStep
from bot.core.indicators import Base, Goal
from bot.core.rights import Actor, Operation
from bot.core.weeks import Week, day_of
from bot.services import access
from bot.services.access import Problem, Refused
from storage import areas, audit, figures, reports, teams
from storage.database import DAY
from storage.figures import Lives
from storage.reports import Aim

LONG = 200
RESTS = 3 * DAY


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


def see(
    connection: Connection,
    actor: Actor,
    now: int,
    zone: tzinfo,
    area: str,
    week: Week,
    catalogue: Catalogue,
) -> Figures:
    """As they are counted now."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    return gather(connection, now, zone, area, week, catalogue)


def gather(
    connection: Connection, now: int, zone: tzinfo, area: str, week: Week, catalogue: Catalogue
) -> Figures:
    """For whoever has asked for rights. The number of statements does not depend on rows."""
    time = span(week, now, zone)
    if time.start >= now:
        raise Refused(Problem.TOO_EARLY)
    counted = _Counted(connection, area, time, day_of(now, zone))
    known = areas.known(connection)
    snags = figures.stuck(connection, [area], time.start, time.end)
    return Figures(
        week=str(week),
        area=area,
        name=known[area].name if area in known else "",
        as_of=str(day_of(time.end - 1, zone)),
        made=str(day_of(now, zone)),
        final=time.final,
        places=[counted.place(one, known) for one in counted.areas],
        guides=counted.guides(catalogue),
        snags=[Snag(*_fields(one)) for one in snags],
        unplaced=figures.unplaced(connection, time.start, time.end),
        titles=dict(catalogue.titles),
        labels=_named(snags, catalogue.labels),
    )


def _fields(one: figures.Stuck) -> tuple[str, str, str, int, int]:
    return one.guide, one.item, one.outcome, one.times, one.people


def _named(snags: Sequence[figures.Stuck], labels: Mapping[str, str]) -> dict[str, str]:
    keys = (f"{one.guide} {one.item}" for one in snags)
    return {key: labels[key] for key in keys if key in labels}


class _Counted:
    """Everything counted of the places below one, before it is put together."""

    def __init__(self, connection: Connection, area: str, time: Span, today: date) -> None:
        scopes, times = [area], (time.start, time.end)
        self._area, self._today = area, today
        self._homes = figures.homes(connection, scopes)
        self._lives: defaultdict[str, list[Lives]] = defaultdict(list)
        for one in figures.people(connection, scopes):
            self._lives[one.area].append(one)
        self._visited = figures.visited(connection, scopes, *times)
        self._phones = figures.without_phone(connection, scopes, *times)
        self._calls = figures.calls(connection, scopes, *times)
        self._guided = {
            (one.area, one.guide): one for one in figures.guided(connection, scopes, *times)
        }
        self._proven: defaultdict[tuple[str, str], dict[str, Proof]] = defaultdict(dict)
        for each in figures.proven(connection, scopes, *times):
            self._proven[each.area, each.guide][each.kind] = Proof(each.new, each.all)
        self._teams = teams.known(connection).values()
        self.areas = self._all_areas(connection)
        found = reports.aims(connection, [area, *self.areas], time.end)
        self._aims = {(one.area, one.guide): one for one in found}

    def _all_areas(self, connection: Connection) -> list[str]:
        """Places with households, and those a team serves without any listed."""
        served = {area for team in self._teams for area in team.serves}
        around = served & areas.below(connection, [self._area])
        return sorted({*self._homes} | (around - {self._area})) or [self._area]

    def place(self, area: str, known: Mapping[str, areas.Known]) -> Place:
        listed = area in self._homes
        new, ever = self._visited.get(area, (0, 0))
        lives = self._lives[area]
        return Place(
            area=area,
            name=known[area].name if area in known else "",
            team=", ".join(sorted(one.name for one in self._teams if area in one.serves)),
            homes=self._homes.get(area),
            people=sum(one.number for one in lives) if listed else None,
            ages_unknown=sum(one.number for one in lives if not one.age_band) if listed else None,
            visited_new=new or None,
            visited=ever or None,
            guided=self._whatever(area) if listed else None,
            without_phone=self._phones.get(area, 0) if new else None,
            calls=self._calls.get(area, 0) if listed else None,
        )

    def _whatever(self, area: str) -> int:
        found = self._guided.get((area, ""))
        return found.people if found else 0

    def guides(self, catalogue: Catalogue) -> list[Guiding]:
        """Of the whole first, then of each place."""
        named = [*catalogue.titles]
        named += sorted({guide for _, guide in (*self._guided, *self._proven)} - {"", *named})
        return [
            one
            for guide in named
            for one in (self._whole(guide, catalogue), *self._each(guide, catalogue))
        ]

    def _each(self, guide: str, catalogue: Catalogue) -> list[Guiding]:
        return [self._guiding(area, guide, catalogue) for area in self.areas]

    def _guiding(self, area: str, guide: str, catalogue: Catalogue) -> Guiding:
        listed, found = area in self._homes, self._guided.get((area, guide))
        times: Number = (found.times if found else 0) if listed else None
        people: Number = (found.people if found else 0) if listed else None
        base = self._base(area, guide, self._lives[area], catalogue)
        return Guiding(
            area, guide, times, people, self._proven[area, guide], base, self._goal(area, guide)
        )

    def _whole(self, guide: str, catalogue: Catalogue) -> Guiding:
        parts = self._each(guide, catalogue)
        lives = [one for area in self.areas for one in self._lives[area]]
        kinds = sorted({kind for one in parts for kind in one.proofs})
        proofs = {
            kind: Proof(
                sum(one.proof(kind).new for one in parts), sum(one.proof(kind).all for one in parts)
            )
            for kind in kinds
        }
        times = added(one.times for one in parts).number
        people = added(one.people for one in parts).number
        base = self._base(self._area, guide, lives, catalogue)
        return Guiding("", guide, times, people, proofs, base, self._goal(self._area, guide))

    def _base(self, area: str, guide: str, lives: Sequence[Lives], catalogue: Catalogue) -> Base:
        """The officials' count where there is one, else our list: who might be meant counts in."""
        aim = self._aims.get((area, guide))
        if aim and aim.base:
            return Base(aim.base, aim.base_source, aim.base_day)
        ages = catalogue.meant(guide)
        meant = sum(one.number for one in lives if one.age_band in ages)
        unsure = sum(one.number for one in lives if not one.age_band)
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


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Step:
    """What became of those who came to a step: `rest` have stood still there, and not asked for
    help, for some days. Troubles by how many had them, most first."""

    item: str
    passed: int
    stuck: int
    rest: int
    troubles: Sequence[tuple[str, int]]


def funnel(
    connection: Connection, actor: Actor, now: int, guide: Guide, since: int, area: str = ""
) -> list[Step]:
    """Where people get stuck in a guide, step by step. Everywhere it counts chats nobody is tied
    to as well; of a place only those who live there."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    counted = figures.walked(connection, [area], guide.id, since, now)
    resting = figures.resting(connection, [area], guide.id, now - RESTS)
    return [_step(one, counted, resting) for one in guide.steps]


def _step(
    step: GuideStep, counted: Mapping[tuple[str, str], int], resting: Mapping[str, int]
) -> Step:
    had = [(one.id, counted.get((one.id, Outcome.TROUBLE), 0)) for one in step.troubles]
    return Step(
        step.id,
        passed=counted.get((step.id, Outcome.DONE), 0),
        stuck=counted.get((step.id, Outcome.STUCK), 0),
        rest=resting.get(step.id, 0),
        troubles=sorted((one for one in had if one[1]), key=lambda one: (-one[1], one[0])),
    )
