"""Weekly reports: counted once when the week is over, kept with the form they were put into, and
shown again from that alone. What came to light later makes a further version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import orjson
from sqlalchemy import Connection

from bot.core.figures import Figures, from_plain, to_plain
from bot.core.rights import Actor, Operation
from bot.core.weeks import Week
from bot.services import access
from bot.services.access import Problem, Refused
from bot.services.figures import Catalogue, gather
from storage import audit, reports


@dataclass(frozen=True, slots=True)
class Kept:
    """The numbers, and the form as plain values."""

    figures: Figures
    form: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Now:
    """What a report is made with when none is kept: the clock, guides, and today's form."""

    at: int
    zone: tzinfo
    catalogue: Catalogue
    form: Mapping[str, Any]


def weekly(
    connection: Connection, actor: Actor, now: Now, area: str, week: Week, *, version: int = 0
) -> Kept:
    """The newest version, or the one that is named; made and kept if there is none and the week
    is over."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    if found := reports.kept(connection, area, str(week), version):
        return _read(found)
    if version:
        raise Refused(Problem.NO_REPORT)
    return make(connection, actor, now, area, week)


def look(
    connection: Connection, actor: Actor, now: Now, area: str, week: Week, *, version: int = 0
) -> Kept:
    """The newest version that is kept, or the one that is named; else the numbers in today's form.
    Nothing is written."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    if found := reports.kept(connection, area, str(week), version):
        return _read(found)
    if version:
        raise Refused(Problem.NO_REPORT)
    return Kept(gather(connection, now.at, now.zone, area, week, now.catalogue), now.form)


def keep(connection: Connection, actor: Actor, now: Now, area: str, week: Week) -> Kept:
    """Made and kept, if nobody has yet. Raises Refused for a week that is not over."""
    access.require(connection, actor, Operation.MAKE_REPORT, area)
    if week.end(now.zone) > now.at:
        raise Refused(Problem.TOO_EARLY)
    return weekly(connection, actor, now, area, week)


def anew(connection: Connection, actor: Actor, now: Now, area: str, week: Week) -> Kept:
    """Counted once more, as a further version; the others stay."""
    access.require(connection, actor, Operation.MAKE_REPORT, area)
    return make(connection, actor, now, area, week, anew=True)


def make(
    connection: Connection, actor: Actor, now: Now, area: str, week: Week, *, anew: bool = False
) -> Kept:
    """For whoever has asked for rights. One that somebody else has kept meanwhile stays."""
    figures = gather(connection, now.at, now.zone, area, week, now.catalogue, anew=anew)
    content = orjson.dumps({"figures": to_plain(figures), "form": now.form}).decode()
    if figures.final:
        reports.keep(connection, area, str(week), content, actor.person, now.at, anew=anew)
        target = f"report:{area}:{week}"
        audit.record(connection, actor, Operation.MAKE_REPORT, target, now.at)
        content = reports.kept(connection, area, str(week))
    return _read(content)


def _read(content: str) -> Kept:
    plain = orjson.loads(content)
    return Kept(from_plain(plain["figures"]), plain["form"])


def kept(connection: Connection, actor: Actor, area: str) -> list[tuple[str, int]]:
    """Which weeks are kept, newest first, and in how many versions."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    return reports.weeks(connection, area)
