"""Moves approved announcements along: their hour, their copies into the ledger, relay members
reminded, and the end. Each step is one small transaction that names what it starts from, so a
crash at any point only means "not yet"; nothing is kept in memory.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.amend import amend
from bot.channels.base import packed
from bot.chores import keep_at
from bot.core.address import Address
from bot.core.announcement import State, Step, digest
from bot.core.effects import Message
from bot.notice_words import NoticeWords, presses
from storage import (
    announcements,
    approvals,
    audience,
    groups,
    lanes,
    links,
    owned,
    recipients,
    relays,
)
from storage.announcements import Kept
from storage.database import DAY, HOUR, MINUTE, Database
from storage.outbox import NewDelivery
from storage.outbox import enqueue as into_ledger
from storage.recipients import Due, owner
from storage.signals import OUTBOX, Signals
from storage.spreading import Place, Spread, spread

_log = logging.getLogger(__name__)
_AT_ONCE = 500
_SPREAD = 4000  # some 50 ms of the writer
_POLL_SECONDS = 1.0
_LASTS = 3 * DAY
_REMIND, _REMIND_URGENT = 2 * HOUR, 15 * MINUTE
Account = tuple[str, str]


class Dispatcher:
    """`accounts` are the channel accounts that are on, `editing` the channels that change what
    they sent."""

    def __init__(
        self,
        database: Database,
        signals: Signals,
        words: NoticeWords,
        accounts: Collection[Account],
        editing: Collection[str] = (),
    ) -> None:
        self._database, self._signals, self._words = database, signals, words
        self._accounts, self._editing = frozenset(accounts), frozenset(editing)

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        await keep_at(self.once, _POLL_SECONDS, "announcements")

    async def once(self) -> bool:
        """One step of each announcement at work; whether there is more to do."""
        busy = False
        for number in await self._database.read(announcements.at_work):
            if await self._database.write(lambda one, number=number: self._step(one, number)):
                busy = True
                self._signals.wake(OUTBOX)
        return busy

    def _step(self, connection: Connection, number: int) -> bool:
        kept = announcements.get(connection, number, lock=True)
        if kept is None:
            return False
        now = self._database.now(connection)
        match kept.state:
            case State.APPROVED:
                return self._schedule(connection, kept, now)
            case State.SCHEDULED if kept.due_at <= now:
                return _begin(connection, kept, now)
            case State.SENDING:
                return self._send(connection, kept, now)
            case State.PAUSED:
                return owned.pause(connection, owner(number), _AT_ONCE) > 0
        return False

    def _opens(self, kept: Kept, now: int) -> int:
        return self._words.hours().opens(now, self._words.zone, urgent=kept.content.urgent)

    def _schedule(self, connection: Connection, kept: Kept, now: int) -> bool:
        due = self._opens(kept, max(now, kept.content.send_at))
        return announcements.move(connection, kept.id, Step.SCHEDULE, now, due_at=due)

    def _send(self, connection: Connection, kept: Kept, now: int) -> bool:
        opening = self._opens(kept, now)
        if opening > now:
            return owned.put_off(connection, owner(kept.id), opening, _AT_ONCE) > 0
        if self._spread(connection, kept, now):
            self._signals.announce(connection, OUTBOX)
            return True
        if owned.give_back(connection, owner(kept.id), _AT_ONCE):
            return True
        if due := recipients.planned(connection, kept.id, _AT_ONCE):
            self._fill(connection, kept, due, now)
            self._signals.announce(connection, OUTBOX)
            return True
        if amend(connection, kept, self._words, self._editing, now, _AT_ONCE):
            self._signals.announce(connection, OUTBOX)
            return True
        self._remind(connection, kept, now)
        if ends_at(kept) <= now:
            relays.unposted(connection, kept.id)
        if not recipients.is_open(connection, kept.id):
            announcements.move(connection, kept.id, Step.FINISH, now, done_at=now)
        return False

    def _spread(self, connection: Connection, kept: Kept, now: int) -> bool:
        """A step of the copies that go by themselves; whether there was any left."""
        pressed = self._words.message(kept, _earlier(connection, kept))
        plain = {True: packed(pressed), False: packed(replace(pressed, choices=()))}
        places = [
            Place(
                channel,
                account,
                plain[presses(channel, group=False)],
                plain[presses(channel, group=True)],
            )
            for channel, account in sorted(self._accounts)
        ]
        lane = lanes.EMERGENCY if kept.content.urgent else lanes.BULK
        return spread(connection, Spread(kept.id, places, lane, ends_at(kept)), now, _SPREAD)

    def _fill(self, connection: Connection, kept: Kept, due: Sequence[Due], now: int) -> None:
        """Copies that members post into the ledger; those that cannot go get their reason. Chats
        are held before copies are touched, as the way in does."""
        asked = _given(connection, due)
        going = [one for one in asked.values() if self._on(one)]
        lanes.hold(connection, [one.address for one in going], wait=True)
        still = recipients.still_planned(connection, [one.id for one in due])
        going = [one for one in going if one.id in still]
        off = {one.id for one in asked.values() if not self._on(one)}
        nobody = still - asked.keys()
        recipients.leave_out(connection, {"no-keeper": nobody, "channel-off": off & still})
        _give(connection, going)
        rows = self._rows(connection, kept, going, now)
        recipients.enqueue(connection, kept.id, going, rows, now)

    def _on(self, due: Due) -> bool:
        address = Address.parse(due.address)
        return (address.channel, address.account) in self._accounts

    def _rows(
        self, connection: Connection, kept: Kept, going: Sequence[Due], now: int
    ) -> list[NewDelivery]:
        earlier = _earlier(connection, kept)
        names = _names(connection, [one.target for one in going])
        rows: list[NewDelivery] = []
        for one in going:
            dedup = one.dedup(kept.id)
            first, second = self._words.relay(kept, earlier, names.get(one.target, ""), one.id)
            rows.append(_row(kept, one, packed(first), now, f"{dedup}:ask"))
            channel = Address.parse(one.address).channel
            shown = second if presses(channel, group=False) else replace(second, choices=())
            rows.append(_row(kept, one, packed(shown), now, dedup))
        return rows

    def _remind(self, connection: Connection, kept: Kept, now: int) -> None:
        """Once, each member who was given a copy long enough ago."""
        wait = _REMIND_URGENT if kept.content.urgent else _REMIND
        late = relays.asked(connection, kept.id, unreminded_before=now - wait)
        if not late:
            return
        names = _names(connection, [one.target for one in late])
        rows = [
            self._reminder(kept, one, self._words.reminder(kept, names.get(one.target, ""), one.id))
            for one in late
        ]
        into_ledger(connection, rows, now)
        relays.reminded(connection, [one.id for one in late], now)

    def _reminder(self, kept: Kept, late: relays.Asked, message: Message) -> NewDelivery:
        return NewDelivery(
            f"reminder:announcement:{kept.id}", late.address, packed(message), lanes.PERSONAL
        )


def ends_at(kept: Kept) -> int:
    """When nothing of it is sent any more."""
    return kept.content.expires_at or kept.sent_at + _LASTS


def _begin(connection: Connection, kept: Kept, now: int) -> bool:
    """What is stored must still be what was approved."""
    if digest(kept.content) != kept.approved_digest:
        _log.error("announcement %d is not what was approved", kept.id)
        return approvals.unapprove(connection, kept, Step.RETURN, "changed", now)
    audience.recount(connection, kept.id)
    return announcements.move(connection, kept.id, Step.SEND, now, sent_at=now)


def _row(kept: Kept, due: Due, content: str, now: int, dedup: str) -> NewDelivery:
    """A lost answer is never followed by a second copy: a person judges."""
    return NewDelivery(
        owner(kept.id),
        due.address,
        content,
        lanes.EMERGENCY if kept.content.urgent else lanes.PERSONAL,
        on_doubt="hold",
        dedup=dedup,
        lasts=ends_at(kept) - now,
        person=due.person,
    )


def _earlier(connection: Connection, kept: Kept) -> int:
    """The number of the one it follows."""
    before = announcements.get(connection, kept.content.follows) if kept.content.follows else None
    return before.number if before else 0


def _names(connection: Connection, targets: Sequence[str]) -> Mapping[str, str]:
    """Groups by target."""
    codes = {one.removeprefix("group:") for one in targets if one.startswith("group:")}
    return {f"group:{code}": name for code, name in groups.names(connection, codes).items()}


def _given(connection: Connection, copies: Sequence[Due]) -> dict[int, Due]:
    """Relay copies with the chat of the member who posts there: whom it was given to, else who
    keeps the group. Copies nobody can be asked for are left out."""
    codes = {one.id: one.target.removeprefix("group:") for one in copies}
    keepers = groups.keepers(connection, set(codes.values()))
    persons = {one.id: one.person or keepers.get(codes[one.id], 0) for one in copies}
    chats = links.reach(connection, set(persons.values()))
    return {
        one.id: Due(one.id, one.target, one.way, chats[person][0], person, one.round)
        for one in copies
        if (person := persons[one.id]) in chats
    }


def _give(connection: Connection, copies: Sequence[Due]) -> None:
    places: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for one in copies:
        places[one.address, one.person].append(one.id)
    recipients.address(connection, places)
