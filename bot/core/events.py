"""What can happen in a chat. Channels make these; nothing here decides what follows."""

from dataclasses import dataclass

from bot.core.secrets import Secret


@dataclass(frozen=True, slots=True)
class GuideStarted:
    """By a deep link or a team member; an empty or unknown id opens the menu. `code` says
    from which hamlet's or household's paper, if any."""

    guide: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """A button. `turn` is the turn that offered it, so that old buttons are known."""

    choice: str
    turn: int


@dataclass(frozen=True, slots=True)
class TextReceived:
    """Already masked; `secrets` says what was taken out."""

    text: str
    secrets: frozenset[Secret] = frozenset()


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """A picture, recording, contact and so on, which is never fetched or kept."""

    kind: str


@dataclass(frozen=True, slots=True)
class ReachabilityChanged:
    """The person blocked or unblocked the account."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """The account entered or left a group, or its right to write there changed."""

    title: str
    member: bool
    can_post: bool


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """The platform gave the chat a new id."""

    new_id: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Known and of no consequence; `reason` is counted, never silently dropped."""

    reason: str


Event = GuideStarted | ChoiceMade | TextReceived | MediaReceived
Notice = ReachabilityChanged | GroupChanged | ChatMoved | Ignored
