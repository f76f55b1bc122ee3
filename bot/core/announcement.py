"""An announcement from draft to done: what is approved, who may, and what follows what. Pure.

Writing it down is storage/announcements.py's, which asks the same again in its statements.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from hashlib import sha256

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 6


class State(StrEnum):
    """Where an announcement stands. What became of each copy is in its audience."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"


class Kind(StrEnum):
    """The words of the Common Alerting Protocol: first said, corrected, taken back."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class Way(StrEnum):
    """How a group is reached. A relay group is one that only a member can post in."""

    TELEGRAM = "telegram"
    GMF = "zalo_oa"
    BOT = "zalo_bot"
    RELAY = "relay"


class Step(StrEnum):
    """What can be done with an announcement."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    SCHEDULE = "schedule"
    SEND = "send"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"


EDITABLE = frozenset(
    {State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.SCHEDULED}
)
UNAPPROVED = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED, State.REJECTED})
PUBLIC = frozenset({State.SENDING, State.PAUSED, State.DONE})

# From which states each step may be taken, and where it leads.
STEPS: Mapping[Step, tuple[frozenset[State], State]] = {
    Step.EDIT: (EDITABLE, State.DRAFT),
    Step.SUBMIT: (frozenset({State.DRAFT, State.RETURNED}), State.SUBMITTED),
    Step.APPROVE: (frozenset({State.SUBMITTED}), State.APPROVED),
    Step.RETURN: (frozenset({State.SUBMITTED, State.APPROVED, State.SCHEDULED}), State.RETURNED),
    Step.REJECT: (frozenset({State.SUBMITTED}), State.REJECTED),
    Step.SCHEDULE: (frozenset({State.APPROVED}), State.SCHEDULED),
    Step.SEND: (frozenset({State.SCHEDULED}), State.SENDING),
    Step.PAUSE: (frozenset({State.SENDING}), State.PAUSED),
    Step.RESUME: (frozenset({State.PAUSED, State.DONE}), State.SENDING),
    Step.FINISH: (frozenset({State.SENDING}), State.DONE),
}


@dataclass(frozen=True, slots=True)
class Content:
    """All that is approved. Areas are codes ("*" for everywhere), `ways` kinds of groups,
    `channels` those by which persons are written to; times in microseconds, 0 for none.
    `follows` is the announcement this one corrects or takes back, 0 for none.
    """

    text: str
    picture: str = ""
    kind: Kind = Kind.ALERT
    follows: int = 0
    areas: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    channels: tuple[str, ...] = ()
    urgent: bool = False
    send_at: int = 0
    expires_at: int = 0


def digest(content: Content) -> str:
    """What an approval is bound to: every field, in a fixed order."""
    plain = json.dumps(asdict(content), ensure_ascii=False, sort_keys=True)
    return sha256(plain.encode()).hexdigest()


def to_plain(content: Content) -> dict[str, object]:
    """Columns and values; lists become one line each."""
    return {one.name: _joined(getattr(content, one.name)) for one in fields(Content)}


def _joined(value: object) -> object:
    return ";".join(map(str, value)) if isinstance(value, tuple) else value


def from_plain(plain: Mapping[str, object]) -> Content:
    """Reads back what `to_plain` made."""
    text = {name: str(plain[name]) for name in ("areas", "ways", "channels")}
    split = {name: tuple(filter(None, value.split(";"))) for name, value in text.items()}
    return Content(
        text=str(plain["text"]),
        picture=str(plain["picture"]),
        kind=Kind(str(plain["kind"])),
        follows=int(str(plain["follows"])),
        areas=split["areas"],
        ways=tuple(map(Way, split["ways"])),
        channels=split["channels"],
        urgent=bool(plain["urgent"]),
        send_at=int(str(plain["send_at"])),
        expires_at=int(str(plain["expires_at"])),
    )


class Fault(StrEnum):
    """Why a step is refused. Each has words in guides/."""

    STATE = "wrong-state"
    CHANGED = "changed"  # not what was looked at any more
    EDITOR = "own-work"  # whoever edited it may not approve it
    REASON = "no-reason"
    COUNT = "wrong-count"  # the number of groups typed is not the number of groups
    EMPTY = "nobody"
    EXPIRED = "too-late"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision depends on besides who decides: as it is now."""

    state: State
    version: int
    digest: str
    editors: frozenset[int]
    groups: int
    recipients: int


def may(step: Step, standing: Standing) -> Fault | None:
    return None if standing.state in STEPS[step][0] else Fault.STATE


def may_approve(
    standing: Standing, approver: int, seen: str, typed: int, *, glass: str = ""
) -> Fault | None:
    """`seen` is the digest of what the approver was shown, `typed` the number of groups.

    `glass` is the reason for breaking the glass: an editor approves, and it is reviewed after.
    """
    if fault := may(Step.APPROVE, standing):
        return fault
    if seen != standing.digest:
        return Fault.CHANGED
    if approver in standing.editors and not glass.strip():
        return Fault.EDITOR
    if not standing.recipients:
        return Fault.EMPTY
    return Fault.COUNT if typed != standing.groups else None


def short_code(number: int) -> str:
    """Six signs that are hard to mistake for one another, from a random number."""
    signs = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)


# States of one copy: still to come, surely there, perhaps there.
OPEN = ("planned", "queued", "sending", "held", "paused")
REACHED = ("accepted", "delivered", "seen")
MAYBE = (*REACHED, "uncertain", "sending")
FAILED = ("failed", "expired", "skipped")


def longest(waiting: Mapping[str, int], intervals: Mapping[str, int]) -> int:
    """Microseconds until the slowest channel is through: those a message takes on each."""
    return max((number * intervals.get(one, 0) for one, number in waiting.items()), default=0)
