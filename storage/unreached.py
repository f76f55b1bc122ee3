"""What is held because a person has been away from a chat too long: another chat of the same
person is taken, and who has none is listed for a visit. Tables outbox, person_address.

Answers of a conversation stay where they were asked: elsewhere nobody would know what they are to.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)

from storage import areas, held, lanes
from storage.database import DAY
from storage.rows import table
from storage.tables import (
    Chat,
    Contact,
    Delivery,
    Household,
    Person,
    PersonAddress,
    Recipient,
)

AWAY = (held.WINDOW, "zalo-230", "zalo-232")
REROUTED = "rerouted"
KNOCK, KNOCK_EVERY = "knock", 7 * DAY
Windows = Mapping[tuple[str, str], int]
_outbox, _recipient = table(Delivery), table(Recipient)
_columns = _outbox.c
_chat, _contact = table(Chat).c, table(Contact)
_person, _home = table(Person).c, table(Household).c
_owner, _other = table(PersonAddress).alias(), table(PersonAddress).alias()
_waits = and_(_columns.state == "held", _columns.reason.in_(AWAY), _columns.owner != KNOCK)
# Whom a row is about: a known person, else whose phone it is.
_whom = case((_columns.person != 0, _columns.person), else_=func.coalesce(_owner.c.person, 0))
_ROWS = _outbox.outerjoin(_owner, and_(_owner.c.address == _columns.address, _owner.c.is_owner))


@dataclass(frozen=True, slots=True)
class Unreached:
    """A row nobody can deliver: what (`owner`), to whom, why, since and until when it waits.
    Person, household and area are 0 and empty for somebody nobody knows."""

    id: int
    owner: str
    address: str
    person: int
    household: str
    area: str
    reason: str
    created_at: int
    expires_at: int


def reroute(connection: Connection, windows: Windows, now: int, limit: int = 500) -> int:
    """Moves rows to another chat that is the person's own; how many. `windows` are the accounts
    that may be used and how long each may write after a person was near, 0 for always."""
    if not windows:
        return 0
    moves = connection.execute(_moves(windows, now, limit)).all()
    if not moves:
        return 0
    lanes.hold(connection, {one for row in moves for one in (row.old, row.new)}, wait=True)
    rows = [{"b_id": row.id, "b_new": row.new, "b_way": row.channel} for row in moves]
    connection.execute(
        update(_outbox)
        .where(_columns.id == bindparam("b_id"), _columns.state == "held")
        .values(
            address=bindparam("b_new"), state="queued", reason=REROUTED, not_before_at=now, part=0
        ),
        rows,
    )
    connection.execute(
        update(_recipient)
        .where(_recipient.c.delivery == bindparam("b_id"))
        .values(address=bindparam("b_new"), way=bindparam("b_way")),
        rows,
    )
    lanes.refresh(connection, {row.new for row in moves})
    return len(moves)


def _moves(windows: Windows, now: int, limit: int) -> Any:
    """The best other chat of each row: id, old, new, channel of the new one."""
    best = func.row_number().over(
        partition_by=_columns.id, order_by=(_other.c.preferred.desc(), _other.c.linked_at)
    )
    ranked = (
        select(
            _columns.id,
            _columns.address.label("old"),
            _other.c.address.label("new"),
            _chat.channel,
            best.label("place"),
        )
        .select_from(
            _ROWS.join(_other, _other.c.person == _whom)
            .join(table(Chat), _chat.address == _other.c.address)
            .outerjoin(_contact, _contact.c.address == _other.c.address)
        )
        .where(
            _waits,
            _columns.expires_at > now,
            _columns.owner.not_like("turn:%"),
            _other.c.is_owner,
            _other.c.address != _columns.address,
            _chat.reachable,
            or_(*(_usable(account, window, now) for account, window in windows.items())),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).order_by(ranked.c.id).limit(limit)


def _usable(account: tuple[str, str], window: int, now: int) -> ColumnElement[bool]:
    ours: ColumnElement[bool] = _other.c.address.startswith(
        ":".join((*account, "")), autoescape=True
    )
    return and_(ours, _contact.c.near_at > now - window) if window else ours


def to_knock(
    connection: Connection, account: tuple[str, str], now: int, limit: int = 100
) -> dict[str, int]:
    """Chats of one account that something is held for, with how much, and whose person was not
    knocked for within a week: by the chat's id, `KNOCK` rows are another chat's."""
    ours = _columns.address.startswith(":".join((*account, "")), autoescape=True)
    knocked = _outbox.alias()
    lately = select(knocked.c.id).where(
        knocked.c.owner == KNOCK,
        knocked.c.dedup.startswith(literal(f"{KNOCK}:") + _columns.address + literal(":")),
        knocked.c.created_at > now - KNOCK_EVERY,
    )
    found = connection.execute(
        select(_columns.address, func.count())
        .where(_waits, ours, _columns.expires_at > now, ~lately.exists())
        .group_by(_columns.address)
        .order_by(_columns.address)
        .limit(limit)
    )
    return {address: int(number) for address, number in found}


def listed(
    connection: Connection, scopes: Collection[str], limit: int, after: int = 0
) -> list[Unreached]:
    """By id, from the first above `after`: whom to visit instead, in these places or below.
    People nobody knows are only shown to who sees everywhere."""
    found = connection.execute(
        select(
            _columns.id,
            _columns.owner,
            _columns.address,
            _whom.label("whom"),
            func.coalesce(_person.household, ""),
            func.coalesce(_home.area, ""),
            _columns.reason,
            _columns.created_at,
            _columns.expires_at,
        )
        .select_from(
            _ROWS.outerjoin(table(Person), _person.id == _whom).outerjoin(
                table(Household), _home.code == _person.household
            )
        )
        .where(_waits, _columns.id > after, areas.inside(_home.area, scopes))
        .order_by(_columns.id)
        .limit(limit)
    )
    return [Unreached(*row) for row in found]
