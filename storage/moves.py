"""A chat got a new id, or its writer became known: what belongs to it goes along."""

from sqlalchemy import Connection, select, update

from bot.core.address import Address
from storage import groups, lanes, people
from storage.rows import table
from storage.tables import (
    Consent,
    ConversationState,
    Delivery,
    HelpRequest,
    PersonAddress,
    Progress,
)

_outbox = table(Delivery)
_conversation = table(ConversationState)
_link = table(PersonAddress)
_BELONGING = (ConversationState, Progress, Consent, HelpRequest)
_ONE_EACH = (ConversationState, HelpRequest)


def move(connection: Connection, old: Address, new: Address, now: int) -> None:
    """Harmless when repeated."""
    both = {str(old), str(new)}
    lanes.hold(connection, both, wait=True)
    people.move(connection, str(old), str(new), now)
    groups.moved(connection, str(old), str(new))
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
    known = select(_link.c.person).where(_link.c.address == str(new))
    connection.execute(
        update(_link)
        .where(_link.c.address == str(old), _link.c.person.not_in(known))
        .values(address=str(new))
    )
    lanes.refresh(connection, both)


def adopt(connection: Connection, address: str, person: int) -> None:
    """What was done in a chat while nobody was known there was this person's doing."""
    for model in _BELONGING:
        columns = table(model).c
        has = select(columns.person).where(columns.address == address, columns.person == person)
        if model is HelpRequest:
            has = has.where(columns.state != "closed")
        if model in _ONE_EACH and connection.execute(has.limit(1)).first():
            continue
        connection.execute(
            update(table(model))
            .where(columns.address == address, columns.person == 0)
            .values(person=person)
        )
