"""Deciding about announcements: by whom, on which version, and what is looked at afterwards.

Tables announcement, approval.
"""

from sqlalchemy import Connection, exists, func, select, update

from bot.core.announcement import Standing, Step
from storage.announcements import UNDECIDED, Kept, kept_of, move
from storage.rows import Row, insert, table
from storage.tables import Announcement, AnnouncementEdit, Approval

_announcement = table(Announcement)
_columns = _announcement.c
_edit = table(AnnouncementEdit)
_approval = table(Approval)


def standing(connection: Connection, seen: Kept, counts: tuple[int, int]) -> Standing:
    editors = connection.execute(
        select(_edit.c.editor).where(_edit.c.announcement == seen.id).distinct()
    ).scalars()
    return Standing(seen.state, seen.version, seen.digest, frozenset(editors), *counts)


def approve(
    connection: Connection,
    seen: Kept,
    approver: int,
    now: int,
    *,
    counts: tuple[int, int],
    glass: str = "",
) -> bool:
    """Binds the approval to the version that was looked at. False when it is another now, or
    when the approver is one of its editors and the glass was not broken."""
    own = exists().where(_edit.c.announcement == seen.id, _edit.c.editor == approver)
    where = [_columns.version == seen.version, _columns.digest == seen.digest]
    approved = move(
        connection,
        seen.id,
        Step.APPROVE,
        now,
        *where,
        *([] if glass else [~own]),
        approved_digest=seen.digest,
        approved_by=approver,
        approved_at=now,
        glass=glass,
        groups=counts[0],
        recipients=counts[1],
        number=_next_number(connection, seen),
    )
    if approved:
        decide(connection, seen, approver, Step.APPROVE, glass, now)
    return approved


def _next_number(connection: Connection, seen: Kept) -> int:
    if seen.number:
        return seen.number
    last = connection.execute(select(func.max(_columns.number))).scalar()
    return int(last or 0) + 1


def decide(
    connection: Connection, seen: Kept, person: int, decision: str, reason: str, now: int
) -> None:
    row = {"announcement": seen.id, "version": seen.version, "digest": seen.digest}
    row |= {"person": person, "decision": decision, "reason": reason, "at": now}
    insert(connection, Approval, [row])


def unapprove(connection: Connection, seen: Kept, step: Step, reason: str, now: int) -> bool:
    """Returned or rejected: no approval is left."""
    return move(connection, seen.id, step, now, reason=reason, **UNDECIDED)


def reviewed(connection: Connection, number: int, person: int) -> bool:
    """After a broken glass: by somebody other than who broke it. False when not called for."""
    changed = connection.execute(
        update(_announcement)
        .where(
            _columns.id == number,
            _columns.glass != "",
            _columns.reviewed_by == 0,
            _columns.approved_by != person,
        )
        .values(reviewed_by=person)
    )
    return bool(changed.rowcount)


def unreviewed(connection: Connection) -> list[Kept]:
    """Sent past the rule of two, and nobody has looked since."""
    query = select(_announcement).where(
        _columns.glass != "", _columns.reviewed_by == 0, _columns.approved_at > 0
    )
    return [kept_of(row) for row in connection.execute(query).mappings()]


def decisions(connection: Connection, number: int) -> list[Row]:
    query = select(_approval).where(_approval.c.announcement == number).order_by(_approval.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]
