"""Lines of a week's report in members' and officials' words. Rights asked first."""

from datetime import tzinfo
from enum import StrEnum

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.core.weeks import Week
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, remarks
from storage.database import DAY
from storage.remarks import Kept

LONGEST = 280  # characters
_TAKEN_BACK = DAY


class Kind(StrEnum):
    SCAM = "scam"
    DIFFICULTY = "difficulty"
    PROPOSAL = "proposal"


def add(
    connection: Connection,
    actor: Actor,
    now: int,
    zone: tzinfo,
    area: str,
    week: Week,
    kind: str,
    text: str,
) -> None:
    """A report of the week that is kept already stays as it is until it is made anew."""
    access.require(connection, actor, Operation.ADD_REMARK, area)
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST or kind not in set(Kind) or week.start(zone) > now:
        raise Refused(Problem.BAD_VALUE)
    row = {"area": area, "week": str(week), "kind": kind, "text": plain}
    remarks.add(connection, {**row, "person": actor.person, "at": now})
    target = f"report:{area}:{week}"
    audit.record(connection, actor, Operation.ADD_REMARK, target, now, kind=kind)


def listed(connection: Connection, actor: Actor, area: str, week: Week) -> list[Kept]:
    """Of a week, of the place and every one below, oldest first."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    return remarks.of_week(connection, [area], str(week))


def take_back(connection: Connection, actor: Actor, now: int) -> Kept:
    """One's own last line, within a day. Raises Refused when there is none."""
    found = remarks.last(connection, actor.person, now - _TAKEN_BACK)
    if found is None:
        raise Refused(Problem.NOTHING)
    access.require(connection, actor, Operation.ADD_REMARK, found.area)
    remarks.drop(connection, found.id)
    return found
