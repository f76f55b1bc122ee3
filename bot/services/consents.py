"""What residents take back of what they agreed to: at once, in every chat, one purpose alone."""

from collections.abc import Collection

from sqlalchemy import Connection

from bot.core.address import Address
from bot.core.effects import Purpose
from bot.core.rights import Actor, Operation
from bot.errands import take_back
from bot.services import access
from bot.services.sequences import halt
from storage import (
    audit,
    conversations,
    inbox,
    owned,
    people,
    recipients,
    reminders,
    runs,
    sequences,
)


def withdraw(connection: Connection, actor: Actor, now: int, person: int, purpose: Purpose) -> None:
    """Somebody of the team writes down what a resident asked for, at the door or by phone.
    Raises Refused."""
    access.person(connection, actor, Operation.RECORD_CONSENT, person)
    row = {
        "address": "",
        "person": person,
        "purpose": purpose.value,
        "granted": False,
        "version": people.last_version(connection, person, purpose),
        "recorder": f"member:{actor.person}:withdrawn",
        "at": now,
    }
    people.record_consents(connection, [row])
    told = [
        take_back(Address.parse(chat), person, [purpose], now)
        for chat, _ in conversations.of_persons(connection, [person])
    ]
    inbox.add(connection, told, now)
    if purpose is Purpose.GUIDES:
        end_guides(connection, {person}, (), now)
    else:
        recipients.withdraw(connection, (), now, {person})
    audit.record(
        connection, actor, Operation.RECORD_CONSENT, f"person:{person}", now, withdrawn=purpose
    )


def end_guides(
    connection: Connection, persons: Collection[int], chats: Collection[str], now: int
) -> None:
    """What was begun for these people, or in these chats for anybody, ends; what waits is not
    sent."""
    led = sequences.open_at(connection, set(chats))
    persons = {*persons} | {one.person for one in led}
    mine = sequences.open_of(connection, persons)
    halt(connection, sorted({one.id for one in (*led, *mine)}), "stop", now)
    reminders.clear(connection, runs.stop_persons(connection, persons, now), "stop", now)
    reminders.clear_persons(connection, persons, "stop", now)
    owned.drop_persons(connection, persons, "stop", now)
