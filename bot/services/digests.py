"""A team's week for its lead. The service itself asks, so no rights are; nothing here sends."""

from collections import Counter
from collections.abc import Iterable
from datetime import tzinfo

from sqlalchemy import Connection

from bot.core.counts import together
from bot.core.digest import Aimed, Digest, Knock
from bot.core.effects import Outcome
from bot.core.figures import SAID, VERIFIED, Snag
from bot.core.indicators import Goal, pace
from bot.core.weeks import Week, day_of
from storage import digests, doors, figures, reports
from storage.database import DAY
from storage.doors import Door
from storage.teams import Known

DOORS = 3
QUIET = 14 * DAY


def digest(connection: Connection, now: int, zone: tzinfo, team: Known, week: Week) -> Digest:
    start, end = week.start(zone), week.end(zone)
    scopes = sorted(team.serves)
    new, everybody = _proven(figures.proven(connection, scopes, start, end))
    visits = [one for one, _ in figures.visited(connection, scopes, start, end).values()]
    stuck = [
        Snag(one.guide, one.item, one.outcome, one.times, one.people)
        for one in figures.stuck(connection, scopes, start, end)
        if one.outcome == Outcome.STUCK
    ]
    snags = together(stuck)
    sessions = figures.guided(connection, scopes, start, end)
    learnt = new[SAID] + new[VERIFIED]
    return Digest(
        team=team.code,
        week=str(week),
        guided=sum(one.people for one in sessions if not one.guide),
        said=new[SAID].total(),
        verified=new[VERIFIED].total(),
        visited=sum(visits) or None,
        calls=sum(figures.calls(connection, scopes, start, end).values()),
        stuck=sum(one.people for one in snags),
        snag=f"{snags[0].guide} {snags[0].item}" if snags else "",
        best=min(learnt, key=lambda one: (-learnt[one], one), default=""),
        quiet=digests.quiet(connection, team.code, now - QUIET),
        goals=_goals(connection, now, zone, team, everybody, end),
        doors=[_knock(one) for one in doors.ranked(connection, scopes, now, end, DOORS)],
    )


_Kinds = dict[str, Counter[str]]


def _proven(found: Iterable[figures.Proven]) -> tuple[_Kinds, _Kinds]:
    """By kind and guide: new, and all there are."""
    new: _Kinds = {SAID: Counter(), VERIFIED: Counter()}
    everybody: _Kinds = {SAID: Counter(), VERIFIED: Counter()}
    for one in found:
        if one.kind in new:
            new[one.kind][one.guide] += one.new
            everybody[one.kind][one.guide] += one.all
    return {kind: +counted for kind, counted in new.items()}, everybody


def _goals(
    connection: Connection, now: int, zone: tzinfo, team: Known, everybody: _Kinds, end: int
) -> list[Aimed]:
    """Those of the places the team serves: goals of a whole commune are not one team's."""
    found: dict[str, list[reports.Aim]] = {}
    for aim in reports.aims(connection, team.serves, end):
        if aim.number:
            found.setdefault(aim.guide, []).append(aim)
    aimed = []
    for guide, aims in found.items():
        goal = Goal(sum(one.number for one in aims), max(one.due for one in aims))
        done = everybody[VERIFIED][guide]
        left = pace(goal, done, day_of(now, zone))
        aimed.append(Aimed(guide, done, goal.number, goal.due, left.each, left.late))
    return aimed


def _knock(door: Door) -> Knock:
    reasons = {
        "help": door.asks_help,
        "stuck": door.stuck,
        "planned": door.planned,
        "unreached": door.unreached,
        "alone": door.old_alone,
        "never": door.days < 0,
    }
    return Knock(door.household, [why for why, true in reasons.items() if true])
