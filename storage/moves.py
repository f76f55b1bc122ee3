"""A chat got a new id, or its writer became known: what belongs to it goes along. Every column
that holds an address is in GOES or STAYS.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, and_, select, update

from bot.core.address import Address
from storage import lanes, people
from storage.rows import Model, table
from storage.tables import (
    AnnouncementView,
    Chat,
    ChatNudge,
    Consent,
    Contact,
    ConversationState,
    DataRequest,
    Delivery,
    GroupChat,
    HelpPicture,
    HelpRequest,
    InboxUpdate,
    Lane,
    LinkCode,
    OwnGroup,
    PersonAddress,
    Progress,
    Recipient,
    Reminder,
    ScamWarning,
    Sequence,
    WebMessage,
)

_BELONGING = (ConversationState, Progress, Consent, HelpRequest)
_ONE_EACH = (ConversationState, HelpRequest)


@dataclass(frozen=True, slots=True)
class Goes:
    """A column that follows the chat. Where the new one has a row that agrees in `alike` the old
    row stays; `states` are the only ones that move and count, all when there are none."""

    model: Model
    column: str = "address"
    alike: tuple[str, ...] | None = None
    states: tuple[str, ...] = ()


GOES = (
    Goes(ConversationState, alike=("person",)),
    Goes(Contact, alike=()),
    Goes(ChatNudge, alike=()),
    Goes(OwnGroup, alike=()),
    Goes(GroupChat, alike=()),
    Goes(PersonAddress, alike=("person",)),
    Goes(Progress),
    Goes(Consent),
    Goes(DataRequest),
    Goes(WebMessage),
    Goes(ScamWarning),
    Goes(Sequence),
    Goes(Reminder),
    Goes(Recipient),
    Goes(LinkCode, "used_by"),
    Goes(HelpRequest, alike=("person",), states=("open", "claimed")),
    Goes(HelpRequest, "helper"),
    Goes(HelpPicture),
    Goes(Delivery, states=("queued", "held", "paused")),
)
# What does not move, and why.
STAYS: Mapping[tuple[Model, str], str] = {
    (Chat, "address"): "the old row says where the chat went; the new one is made from it",
    (Lane, "address"): "worked out anew for both",
    (InboxUpdate, "address"): "what was heard names its chat itself",
    (AnnouncementView, "viewer"): "who has seen something in the old chat has seen it",
}


def move(connection: Connection, old: Address, new: Address, now: int) -> None:
    """Harmless when repeated."""
    both = {str(old), str(new)}
    lanes.hold(connection, both, wait=True)
    people.move(connection, str(old), str(new), now)
    _own_alone(connection, str(old), str(new))
    for one in GOES:
        _go(connection, one, str(old), str(new))
    lanes.refresh(connection, both)


def _own_alone(connection: Connection, old: str, new: str) -> None:
    """Whoever holds the chat under its new id still does."""
    columns = table(PersonAddress).c
    owned = select(columns.person).where(columns.address == new, columns.is_owner)
    if connection.execute(owned).first():
        connection.execute(
            update(table(PersonAddress)).where(columns.address == old).values(is_owner=False)
        )


def _go(connection: Connection, one: Goes, old: str, new: str) -> None:
    target: Table = table(one.model)
    where = [target.c[one.column] == old]
    if one.states:
        where.append(target.c.state.in_(one.states))
    if one.alike is not None:
        there = target.alias()
        same = [there.c[one.column] == new, *(there.c[k] == target.c[k] for k in one.alike)]
        if one.states:
            same.append(there.c.state.in_(one.states))
        where.append(~select(there.c[one.column]).where(and_(*same)).exists())
    connection.execute(update(target).where(*where).values({one.column: new}))


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
