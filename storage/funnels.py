"""Where people come to in guides and where they stop: one guide of some places, or all guides of
every place at once. Tables progress and guide_run.
"""

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)

from bot.core.counts import CAME, REST
from bot.core.effects import Outcome
from bot.core.rights import EVERYWHERE
from storage.figures import PEOPLE, here
from storage.households import ACTIVE
from storage.rows import table
from storage.tables import GuideRun, Household, Person, Progress

_person = table(Person).c
_home = table(Household).c
_progress = table(Progress).c
_run = table(GuideRun).c
_WHO = func.count((_progress.address + " " + cast(_progress.person, String)).distinct())
_MET = _progress.outcome.in_((Outcome.DONE, Outcome.STUCK))
Walked = dict[tuple[str, str], int]


def _resting(before: int) -> ColumnElement[bool]:
    """Runs that have not moved since, nobody having been asked for help."""
    return and_(_run.state == "started", _run.helped_at == 0, _run.moved_at < before)


def walked(
    connection: Connection,
    scopes: Collection[str],
    guide: str,
    start: int,
    end: int,
    before: int,
) -> Walked:
    """Item and outcome -> people within the time; CAME: whoever passed it or got stuck there; REST:
    those who stand still there since `before`. Everywhere includes chats nobody is tied to."""
    kinds = (_progress.item, _progress.outcome)
    these = (
        _progress.guide == guide,
        _progress.at >= start,
        _progress.at < end,
        _living(_progress.person, scopes),
    )
    went = select(*kinds, _WHO).where(*these)
    came = select(_progress.item, literal(CAME), _WHO).where(*these, _MET)
    rests = select(_run.item, literal(REST), func.count()).where(
        _run.guide == guide, _resting(before), _living(_run.person, scopes)
    )
    every = (
        went.group_by(*kinds),
        came.group_by(_progress.item),
        rests.group_by(_run.item),
    )
    found = connection.execute(union_all(*every))
    return {(item, outcome): int(number) for item, outcome, number in found}


def _living(person: ColumnElement[int], scopes: Collection[str]) -> ColumnElement[bool]:
    if EVERYWHERE in scopes:
        return true()
    return person.in_(select(_person.id).select_from(PEOPLE).where(here(scopes)))


def everywhere(
    connection: Connection, start: int, end: int, before: int
) -> list[tuple[str, str, str, str, int]]:
    """Place ("" where nobody known lives), guide, item, outcome, people."""
    area = func.coalesce(_home.area, "")
    lives = and_(_home.code == _person.household, _home.state == ACTIVE)
    homes = table(Person).join(table(Household), lives)
    kinds = (area, _progress.guide, _progress.item, _progress.outcome)
    walked_by = table(Progress).outerjoin(homes, _person.id == _progress.person)
    lately = and_(_progress.at >= start, _progress.at < end)
    went = select(*kinds, _WHO).select_from(walked_by).where(lately).group_by(*kinds)
    came = (
        select(*kinds[:3], literal(CAME), _WHO)
        .select_from(walked_by)
        .where(lately, _MET)
        .group_by(*kinds[:3])
    )
    rests = (
        select(area, _run.guide, _run.item, literal(REST), func.count())
        .select_from(table(GuideRun).outerjoin(homes, _person.id == _run.person))
        .where(_resting(before))
        .group_by(area, _run.guide, _run.item)
    )
    found = connection.execute(union_all(went, came, rests))
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in found]
