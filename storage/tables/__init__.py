"""Tables: nothing but columns and constraints. Only storage/ may import this.

Every `*_at` and `*_until` column is whole microseconds since 1970 UTC.
"""

from sqlmodel import SQLModel

from storage.tables.accounts import AccountFact, KeptSetting, PlatformToken
from storage.tables.announcements import (
    Announcement,
    AnnouncementEdit,
    AnnouncementView,
    Approval,
    Feed,
    FeedEntry,
    NoticePicture,
    Recipient,
)
from storage.tables.care import (
    ChatNudge,
    Confirmation,
    GuideRun,
    Reminder,
    Sequence,
    SequenceStart,
    Visit,
)
from storage.tables.chats import (
    Chat,
    Contact,
    ConversationState,
    MediaReference,
    OwnGroup,
    WebMessage,
)
from storage.tables.guides import GuideEdition, GuideVersion, Progress
from storage.tables.help import HelpEvent, HelpPicture, HelpRequest
from storage.tables.ledger import Delivery, InboxUpdate, Lane, MessageReference, Pace
from storage.tables.logins import Login, LoginLink, LoginSession
from storage.tables.people import (
    Attempt,
    Household,
    HouseholdEvent,
    LinkCode,
    Person,
    PersonAddress,
)
from storage.tables.places import Area, AreaName
from storage.tables.records import AuditEntry, Consent, ConsentText, DataRequest, Sight, Upkeep
from storage.tables.reports import GoalSet, PlaceWeek, Remark, ReportSnapshot, ScamWarning
from storage.tables.teams import GroupChat, RoleGrant, Team, TeamArea, TeamMember

__all__ = [
    "AccountFact",
    "Announcement",
    "AnnouncementEdit",
    "AnnouncementView",
    "Approval",
    "Area",
    "AreaName",
    "Attempt",
    "AuditEntry",
    "Chat",
    "ChatNudge",
    "Confirmation",
    "Consent",
    "ConsentText",
    "Contact",
    "ConversationState",
    "DataRequest",
    "Delivery",
    "Feed",
    "FeedEntry",
    "GoalSet",
    "GroupChat",
    "GuideEdition",
    "GuideRun",
    "GuideVersion",
    "HelpEvent",
    "HelpPicture",
    "HelpRequest",
    "Household",
    "HouseholdEvent",
    "InboxUpdate",
    "KeptSetting",
    "Lane",
    "LinkCode",
    "Login",
    "LoginLink",
    "LoginSession",
    "MediaReference",
    "MessageReference",
    "NoticePicture",
    "OwnGroup",
    "Pace",
    "Person",
    "PersonAddress",
    "PlaceWeek",
    "PlatformToken",
    "Progress",
    "Recipient",
    "Remark",
    "Reminder",
    "ReportSnapshot",
    "RoleGrant",
    "ScamWarning",
    "Sequence",
    "SequenceStart",
    "Sight",
    "Team",
    "TeamArea",
    "TeamMember",
    "Upkeep",
    "Visit",
    "WebMessage",
    "metadata",
]

metadata = SQLModel.metadata
