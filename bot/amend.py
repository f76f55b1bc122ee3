"""Corrects what already stands in chats: where the platform lets us, the earlier words are
replaced by where to look; where it does not, the ledger says so. Words are in notices.yaml.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from bot.channels.base import packed
from bot.core.address import Address
from bot.core.announcement import Kind, Way
from bot.core.effects import Message
from bot.notice_words import NoticeWords
from storage import amendments, announcements
from storage.announcements import Kept
from storage.outbox import enqueue

NO_EDIT, NO_REFERENCE = "no-edit", "no-reference"


def amend(
    connection: Connection,
    kept: Kept,
    words: NoticeWords,
    editing: Collection[str],
    now: int,
    limit: int,
) -> bool:
    """A part of the earlier copies; whether there were any. `editing` are the channels that can."""
    earlier = announcements.get(connection, kept.content.follows) if kept.content.follows else None
    if earlier is None or kept.content.kind is Kind.ALERT:
        return False
    shown = amendments.waiting(connection, kept.id, earlier.id, limit)
    text = words.amended(kept, earlier.number)
    rows = []
    for one in shown:
        if one.way == Way.RELAY or Address.parse(one.address).channel not in editing:
            rows.append(amendments.leave(kept.id, one, NO_EDIT))
        elif not one.reference:
            rows.append(amendments.leave(kept.id, one, NO_REFERENCE))
        else:
            content = packed(Message(text, replaces=one.reference))
            rows.append(amendments.change(kept.id, one, content))
    enqueue(connection, rows, now)
    return bool(rows)
