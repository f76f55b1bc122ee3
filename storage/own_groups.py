"""Groups a platform keeps for our account, as it last listed them. Tables own_group and chat.

Whose people a group is for is group_chat's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select, update

from storage.rows import table, upsert
from storage.tables import Chat, GroupChat, OwnGroup

ENABLED = "enabled"
_own, _chat, _bound = table(OwnGroup), table(Chat), table(GroupChat).c


@dataclass(frozen=True, slots=True)
class Listed:
    """`status` is enabled, or why nothing can be sent there."""

    address: str
    title: str
    status: str
    members: int
    link: str


@dataclass(frozen=True, slots=True)
class Known:
    """`code` and `area` are empty while nobody said whose group it is."""

    address: str
    title: str
    status: str
    members: int
    link: str
    checked_at: int
    code: str
    area: str


def keep(
    connection: Connection, account: tuple[str, str], found: Sequence[Listed], now: int
) -> None:
    """The whole list takes the place of the one before; whoever is not on it any more cannot
    be written to."""
    before = set(connection.execute(select(_own.c.address).where(_ours(account))).scalars())
    gone = before - {one.address for one in found}
    own = [
        {
            "address": one.address,
            "status": one.status,
            "members": one.members,
            "link": one.link,
            "checked_at": now,
        }
        for one in found
    ]
    chats = [
        {
            "address": one.address,
            "channel": account[0],
            "kind": "group",
            "title": one.title,
            "reachable": True,
            "can_post": True,
            "moved_to": "",
            "changed_at": now,
        }
        for one in found
    ]
    upsert(connection, OwnGroup, own, ["address"])
    upsert(connection, Chat, chats, ["address"])
    connection.execute(_own.delete().where(_own.c.address.in_(gone)))
    connection.execute(
        update(_chat)
        .where(_chat.c.address.in_(gone))
        .values(reachable=False, can_post=False, changed_at=now)
    )


def _ours(account: tuple[str, str]) -> ColumnElement[bool]:
    ours: ColumnElement[bool] = _own.c.address.startswith(":".join((*account, "")), autoescape=True)
    return ours


def known(connection: Connection, account: tuple[str, str]) -> list[Known]:
    """By title."""
    found = connection.execute(
        select(
            _own.c.address,
            _chat.c.title,
            _own.c.status,
            _own.c.members,
            _own.c.link,
            _own.c.checked_at,
            _bound.code,
            _bound.area,
        )
        .join_from(_own, _chat, _chat.c.address == _own.c.address)
        .outerjoin(table(GroupChat), _bound.address == _own.c.address)
        .where(_ours(account))
        .order_by(_chat.c.title, _own.c.address)
    )
    return [Known(*row[:6], row.code or "", row.area or "") for row in found]
