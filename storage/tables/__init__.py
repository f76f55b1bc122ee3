"""Tables: nothing but columns and constraints. Only storage/ may import this.

Every `*_at` and `*_until` column is whole microseconds since 1970 UTC.
"""

from sqlmodel import SQLModel

from storage.tables.chats import Chat, ConversationState, MediaReference, WebMessage
from storage.tables.guides import GuideVersion, Progress
from storage.tables.ledger import Delivery, InboxUpdate, Lane, Pace
from storage.tables.people import Area, Consent, ConsentText, HelpRequest, Household, Person, Team

__all__ = [
    "Area",
    "Chat",
    "Consent",
    "ConsentText",
    "ConversationState",
    "Delivery",
    "GuideVersion",
    "HelpRequest",
    "Household",
    "InboxUpdate",
    "Lane",
    "MediaReference",
    "Pace",
    "Person",
    "Progress",
    "Team",
    "WebMessage",
    "metadata",
]

metadata = SQLModel.metadata
