"""What is counted, by place and guide, from rows that only grow: progress, confirmations, visits,
calls for help. Every function answers for all places below some at once with one statement.

Times are `start` <= at < `end`. Only persons of active households count; where they live is where
they live now, so what was reported once is kept (report_snapshot), never counted anew.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from bot.core.effects import Outcome
from storage import areas
from storage.households import ACTIVE
from storage.rows import Model, table
from storage.runs import LIVE
from storage.tables import (
    Confirmation,
    GuideRun,
    HelpRequest,
    Household,
    Person,
    Progress,
    ScamWarning,
    Visit,
)

_person = table(Person).c
_home = table(Household).c
_progress = table(Progress).c
_confirmed = table(Confirmation).c
_visit = table(Visit).c
_help = table(HelpRequest).c
_run = table(GuideRun).c
_warning = table(ScamWarning).c
PEOPLE = table(Person).join(table(Household), _home.code == _person.household)
# Written out, so that the partial index of finished guides is used.
_FINISHED = literal(Outcome.FINISHED.value, literal_execute=True)
_TAUGHT = ("done", "again")  # what became of a visit at which somebody was guided
Scopes = Collection[str]


@dataclass(frozen=True, slots=True)
class Lives:
    """How many persons of one age live in a place."""

    area: str
    age_band: str
    number: int


@dataclass(frozen=True, slots=True)
class Guided:
    """Sessions begun in the time and who had them; guide "" for whichever."""

    area: str
    guide: str
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Proven:
    """Persons who can do it, by kind of proof: within the time, and up to its end."""

    area: str
    guide: str
    kind: str
    new: int
    all: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """How often somebody of a place did not get on at a step, or had a named trouble."""

    area: str
    guide: str
    item: str
    outcome: str
    times: int
    people: int


def here(scopes: Scopes) -> ColumnElement[bool]:
    """Of a household: it is active and lies in one of the places or below."""
    return and_(_home.state == ACTIVE, areas.inside(_home.area, scopes))


def _within(at: Any, start: int, end: int) -> ColumnElement[bool]:
    within: ColumnElement[bool] = and_(at >= start, at < end)
    return within


def homes(connection: Connection, scopes: Scopes) -> dict[str, int]:
    """Active households by place."""
    found = connection.execute(
        select(_home.area, func.count()).where(here(scopes)).group_by(_home.area)
    )
    return {area: int(number) for area, number in found}


def people(connection: Connection, scopes: Scopes) -> list[Lives]:
    kinds = (_home.area, _person.age_band)
    found = connection.execute(
        select(*kinds, func.count()).select_from(PEOPLE).where(here(scopes)).group_by(*kinds)
    )
    return [Lives(*row) for row in found]


def visited(
    connection: Connection, scopes: Scopes, start: int, end: int
) -> dict[str, tuple[int, int]]:
    """Place -> households visited within the time, and up to its end."""
    joined = table(Visit).join(table(Household), _home.code == _visit.household)
    recent = case((_visit.at >= start, _visit.household))
    found = connection.execute(
        select(
            _home.area,
            func.count(recent.distinct()),
            func.count(_visit.household.distinct()),
        )
        .select_from(joined)
        .where(here(scopes), _visit.at < end)
        .group_by(_home.area)
    )
    return {area: (int(new), int(ever)) for area, new, ever in found}


def _sessions(scopes: Scopes, start: int, end: int) -> CompoundSelect[Any]:
    """Who was guided in what: by chat, or by somebody at the door."""
    begun = case((_progress.outcome == Outcome.STARTED, 1), else_=0).label("begun")
    chat = _lived(Progress, scopes, _progress.guide, begun).where(_within(_progress.at, start, end))
    door = _lived(Visit, scopes, _visit.guide, case((_visit.id > 0, 1), else_=0)).where(
        _within(_visit.at, start, end), _visit.guide != "", _visit.outcome.in_(_TAUGHT)
    )
    return union_all(chat, door)


def _lived(model: Model, scopes: Scopes, *columns: Any) -> Select[Any]:
    """Rows about persons, with where each lives and who it is. Joined before rows are put
    together, so that no more than those of the places are read."""
    rows = table(model)
    joined = PEOPLE.join(rows, rows.c.person == _person.id)
    return (
        select(_home.area, _person.id.label("person"), *columns)
        .select_from(joined)
        .where(here(scopes))
    )


def guided(connection: Connection, scopes: Scopes, start: int, end: int) -> list[Guided]:
    """For each place and guide, and for each place whatever the guide; read once for both."""
    rows = _sessions(scopes, start, end).cte()
    times, who = func.sum(rows.c.begun), func.count(rows.c.person.distinct())
    each = select(rows.c.area, rows.c.guide, times, who).group_by(rows.c.area, rows.c.guide)
    whole = select(rows.c.area, literal(""), times, who).group_by(rows.c.area)
    found = connection.execute(union_all(each, whole))
    return [Guided(area, guide, int(times), int(who)) for area, guide, times, who in found]


def proven(connection: Connection, scopes: Scopes, start: int, end: int) -> list[Proven]:
    """Who reached the end of a guide in a chat has said so, with or without a row that says it.
    What a member saw counts only with the member's number."""
    said = case((_progress.id > 0, "said")).label("kind")
    finished = _lived(Progress, scopes, _progress.guide, said, _progress.at).where(
        _progress.outcome == _FINISHED, _progress.at < end
    )
    seen = (_confirmed.kind != "verified") | (_confirmed.recorder != 0)
    kept = _lived(Confirmation, scopes, _confirmed.guide, _confirmed.kind, _confirmed.at).where(
        _confirmed.at < end, seen
    )
    rows = union_all(finished, kept).subquery().c
    who = (rows.area, rows.person, rows.guide, rows.kind)
    first = select(*who, func.min(rows.at).label("at")).group_by(*who).subquery().c
    new = func.sum(case((first.at >= start, 1), else_=0))
    kinds = (first.area, first.guide, first.kind)
    found = connection.execute(select(*kinds, new, func.count()).group_by(*kinds))
    return [Proven(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in found]


def calls(connection: Connection, scopes: Scopes, start: int, end: int) -> dict[str, int]:
    """Place -> calls for help within the time."""
    joined = PEOPLE.join(table(HelpRequest), _help.person == _person.id)
    found = connection.execute(
        select(_home.area, func.count())
        .select_from(joined)
        .where(here(scopes), _within(_help.asked_at, start, end))
        .group_by(_home.area)
    )
    return {area: int(number) for area, number in found}


def without_phone(connection: Connection, scopes: Scopes, start: int, end: int) -> dict[str, int]:
    """Place -> persons without a smartphone of their own who were guided at the door."""
    joined = PEOPLE.join(table(Visit), _visit.person == _person.id)
    found = connection.execute(
        select(_home.area, func.count(_visit.person.distinct()))
        .select_from(joined)
        .where(
            here(scopes),
            _within(_visit.at, start, end),
            _visit.outcome.in_(_TAUGHT),
            _person.smartphone.in_(("no", "shared")),
        )
        .group_by(_home.area)
    )
    return {area: int(number) for area, number in found}


def stuck(connection: Connection, scopes: Scopes, start: int, end: int) -> list[Stuck]:
    """By place, guide, and step or trouble."""
    joined = PEOPLE.join(table(Progress), _progress.person == _person.id)
    kinds = (_home.area, _progress.guide, _progress.item, _progress.outcome)
    found = connection.execute(
        select(*kinds, func.count(), func.count(_progress.person.distinct()))
        .select_from(joined)
        .where(
            here(scopes),
            _within(_progress.at, start, end),
            _progress.outcome.in_((Outcome.STUCK, Outcome.TROUBLE)),
        )
        .group_by(*kinds)
    )
    return [Stuck(*row) for row in found]


def learning(connection: Connection, scopes: Scopes) -> dict[str, int]:
    """Place -> persons who are at a guide now."""
    found = connection.execute(
        select(_home.area, func.count(_run.person.distinct()))
        .select_from(PEOPLE.join(table(GuideRun), _run.person == _person.id))
        .where(here(scopes), _run.state.in_(LIVE))
        .group_by(_home.area)
    )
    return {area: int(number) for area, number in found}


def warned(connection: Connection, scopes: Scopes, start: int, end: int) -> dict[str, int]:
    """Place -> how often somebody was warned of a scam within the time."""
    joined = PEOPLE.join(table(ScamWarning), _warning.person == _person.id)
    found = connection.execute(
        select(_home.area, func.count())
        .select_from(joined)
        .where(here(scopes), _within(_warning.at, start, end))
        .group_by(_home.area)
    )
    return {area: int(number) for area, number in found}


def unplaced(connection: Connection, start: int, end: int) -> int:
    """Guides finished within the time in chats nobody is tied to: they count for no place."""
    found: int = connection.execute(
        select(func.count())
        .select_from(table(Progress))
        .where(
            _within(_progress.at, start, end),
            _progress.person == 0,
            _progress.outcome == Outcome.FINISHED,
        )
    ).scalar_one()
    return found
