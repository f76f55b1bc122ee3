"""Neighbourhood groups: registered by officials, claimed from inside by a known member, and how
they are. Table group_chat, beside what platforms told of the chat.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)

from storage import areas
from storage.rows import Row, insert_new, table
from storage.tables import Chat, GroupChat, OwnGroup

_group = table(GroupChat)
_columns = _group.c
_chat = table(Chat).c
_own = table(OwnGroup).c
RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Group:
    """`trouble` says why it cannot receive, empty when it can; `title` is what its platform
    calls it now, where that is known."""

    code: str
    area: str
    channel: str
    name: str
    address: str
    claimed_by: int
    title: str
    trouble: str

    @property
    def renamed(self) -> bool:
        return bool(self.title) and self.title != self.name


# With what its platform told of the chat.
WITH_CHAT = _group.outerjoin(
    table(Chat), and_(_chat.address == _columns.address, _columns.address != "")
).outerjoin(table(OwnGroup), _own.address == _columns.address)


def trouble() -> ColumnElement[str]:
    """In SQL, for a group joined with its chat: why nothing can be sent there."""
    relay = _columns.channel == RELAY
    return case(
        (and_(relay, _columns.claimed_by == 0), "no-keeper"),
        (relay, ""),
        (_columns.address == "", "not-claimed"),
        (func.coalesce(_own.status, "enabled") != "enabled", "disabled"),
        (_chat.reachable.is_(False), "removed"),
        (_chat.can_post.is_(False), "no-right"),
        else_="",
    )


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of code, area, channel and name. A code that is taken is left as it is."""
    fresh = {"address": "", "claimed_by": 0, "claimed_at": None, "claim": "", "claim_until": 0}
    insert_new(connection, GroupChat, [{**row, **fresh} for row in rows])


def get(connection: Connection, code: str) -> Group | None:
    found = connection.execute(_select().where(_columns.code == code)).first()
    return Group(*found) if found else None


def by_code(connection: Connection, codes: Collection[str]) -> dict[str, Group]:
    found = connection.execute(_select().where(_columns.code.in_(codes)))
    return {row.code: Group(*row) for row in found}


def revise(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of code, area, channel and name: what officials know of groups that are there."""
    if rows:
        connection.execute(
            update(_group)
            .where(_columns.code == bindparam("b_code"))
            .values({name: bindparam(f"b_{name}") for name in ("area", "channel", "name")}),
            [{f"b_{name}": value for name, value in row.items()} for row in rows],
        )


def below(connection: Connection, scopes: Collection[str]) -> list[Group]:
    query = _select().where(areas.inside(_columns.area, scopes)).order_by(_columns.code)
    return [Group(*row) for row in connection.execute(query)]


def _select() -> Select[Any]:
    names = ("code", "area", "channel", "name", "address", "claimed_by")
    title = func.coalesce(_chat.title, "")
    return select(*(_columns[name] for name in names), title, trouble()).select_from(WITH_CHAT)


def names(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    found = connection.execute(select(_columns.code, _columns.name).where(_columns.code.in_(codes)))
    return {row.code: row.name for row in found}


def keepers(connection: Connection, codes: Collection[str]) -> dict[str, int]:
    """Relay group -> the member who posts there."""
    found = connection.execute(
        select(_columns.code, _columns.claimed_by).where(_columns.code.in_(codes))
    )
    return {row.code: row.claimed_by for row in found}


def settle(connection: Connection, code: str, area: str) -> None:
    """It is for this place from now on."""
    connection.execute(update(_group).where(_columns.code == code).values(area=area))


def offer(connection: Connection, code: str, claim: str, until: int) -> None:
    """`claim` is the digest of a code that may be posted in the group until then."""
    connection.execute(
        update(_group).where(_columns.code == code).values(claim=claim, claim_until=until)
    )


def by_claim(connection: Connection, claim: str, now: int) -> Group | None:
    query = _select().where(_columns.claim == claim, _columns.claim_until > now)
    found = connection.execute(query).first()
    return Group(*found) if found else None


def claim(connection: Connection, code: str, address: str, person: int, now: int) -> bool:
    """Binds a group to its chat, or a relay group to its keeper. False when another group has
    that chat. A code is used once."""
    taken = select(_columns.code).where(_columns.address == address, _columns.code != code)
    if address and connection.execute(taken).first():
        return False
    connection.execute(
        update(_group)
        .where(_columns.code == code)
        .values(address=address, claimed_by=person, claimed_at=now, claim="", claim_until=0)
    )
    return True
