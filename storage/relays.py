"""Relay groups: a member was given a copy and posts it. Table recipient."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select, update

from storage.recipients import ASKED, JOINED, RELAY, STATE, leave_out_where
from storage.rows import table
from storage.tables import Delivery, Recipient

_recipient = table(Recipient)
_columns = _recipient.c
_outbox = table(Delivery).c
NOT_POSTED = "not-posted"


@dataclass(frozen=True, slots=True)
class Asked:
    """A relay copy that lies with a member."""

    id: int
    announcement: int
    target: str
    address: str
    person: int
    asked_at: int


def asked(connection: Connection, announcement: int, *, unreminded_before: int = 0) -> list[Asked]:
    """Those a member was given and has not posted; with a time, those given before it that
    nobody was reminded of."""
    query = (
        select(
            _columns.id,
            _columns.announcement,
            _columns.target,
            _columns.address,
            _columns.person,
            func.coalesce(_outbox.ended_at, 0),
        )
        .select_from(JOINED)
        .where(_columns.announcement == announcement, STATE == ASKED)
        .order_by(_columns.id)
    )
    if unreminded_before:
        query = query.where(_columns.reminded_at == 0, _outbox.ended_at < unreminded_before)
    return [Asked(*row) for row in connection.execute(query)]


def reminded(connection: Connection, ids: Collection[int], now: int) -> None:
    connection.execute(update(_recipient).where(_columns.id.in_(ids)).values(reminded_at=now))


def posted(
    connection: Connection, recipient: int, address: str, now: int
) -> tuple[int, str] | None:
    """The member at this chat says it is posted: the announcement and the group, None when it
    is not theirs to say. Saying it again changes nothing."""
    mine = and_(_columns.id == recipient, _columns.address == address, _columns.way == RELAY)
    found = connection.execute(select(_columns.announcement, _columns.target).where(mine)).first()
    if found is None:
        return None
    connection.execute(
        update(_recipient).where(mine, _columns.posted_at == 0).values(posted_at=now)
    )
    return int(found[0]), str(found[1])


def reassign(
    connection: Connection, announcement: int, recipient: int, person: int, chat: str
) -> bool:
    """Another member is given a relay copy that is not posted. False when it is."""
    changed = connection.execute(
        update(_recipient)
        .where(
            _columns.announcement == announcement,
            _columns.id == recipient,
            _columns.way == RELAY,
            _columns.posted_at == 0,
        )
        .values(
            address=chat,
            person=person,
            delivery=None,
            reason="",
            round=_columns.round + 1,
            reminded_at=0,
        )
    )
    return bool(changed.rowcount)


def unposted(connection: Connection, announcement: int) -> None:
    """Time is over for relay copies nobody posted."""
    ids = (
        select(_columns.id)
        .select_from(JOINED)
        .where(_columns.announcement == announcement, STATE == ASKED)
    )
    leave_out_where(connection, _columns.id.in_(ids), NOT_POSTED)
