"""What becomes of short waits when the clock is set. Tables inbox_update, outbox, lane, pace.

Calendar times (a scheduled notice, a reminder, an expiry) stay what they are.
"""

from sqlalchemy import Connection, case, update

from storage import upkeep
from storage.claims import LEASE
from storage.database import MINUTE, SECOND
from storage.rows import table
from storage.tables import Delivery, InboxUpdate, Lane, Pace

_NAME = "clock"
_NOTICED = 10 * SECOND
_SHORT = 2 * MINUTE  # waits of retries and limits begun before the clock was set
_inbox, _outbox = table(InboxUpdate), table(Delivery)
_lane, _pace = table(Lane), table(Pace)


def follow(connection: Connection, now: int, expected: int) -> bool:
    """Called now and then with when it should be by a clock nobody sets, 0 when that is not known.
    Whether the database's clock was set since."""
    kept = upkeep.last(connection, _NAME)
    last = kept.at if kept else now
    back, ahead = now < last - _NOTICED, bool(expected) and now > expected + _NOTICED
    if back:
        _mend(connection, now, last)
    if back or ahead:
        _renew(connection, now)
    if back or ahead or kept is None or now >= last + MINUTE:
        upkeep.ran(connection, _NAME, now, 0)
    return back or ahead


def _mend(connection: Connection, now: int, last: int) -> None:
    """The clock went back: nobody waits for a moment that has been already."""
    short = last + _SHORT
    connection.execute(update(_lane).where(_lane.c.due_at.between(now, short)).values(due_at=now))
    connection.execute(update(_lane).where(_lane.c.ready_at > now).values(ready_at=now))
    queued = (_outbox.c.state == "queued") & _outbox.c.not_before_at.between(now, short)
    connection.execute(update(_outbox).where(queued).values(not_before_at=now))
    connection.execute(
        update(_pace).values(
            arrival_at=case((_pace.c.arrival_at > now, now), else_=_pace.c.arrival_at),
            blocked_until=case((_pace.c.blocked_until > now, now), else_=_pace.c.blocked_until),
        )
    )
    waiting = _inbox.c.state == "waiting"
    connection.execute(update(_inbox).where(waiting, _inbox.c.due_at > now).values(due_at=now))


def _renew(connection: Connection, now: int) -> None:
    """A message in mid-send has its whole lease again: nobody takes its sender for dead."""
    sending = _outbox.c.state == "sending"
    connection.execute(update(_outbox).where(sending).values(lease_until=now + LEASE))
