"""The way in: waiting updates -> turns. Each turn's whole effect is one transaction.

Nothing outside the database happens here, so a crash at any point only means "not yet".
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.base import Channel, MalformedError, Press, Received, packed
from bot.core.conversation import advance
from bot.core.effects import (
    Acknowledge,
    CallTeam,
    Effect,
    Message,
    Purpose,
    RecordConsent,
    RecordProgress,
    Say,
)
from bot.core.events import ChoiceMade, GroupAsked, GuideStarted, MediaReceived, TextReceived
from bot.core.guide import Phrase
from bot.core.secrets import Secret
from bot.core.state import Conversation, from_plain, to_plain
from bot.meetings import Meetings
from bot.notice_desk import NoticeDesk
from bot.notices import notice
from bot.seats import Seats, look
from bot.shelf import Shelf
from storage import conversations, inbox, lanes, outbox, people, progress, recipients
from storage.database import Database
from storage.rows import Row
from storage.signals import INBOX, OUTBOX, Signals

_log = logging.getLogger(__name__)
_CHATS_AT_ONCE = 200
_UPDATES_AT_ONCE = 400
_POLL_SECONDS = 1.0
_FAULT_SECONDS = 1.0


Seat = tuple[str, int]


@dataclass(slots=True)
class _Batch:
    """What a transaction will write, gathered in memory first."""

    now: int
    seats: Seats
    states: dict[Seat, Conversation]
    meetings: Meetings
    changed: dict[Seat, Conversation] = field(default_factory=dict)
    deliveries: list[outbox.NewDelivery] = field(default_factory=list)
    progress: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)

    def say(self, update: inbox.Update, message: Message, press: Press | None = None) -> None:
        self.deliveries.append(
            outbox.NewDelivery(
                f"turn:{update.id}",
                update.address,
                packed(message, press),
                lanes.REPLY,
            )
        )


class Runner:
    def __init__(
        self,
        database: Database,
        signals: Signals,
        channels: Mapping[str, Channel],
        shelf: Shelf,
        desk: NoticeDesk | None = None,
    ) -> None:
        self._database, self._signals = database, signals
        self._channels, self._shelf, self._desk = channels, shelf, desk

    async def run(self) -> None:
        """Until cancelled. A fault of the database is waited out."""
        woken = self._signals.subscribe(INBOX)
        while True:
            try:
                handled = await self.once()
            except SQLAlchemyError as error:
                _log.warning("turns wait for the database: %s", type(error).__name__)
                await asyncio.sleep(_FAULT_SECONDS)
                continue
            if not handled:
                await self._signals.wait(woken, _POLL_SECONDS)

    async def once(self) -> int:
        """Handles one batch; says how many updates were ended by it."""
        try:
            handled = await self._database.write(self._batch)
        except Exception as error:  # noqa: BLE001  # one bad row must not stop the others
            _log.warning("batch failed, trying chats one by one: %s", type(error).__name__)
            handled = await self._one_by_one()
        if handled:
            self._signals.wake(OUTBOX)
        return handled

    async def _one_by_one(self) -> int:
        addresses = await self._database.write(
            lambda connection: inbox.waiting_addresses(
                connection, self._database.now(connection), _CHATS_AT_ONCE
            )
        )
        handled = 0
        for address in addresses:
            try:
                handled += await self._database.write(partial(self._chats, addresses=[address]))
            except Exception as error:  # noqa: BLE001  # counted on the update itself
                await self._database.write(
                    partial(self._blame, address=address, error=type(error).__name__)
                )
        return handled

    def _blame(self, connection: Connection, address: str, error: str) -> None:
        now = self._database.now(connection)
        for update in inbox.waiting(connection, [address], 1):
            inbox.fail(connection, update, error, now)

    def _batch(self, connection: Connection) -> int:
        now = self._database.now(connection)
        return self._chats(connection, inbox.waiting_addresses(connection, now, _CHATS_AT_ONCE))

    def _chats(self, connection: Connection, addresses: Collection[str]) -> int:
        """All turns of some chats, in order within each chat."""
        if not addresses:
            return 0
        now = self._database.now(connection)
        held = lanes.hold(connection, addresses, wait=False)
        updates = inbox.waiting(connection, held, _UPDATES_AT_ONCE)
        seats = look(connection, held)
        states = {one: from_plain(orjson.loads(kept.state)) for one, kept in seats.kept.items()}
        self._shelf.turn_to(now)
        self._shelf.know(connection, states.values())
        batch = _Batch(now, seats, states, Meetings.of(connection, held, now))
        stuck: set[str] = set()
        for update in updates:
            if update.address not in stuck and not self._ended(connection, update, batch):
                stuck.add(update.address)
        self._write(connection, batch)
        return len(batch.done)

    def _ended(self, connection: Connection, update: inbox.Update, batch: _Batch) -> bool:
        """False when the chat has to wait for this update to be tried again."""
        if update.due_at > batch.now:
            return False
        try:
            self._turn(connection, update, batch)
        except MalformedError as error:
            inbox.park(connection, update, f"malformed {error}")
        except Exception as error:  # noqa: BLE001  # a poison update is parked in the end
            _log.warning("update %d failed: %s", update.id, type(error).__name__)
            parked = inbox.fail(connection, update, type(error).__name__, batch.now)
            if parked:
                batch.say(update, Message(self._shelf.guides.phrases[Phrase.FAILED]))
            return parked
        else:
            batch.done.append(update.id)
        return True

    def _turn(self, connection: Connection, update: inbox.Update, batch: _Batch) -> None:
        channel = self._channels.get(update.channel)
        if channel is None:
            raise LookupError(update.channel)
        secrets = frozenset(map(Secret, filter(None, update.secrets.split(","))))
        received = channel.parse(update.body, secrets)
        match batch.meetings.met(received):
            case GuideStarted() | ChoiceMade() | TextReceived() | MediaReceived() as event:
                batch.seen[update.address] = update.channel
                if self._answered(connection, update, replace(received, event=event), batch):
                    return
                seat = update.address, batch.seats.person(update.address, batch.now)
                before = batch.states.get(seat, Conversation())
                after, effects = advance(before, event, self._shelf.guides)
                _gather(batch, update, seat[1], received, effects)
                batch.states[seat] = batch.changed[seat] = after
            case other if not self._answered(
                connection, update, replace(received, event=other), batch
            ):
                notice(connection, replace(received, event=other), batch.now)
                if isinstance(other, GroupAsked):
                    batch.say(update, Message(self._shelf.guides.phrases[Phrase.GROUP]))

    def _answered(
        self, connection: Connection, update: inbox.Update, received: Received, batch: _Batch
    ) -> bool:
        """Whether it was about announcements."""
        said = self._desk.hear(connection, received, batch.now) if self._desk else None
        if said:
            batch.say(update, *said)
        return said is not None

    def _write(self, connection: Connection, batch: _Batch) -> None:
        states = {
            seat: orjson.dumps(to_plain(state)).decode() for seat, state in batch.changed.items()
        }
        if batch.seen:
            people.see(connection, batch.seen, batch.now)
        batch.meetings.save(connection)
        conversations.save(connection, states, batch.now)
        progress.record(connection, batch.progress)
        people.record_consents(connection, batch.consents)
        if batch.calls:
            people.call_team(connection, batch.calls, batch.now)
        if unwilling := _unwilling(batch.consents):
            recipients.withdraw(connection, unwilling, batch.now)
        outbox.enqueue(connection, batch.deliveries, batch.now)
        inbox.finish(connection, batch.done)
        if batch.deliveries:
            self._signals.announce(connection, OUTBOX)


def _unwilling(consents: Sequence[Row]) -> set[str]:
    """Chats that want no announcements any more."""
    news = [one for one in consents if one["purpose"] == Purpose.NEWS]
    return {str(one["address"]) for one in news if not one["granted"]}


def _gather(
    batch: _Batch,
    update: inbox.Update,
    person: int,
    received: Received,
    effects: Sequence[Effect],
) -> None:
    press = received.press
    who: Row = {"address": update.address, "person": person}
    for effect in effects:
        match effect:
            case Say(message):
                batch.say(update, message, press)
                press = None
            case Acknowledge():
                if press:
                    batch.say(update, Message(""), press)
            case RecordProgress(guide, revision, item, outcome):
                row = {"guide": guide, "revision": revision, "item": item, "outcome": outcome}
                batch.progress.append({**who, "at": batch.now, **row})
            case RecordConsent(purpose, granted, version):
                agreed: Row = {"purpose": purpose, "granted": granted, "version": version}
                batch.consents.append({**who, "recorder": "self", "at": batch.now, **agreed})
            case CallTeam(guide, item):
                batch.calls.append({**who, "guide": guide, "item": item})
