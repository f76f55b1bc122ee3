"""Tables: nothing but columns and constraints. Only storage/ may import this.

Every `*_at` and `*_until` column is whole microseconds since 1970 UTC.
"""

from sqlmodel import SQLModel

from storage.tables.chats import Chat, ConversationState, MediaReference, WebMessage
from storage.tables.guides import GuideVersion, Progress
from storage.tables.ledger import Delivery, InboxUpdate, Lane, Pace
from storage.tables.people import (
    Attempt,
    HelpRequest,
    Household,
    HouseholdEvent,
    LinkCode,
    Person,
    PersonAddress,
)
from storage.tables.places import Area, AreaName
from storage.tables.records import AuditEntry, Consent, ConsentText, DataRequest, Upkeep
from storage.tables.teams import GroupChat, RoleGrant, Team, TeamArea, TeamMember

__all__ = [
    "Area",
    "AreaName",
    "Attempt",
    "AuditEntry",
    "Chat",
    "Consent",
    "ConsentText",
    "ConversationState",
    "DataRequest",
    "Delivery",
    "GroupChat",
    "GuideVersion",
    "HelpRequest",
    "Household",
    "HouseholdEvent",
    "InboxUpdate",
    "Lane",
    "LinkCode",
    "MediaReference",
    "Pace",
    "Person",
    "PersonAddress",
    "Progress",
    "RoleGrant",
    "Team",
    "TeamArea",
    "TeamMember",
    "Upkeep",
    "WebMessage",
    "metadata",
]

metadata = SQLModel.metadata
