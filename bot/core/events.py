"""What can happen in a chat. Channels make these; nothing here decides what follows."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.secrets import Secret


@dataclass(frozen=True, slots=True)
class GuideStarted:
    """By a deep link or a team member; an empty or unknown id opens the menu. `code` says
    from which hamlet's or household's paper, if any. `lead` is what the team has said first;
    with one, a chat that was stopped or declined keeps still."""

    guide: str
    code: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """A button. `turn` is the turn that offered it, so that old buttons are known."""

    choice: str
    turn: int


@dataclass(frozen=True, slots=True)
class TextReceived:
    """Already masked; `secrets` says what was taken out.

    `aside`: it came too late, or while a person of ours is answering in this chat by hand;
    then it only counts when it asks to stop or for a person, or tells of a loss.
    `forwarded`: the words of somebody else, passed on.
    """

    text: str
    secrets: frozenset[Secret] = frozenset()
    aside: bool = False
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """A picture, recording, contact and so on. `reference` is what the platform calls a picture;
    it is fetched for whoever helps in a call, and for nothing else."""

    kind: str
    caption: TextReceived | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ReachabilityChanged:
    """The person blocked or unblocked the account."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """The account entered or left a group, or its right to write there changed.

    An empty title leaves the known one.
    """

    title: str
    member: bool
    can_post: bool


class GroupNews(StrEnum):
    """What can be heard of a group besides talk."""

    JOINED = "joined"
    LEFT = "left"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ADMIN_ADDED = "admin-added"
    ADMIN_REMOVED = "admin-removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class GroupAsked:
    """Somebody spoke to the account in a group, which is known by that."""


@dataclass(frozen=True, slots=True)
class GroupTouched:
    """Something about a group changed that its platform has to be asked about."""

    news: GroupNews


@dataclass(frozen=True, slots=True)
class ReceiptCame:
    """The platform says that messages of ours were delivered or seen."""

    state: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """One of us wrote in this chat by hand, in the platform's own tool."""


@dataclass(frozen=True, slots=True)
class DataWithdrawn:
    """The person asked the platform that we delete their data."""


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """The platform gave the chat a new id."""

    new_id: str


@dataclass(frozen=True, slots=True)
class GroupClaimed:
    """Somebody posted in a group the code that ties it to the place it is for."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Known and of no consequence; `reason` is counted, never silently dropped."""

    reason: str


Event = GuideStarted | ChoiceMade | TextReceived | MediaReceived
Notice = (
    ReachabilityChanged
    | GroupChanged
    | GroupAsked
    | GroupTouched
    | ReceiptCame
    | PersonAnswered
    | DataWithdrawn
    | ChatMoved
    | GroupClaimed
    | Ignored
)
