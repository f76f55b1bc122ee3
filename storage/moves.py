"""A chat got a new id: what waits for it and its conversation go along, in one transaction."""

from sqlalchemy import Connection, update

from bot.core.address import Address
from storage import lanes, people
from storage.rows import table
from storage.tables import ConversationState, Delivery

_outbox = table(Delivery)
_conversation = table(ConversationState)


def move(connection: Connection, old: Address, new: Address, now: int) -> None:
    """Harmless when repeated."""
    both = {str(old), str(new)}
    lanes.hold(connection, both, wait=True)
    people.move(connection, str(old), str(new), now)
    connection.execute(
        update(_outbox)
        .where(_outbox.c.address == str(old), _outbox.c.state == "queued")
        .values(address=str(new))
    )
    there = connection.execute(
        _conversation.select().where(_conversation.c.address == str(new))
    ).first()
    if not there:
        connection.execute(
            update(_conversation)
            .where(_conversation.c.address == str(old))
            .values(address=str(new))
        )
    lanes.refresh(connection, both)
