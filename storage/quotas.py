"""What an account has used of a platform's quota, from what is stored anyway. Reads only."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.rows import table
from storage.tables import Chat, Delivery, InboxUpdate

_chat, _inbox, _outbox = table(Chat).c, table(InboxUpdate).c, table(Delivery).c
_COUNTED = ("accepted", "delivered", "seen")


@dataclass(frozen=True, slots=True)
class Used:
    """Persons ever, and messages both ways since a moment."""

    people: int
    messages: int


def used(connection: Connection, channel: str, account: str, since: int) -> Used:
    """Heard updates are kept for thirty days: of a longer month the first day is missing."""
    ours = f"{channel}:{account}:"
    people = select(func.count()).where(
        _chat.kind == "person", _chat.address.startswith(ours, autoescape=True)
    )
    heard = select(func.count()).where(
        _inbox.channel == channel, _inbox.account == account, _inbox.received_at >= since
    )
    said = select(func.count()).where(
        _outbox.address.startswith(ours, autoescape=True),
        _outbox.state.in_(_COUNTED),
        _outbox.ended_at >= since,
    )
    counted = [connection.execute(one).scalar_one() for one in (people, heard, said)]
    return Used(counted[0], counted[1] + counted[2])
