"""Groups that can receive and yet show no sign of life. Tables recipient, group_chat and
announcement.
"""

from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, select

from storage.groups import RELAY
from storage.relays import NOT_POSTED
from storage.rows import table
from storage.tables import Announcement, GroupChat, Recipient

_copy, _sent = table(Recipient), table(Announcement).c
_columns = _copy.c
_group = table(GroupChat).c
_PRESSED = ("telegram",)  # where "seen" is a button under the message
_FEW, _SEVERAL = 2, 3


def quiet(connection: Connection, since: int) -> dict[str, str]:
    """By why: what arrived since then was never said to be seen, or their keeper posted nothing."""
    arrived, unposted = _sum(_columns.delivery.is_not(None)), _sum(_columns.reason == NOT_POSTED)
    posted, seen = _sum(_columns.posted_at > 0), func.max(_columns.seen_at)
    idle = and_(_group.channel == RELAY, unposted >= _FEW, posted == 0)
    silent = and_(_group.channel.in_(_PRESSED), arrived >= _SEVERAL, seen == 0)
    found = connection.execute(
        select(_group.code, case((idle, "keeper-idle"), (silent, "silent"), else_=""))
        .join_from(_copy, table(GroupChat), _columns.target == literal("group:") + _group.code)
        .join(table(Announcement), _sent.id == _columns.announcement)
        .where(_sent.sent_at > since)
        .group_by(_group.code, _group.channel)
    )
    return {code: why for code, why in found if why}


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
