"""Monday's work, team by team and place by place: what of it is still to be done, and which
members are quiet. Table report_snapshot holds what was done, under "team:CODE" for teams."""

from collections.abc import Collection

from sqlalchemy import Connection, exists, select

from bot.core.rights import Role
from storage import areas
from storage.rows import insert_new, table
from storage.tables import (
    Confirmation,
    ReportSnapshot,
    SequenceStart,
    TeamArea,
    TeamMember,
    Visit,
)

_kept = table(ReportSnapshot).c
_member = table(TeamMember).c
_visit = table(Visit).c
_confirmed = table(Confirmation).c
_start = table(SequenceStart).c
TEAM = "team:"


def waiting(connection: Connection, week: str) -> list[str]:
    """Places teams serve below, then teams ("team:CODE"), of which nothing is kept for a week."""
    served = connection.execute(
        select(table(TeamArea).c.team, table(TeamArea).c.area).distinct()
    ).all()
    known = areas.known(connection)
    around: set[str] = set()
    for area in {row.area for row in served if row.area in known}:
        code = known[area].parent
        while code in known and code not in around:
            around.add(code)
            code = known[code].parent
    done = set(connection.execute(select(_kept.area).where(_kept.week == week)).scalars())
    teams = {f"{TEAM}{row.team}" for row in served}
    return [*sorted(around - done), *sorted(teams - done)]


def done(connection: Connection, team: str, week: str, content: str, now: int) -> bool:
    """Marks a team's week as done; False when somebody else has."""
    row = {"area": f"{TEAM}{team}", "week": week, "version": 1, "content": content}
    insert_new(connection, ReportSnapshot, [{**row, "made_by": 0, "made_at": now}])
    found = connection.execute(
        select(_kept.content).where(_kept.area == f"{TEAM}{team}", _kept.week == week)
    )
    return found.scalar() == content


def quiet(connection: Connection, team: str, since: int) -> list[int]:
    """Members who joined before then and have written nothing down since: no visit, nobody
    verified, no guide given."""
    heard = (
        exists().where(_visit.member == _member.person, _visit.at >= since),
        exists().where(_confirmed.recorder == _member.person, _confirmed.at >= since),
        exists().where(_start.started_by == _member.person, _start.at >= since),
    )
    found = connection.execute(
        select(_member.person)
        .where(
            _member.team == team,
            _member.role == Role.MEMBER,
            _member.joined_at < since,
            *(~one for one in heard),
        )
        .order_by(_member.person)
    )
    return list(found.scalars())


def leads(connection: Connection, team: str, now: int) -> Collection[int]:
    """Who is to be told, without those who asked for quiet."""
    found = connection.execute(
        select(_member.person)
        .where(_member.team == team, _member.role == Role.LEAD, _member.quiet_until <= now)
        .order_by(_member.person)
    )
    return list(found.scalars())
