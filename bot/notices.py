"""What is heard besides talk: reachability, groups, receipts. Each is a few rows."""

import logging
from dataclasses import replace

from sqlalchemy import Connection

from bot.channels.base import Received
from bot.channels.notes import GROUPS_STALE
from bot.core.address import Address
from bot.core.data_rights import DELETE, clocks
from bot.core.events import (
    ChatMoved,
    DataWithdrawn,
    GroupAsked,
    GroupChanged,
    GroupTouched,
    Ignored,
    ReachabilityChanged,
    ReceiptCame,
)
from storage import data_requests, facts, links, moves, people, receipts
from storage.data_requests import Asked

_log = logging.getLogger(__name__)


def notice(connection: Connection, received: Received, now: int) -> None:
    address, account = received.address, (received.address.channel, received.address.account)
    match received.event:
        case GroupAsked():
            _group(connection, address, GroupChanged("", member=True, can_post=True), now)
        case GroupChanged() | GroupTouched() as news:
            _group(connection, address, news, now)
        case ReachabilityChanged(reachable):
            people.set_reachable(connection, str(address), now, reachable=reachable)
        case ReceiptCame(state, references):
            receipts.receive(connection, account, references, state, now)
        case DataWithdrawn():
            people.set_reachable(connection, str(address), now, reachable=False)
            _withdrawn(connection, str(address), now)
        case ChatMoved(new_id):
            moves.move(connection, address, replace(address, id=new_id), now)
        case Ignored(reason):
            _log.info("ignored: %s", reason)


def _withdrawn(connection: Connection, chat: str, now: int) -> None:
    """Of whoever owns the chat, all of it; the worker erases."""
    known = links.profiles(connection, [chat]).get(chat, ())
    answer, due = clocks(DELETE, now)
    person = known[0].person if known else 0
    data_requests.add(connection, Asked(0, chat, person, DELETE, now, answer, due, None))


def _group(
    connection: Connection, group: Address, news: GroupChanged | GroupTouched, now: int
) -> None:
    """A group whose platform only says that something changed is asked about later."""
    match news:
        case GroupChanged(title, member, can_post):
            people.set_group(connection, group, now, title=title, member=member, can_post=can_post)
        case GroupTouched(kind):
            account = (group.channel, group.account)
            facts.add(connection, account, {GROUPS_STALE: str(now)}, {f"group:{kind}": 1}, now)
