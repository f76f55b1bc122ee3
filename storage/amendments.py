"""Earlier copies that are changed where they stand, once an announcement is corrected or taken
back. Tables recipient, outbox; each change is a ledger row of its own.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.core.announcement import MAYBE
from storage import lanes, outbox
from storage.database import DAY
from storage.recipients import ASKED, JOINED, STATE, owner
from storage.rows import table
from storage.tables import Delivery, Recipient

_columns = table(Recipient).c
_outbox = table(Delivery).c
_LASTS = 2 * DAY


@dataclass(frozen=True, slots=True)
class Shown:
    """A copy that stands in a chat; `reference` is what its platform calls it, empty when
    nobody knows."""

    id: int
    way: str
    address: str
    reference: str


def _owner(announcement: int) -> str:
    return f"edit:{owner(announcement)}"


def waiting(connection: Connection, announcement: int, earlier: int, limit: int) -> list[Shown]:
    """Copies of the earlier one that nothing was written down about yet, in order."""
    last = connection.execute(
        select(_outbox.dedup)
        .where(_outbox.owner == _owner(announcement))
        .order_by(_outbox.id.desc())
        .limit(1)
    ).scalar()
    after = int(str(last).rpartition(":")[2]) if last else 0
    found = connection.execute(
        select(_columns.id, _columns.way, _outbox.address, _outbox.reference)
        .select_from(JOINED)
        .where(
            _columns.announcement == earlier,
            _columns.id > after,
            STATE.in_((*MAYBE, ASKED)),
            _outbox.address.is_not(None),
        )
        .order_by(_columns.id)
        .limit(limit)
    )
    return [Shown(*row) for row in found]


def change(announcement: int, shown: Shown, content: str) -> outbox.NewDelivery:
    return _row(announcement, shown, content, "")


def leave(announcement: int, shown: Shown, reason: str) -> outbox.NewDelivery:
    """Written down that it stays as it is, and why."""
    return _row(announcement, shown, "", reason)


def _row(announcement: int, shown: Shown, content: str, skipped: str) -> outbox.NewDelivery:
    return outbox.NewDelivery(
        _owner(announcement),
        shown.address,
        content,
        lanes.BULK,
        dedup=f"{_owner(announcement)}:{shown.id}",
        lasts=_LASTS,
        skipped=skipped,
    )


def counts(connection: Connection, announcement: int) -> dict[tuple[str, str], int]:
    """How many earlier copies are changed, are not and why, or are still to be: by state and
    reason."""
    found = connection.execute(
        select(_outbox.state, _outbox.reason, func.count())
        .where(_outbox.owner == _owner(announcement))
        .group_by(_outbox.state, _outbox.reason)
    )
    return {(state, reason): int(number) for state, reason, number in found}
