"""Everything that is kept of one person, to show it and to forget it.

What proves that the law was kept stays without a name: consents by the number of a person who is no
more, requests with their clocks, the audit trail, who was told which announcement.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, update

from storage import lanes
from storage.rows import Row, table
from storage.tables import (
    AnnouncementView,
    Chat,
    ChatNudge,
    Confirmation,
    Consent,
    Contact,
    ConversationState,
    DataRequest,
    Delivery,
    GuideRun,
    HelpEvent,
    HelpPicture,
    HelpRequest,
    HouseholdEvent,
    InboxUpdate,
    LinkCode,
    Person,
    PersonAddress,
    Progress,
    Recipient,
    Reminder,
    ScamWarning,
    Visit,
    WebMessage,
)
from storage.tables import Sequence as GuideSequence

# By person alone; a chat nobody is tied to has none of these.
_OF_PERSONS = (GuideRun, Confirmation, Reminder, GuideSequence, Visit, PersonAddress, LinkCode)
_OF_SEATS = (ConversationState, Progress, HelpRequest, ScamWarning)
_WAITING = ("queued", "held", "paused")
_SHOWN = (Consent, Progress, HelpRequest)
_SHOWN_OF_PERSONS = (GuideRun, Confirmation, Visit)


def chats(connection: Connection, person: int) -> list[str]:
    """Every chat a person is tied to."""
    columns = table(PersonAddress).c
    found = connection.execute(select(columns.address).where(columns.person == person))
    return list(found.scalars())


def all_chats(connection: Connection) -> list[str]:
    return list(connection.execute(select(table(Chat).c.address)).scalars())


def shared(connection: Connection, addresses: Collection[str], person: int) -> set[str]:
    """Those of the chats somebody else uses too."""
    columns = table(PersonAddress).c
    found = connection.execute(
        select(columns.address).where(columns.address.in_(addresses), columns.person != person)
    )
    return set(found.scalars())


def _seat(model: Any, person: int, addresses: Collection[str]) -> ColumnElement[bool]:
    columns = table(model).c
    unknown = and_(columns.person == 0, columns.address.in_(addresses))
    return or_(columns.person == person, unknown) if person else unknown


def kept(
    connection: Connection, person: int, addresses: Collection[str]
) -> Mapping[str, Sequence[Row]]:
    """Rows by table, as they are; a household's and a person's own are read elsewhere."""
    found = {
        table(model).name: _rows(connection, model, _seat(model, person, addresses))
        for model in _SHOWN
    }
    for model in _SHOWN_OF_PERSONS if person else ():
        found[table(model).name] = _rows(connection, model, table(model).c.person == person)
    return found


def _rows(connection: Connection, model: Any, where: ColumnElement[bool]) -> list[Row]:
    columns = table(model)
    found = connection.execute(select(columns).where(where).order_by(*columns.primary_key))
    return [dict(row) for row in found.mappings()]


def told(connection: Connection, person: int, addresses: Collection[str]) -> int:
    """How many announcements went to them."""
    columns = table(Recipient).c
    chat = and_(columns.person == 0, columns.address.in_(addresses))
    found: int = connection.execute(
        select(func.count()).where(or_(columns.person == person, chat) if person else chat)
    ).scalar_one()
    return found


def erase(
    connection: Connection,
    person: int,
    addresses: Collection[str],
    alone: Collection[str],
    now: int,
) -> None:
    """A person, or (0) whoever used these chats unknown. `alone` are the chats nobody else uses."""
    lanes.hold(connection, addresses, wait=True)
    _forget_calls(connection, person, addresses)
    for seated in _OF_SEATS:
        connection.execute(table(seated).delete().where(_seat(seated, person, addresses)))
    _forget_proofs(connection, person, addresses)
    _forget_letters(connection, person, alone, now)
    if person:
        for model in _OF_PERSONS:
            connection.execute(table(model).delete().where(table(model).c.person == person))
        events = table(HouseholdEvent)
        connection.execute(update(events).where(events.c.person == person).values(person=0))
        connection.execute(table(Person).delete().where(table(Person).c.id == person))
    _forget_chats(connection, alone, person)
    lanes.refresh(connection, addresses)


def _forget_calls(connection: Connection, person: int, addresses: Collection[str]) -> None:
    calls = select(table(HelpRequest).c.id).where(_seat(HelpRequest, person, addresses))
    for model in (HelpPicture, HelpEvent):
        rows = table(model)
        connection.execute(rows.delete().where(rows.c.request.in_(calls)))


def _forget_proofs(connection: Connection, person: int, addresses: Collection[str]) -> None:
    """That something was agreed to or sent stays; where to does not."""
    for model in (Consent, DataRequest):
        where = _seat(model, person, addresses)
        connection.execute(update(table(model)).where(where).values(address=""))
    columns = table(Recipient).c
    chat = and_(columns.person == 0, columns.address.in_(addresses))
    connection.execute(
        update(table(Recipient))
        .where(chat)
        .values(target=literal("gone:").concat(columns.id), address="")
    )
    if person:
        mine = columns.person == person
        connection.execute(update(table(Recipient)).where(mine).values(address=""))


def _forget_letters(connection: Connection, person: int, alone: Collection[str], now: int) -> None:
    """What waits is not sent, what was sent is emptied."""
    outbox = table(Delivery)
    mine = outbox.c.address.in_(alone)
    if person:
        mine = or_(mine, outbox.c.person == person)
    connection.execute(
        update(outbox)
        .where(mine, outbox.c.state.in_(_WAITING))
        .values(state="skipped", reason="erased", ended_at=now)
    )
    connection.execute(
        update(outbox)
        .where(mine, outbox.c.ended_at.is_not(None))
        .values(content="{}", address="", dedup=None)
    )


def _forget_chats(connection: Connection, alone: Collection[str], person: int) -> None:
    inbox, views = table(InboxUpdate), table(AnnouncementView)
    connection.execute(
        update(inbox)
        .where(inbox.c.address.in_(alone), inbox.c.state != "waiting")
        .values(body="", address="")
    )
    for address in alone:
        connection.execute(views.delete().where(views.c.viewer.startswith(f"{address}:")))
    for model in (WebMessage, Contact, ChatNudge):
        connection.execute(table(model).delete().where(table(model).c.address.in_(alone)))
    chat = table(Chat)
    connection.execute(update(chat).where(chat.c.acting == person).values(acting=0))
    connection.execute(chat.delete().where(chat.c.address.in_(alone)))
