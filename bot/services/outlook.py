"""What comes of an announcement before and after it is sent: how it will look, whom it reaches
and until when, a copy for oneself, and who is to be called. Only the copy for oneself writes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.channels.base import packed
from bot.core.announcement import FAILED, Content, Way, longest
from bot.core.effects import Message
from bot.core.rights import Actor, Operation
from bot.notice_words import NoticeWords, presses
from bot.services import announcements as service
from bot.services.access import Problem, Refused
from storage import announcements, audit, groups, households, lanes, links, persons, recipients
from storage.announcements import Kept
from storage.database import HOUR
from storage.outbox import NewDelivery, enqueue
from storage.recipients import ASKED, Line
from storage.tallies import Tally, next_number, tally

# Nobody is to be called about these: they asked for it, or it was us.
_SETTLED = frozenset({"withdrew", "moved", "muted", "corrected"})


# Before


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom it would reach now. Times in microseconds; `ends_at` is when the last copy would
    have left, if nothing is in its way. Relay groups are their members' business."""

    tallies: tuple[Tally, ...]
    groups: int
    groups_left_out: int
    people: int
    people_left_out: int
    begins_at: int
    ends_at: int


def outlook(
    connection: Connection,
    words: NoticeWords,
    content: Content,
    intervals: Mapping[str, int],
    now: int,
) -> Outlook:
    """`intervals` are the microseconds a message takes on each channel."""
    counted = tuple(tally(connection, content, now)) if content.areas or content.follows else ()
    numbers: Counter[tuple[bool, bool]] = Counter()
    waiting: Counter[str] = Counter()
    for one in counted:
        numbers[one.group, bool(one.reason)] += one.number
        waiting[one.way] += 0 if one.reason else one.number
    quiet, urgent = words.hours(), content.urgent
    start = quiet.opens(max(now, content.send_at), words.zone, urgent=urgent)
    work = longest(waiting, intervals)
    return Outlook(
        counted,
        numbers[True, False] + numbers[True, True],
        numbers[True, True],
        numbers[False, False] + numbers[False, True],
        numbers[False, True],
        start,
        quiet.finish(start, work, words.zone, urgent=urgent),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in one kind of chat, message by message."""

    way: str
    group: bool
    messages: tuple[Message, ...]


def previews(connection: Connection, words: NoticeWords, kept: Kept) -> list[Shown]:
    """As each kind of group and each channel shows it; a number it has not got yet is the next."""
    earlier, shown = _earlier(connection, kept), _numbered(connection, kept)
    whole = words.message(shown, earlier)
    found = []
    for way in kept.content.ways:
        if way == Way.RELAY:
            asked, text = words.relay(shown, earlier, "…", 0)
            found.append(Shown(way, True, (asked, text)))
        else:
            found.append(Shown(way, True, (_for(whole, way, group=True),)))
    return found + [
        Shown(one, False, (_for(whole, one, group=False),)) for one in kept.content.channels
    ]


def alike(shown: Sequence[Shown]) -> list[tuple[list[Shown], tuple[Message, ...]]]:
    """What looks the same in several kinds of chats, once."""
    found: dict[tuple[Message, ...], list[Shown]] = {}
    for one in shown:
        found.setdefault(one.messages, []).append(one)
    return [(those, messages) for messages, those in found.items()]


def _for(message: Message, channel: str, *, group: bool) -> Message:
    return message if presses(channel, group=group) else replace(message, choices=())


def _numbered(connection: Connection, kept: Kept) -> Kept:
    return kept if kept.number else replace(kept, number=next_number(connection))


def _earlier(connection: Connection, kept: Kept) -> int:
    before = announcements.get(connection, kept.content.follows) if kept.content.follows else None
    return before.number if before else 0


def try_out(
    connection: Connection, actor: Actor, now: int, announcement: int, words: NoticeWords
) -> int:
    """A copy to the actor's own chats and to nobody else; how many chats."""
    kept = service.see(connection, actor, announcement)
    chats = links.reach(connection, [actor.person]).get(actor.person, []) if actor.person else []
    if not chats:
        raise Refused(Problem.NO_PERSON)
    text = words.whole(_numbered(connection, kept), _earlier(connection, kept))
    message = Message(f"{words.say('try_first')}\n{text}", picture=words.picture(kept))
    owner = f"try:announcement:{announcement}"
    rows = [
        NewDelivery(owner, one, packed(message), lanes.PERSONAL, lasts=HOUR, person=actor.person)
        for one in chats
    ]
    enqueue(connection, rows, now)
    target = f"announcement:{announcement}"
    audit.record(connection, actor, Operation.SEE_ANNOUNCEMENTS, target, now, step="try")
    return len(rows)


# After


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody who did not get it, or may not have. For a relay group, `name` is the group's
    and `who` its keeper; for a person, `place` is the household."""

    copy: int
    target: str
    name: str
    who: str
    area: str
    place: str
    state: str
    reason: str


def calls(connection: Connection, actor: Actor, announcement: int) -> list[Call]:
    """Whom to call or visit, place by place: everybody it did not reach but those who did not
    want it. Members who have not posted yet are among them."""
    service.see(connection, actor, announcement)
    states = (*FAILED, "uncertain", ASKED)
    lines = [
        one
        for one in recipients.lines(connection, announcement, states)
        if one.reason not in _SETTLED
    ]
    codes = [one.target.removeprefix("group:") for one in lines if one.target.startswith("group:")]
    known, keepers = groups.names(connection, codes), groups.keepers(connection, codes)
    ids = {*keepers.values(), *(one.person for one in lines)} - {0}
    people = persons.get(connection, ids)
    homes = households.get(connection, {one.household for one in people.values() if one.household})
    found = []
    for line in lines:
        code = line.target.removeprefix("group:")
        who = people.get(line.person or keepers.get(code, 0))
        home = homes.get(who.household) if who and code not in known else None
        found.append(_call(line, known.get(code, ""), who.name if who else "", home))
    return sorted(found, key=lambda one: (one.area, not one.target.startswith("group:"), one.copy))


def _call(line: Line, group: str, who: str, home: households.Home | None) -> Call:
    place = f"{home.code} {home.label}".strip() if home else ""
    reason = line.reason or ("not-posted-yet" if line.state == ASKED else "")
    return Call(line.id, line.target, group or who, who, line.area, place, line.state, reason)


def by_reason(calls: Sequence[Call]) -> dict[str, int]:
    return dict(Counter(one.reason for one in calls).most_common())
