"""How long rows are kept, by table; what is older goes, a part at a time, once a day. Table upkeep.

Bodies of updates, web transcripts, receipts and sessions are tidied by the hour in their own
modules. docs/operate/retention.md says why each is kept as long.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select, tuple_, update

from storage import upkeep
from storage.database import DAY
from storage.rows import Model, table
from storage.tables import (
    Attempt,
    ConversationState,
    DataRequest,
    Delivery,
    HelpEvent,
    HelpRequest,
    LinkCode,
    Progress,
    Remark,
    Reminder,
    ScamWarning,
    Sight,
    Upkeep,
)

_AT_ONCE = 5000
_upkeep = table(Upkeep)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of which column is older than `days` go, if `where` holds; with `blank` they stay and
    that column is emptied to that value."""

    model: Model
    column: str
    days: int
    where: ColumnElement[bool] | None = None
    blank: tuple[str, str] = ("", "")


_delivery, _link, _call = table(Delivery).c, table(LinkCode).c, table(HelpRequest).c
RULES: Mapping[str, Rule] = {
    "outbox-text": Rule(Delivery, "ended_at", 90, _delivery.content != "{}", ("content", "{}")),
    "outbox": Rule(
        Delivery,
        "ended_at",
        400,
        and_(
            _delivery.owner.not_like("announcement:%"),
            _delivery.state.in_(("accepted", "delivered", "seen", "failed", "expired", "skipped")),
        ),
    ),
    "link_code": Rule(LinkCode, "expires_at", 30),
    "attempt": Rule(Attempt, "since_at", 2),
    "help_request": Rule(HelpRequest, "ended_at", 400, _call.state == "closed"),
    "help_event": Rule(HelpEvent, "at", 400),
    "reminder": Rule(Reminder, "ended_at", 400, table(Reminder).c.state != "scheduled"),
    "progress": Rule(Progress, "at", 2 * 365, table(Progress).c.person == 0),
    "scam_warning": Rule(ScamWarning, "at", 2 * 365),
    "remark": Rule(Remark, "at", 5 * 365),
    "conversation": Rule(ConversationState, "updated_at", 2 * 365),
    "sight": Rule(Sight, "at", 2 * 365),
    "data_request": Rule(DataRequest, "done_at", 5 * 365),
}


def due(connection: Connection, now: int) -> bool:
    """Whether any table's turn has come."""
    later = select(_upkeep.c.name).where(_upkeep.c.name.in_(RULES), _upkeep.c.due_at > now)
    return len(connection.execute(later).all()) < len(RULES)


def tidy(connection: Connection, now: int) -> bool:
    """One part of one table; whether there may be more."""
    known = connection.execute(
        select(_upkeep.c.name, _upkeep.c.due_at, _upkeep.c.rows).where(_upkeep.c.name.in_(RULES))
    )
    dues = {name: (at, rows) for name, at, rows in known}
    name = next((one for one in RULES if dues.get(one, (0, 0))[0] <= now), "")
    if not name:
        return False
    gone = _apply(connection, RULES[name], now)
    more = gone == _AT_ONCE
    upkeep.ran(connection, name, now, gone, due_at=now if more else now + DAY)
    return True


def _apply(connection: Connection, rule: Rule, now: int) -> int:
    """How many rows it was about."""
    rows = table(rule.model)
    keys = list(rows.primary_key)
    column = rows.c[rule.column]
    old = and_(column.is_not(None), column > 0, column < now - rule.days * DAY)
    where = old if rule.where is None else and_(old, rule.where)
    found = connection.execute(select(*keys).where(where).limit(_AT_ONCE)).all()
    if not found:
        return 0
    these = tuple_(*keys).in_([tuple(row) for row in found])
    name, value = rule.blank
    if name:
        connection.execute(update(rows).where(these).values({name: value}))
    else:
        connection.execute(rows.delete().where(these))
    return len(found)
