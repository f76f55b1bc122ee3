"""The way in: waiting updates -> turns. Each turn's whole effect is one transaction.

Nothing outside the database happens here, so a crash at any point only means "not yet".
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import logs, metrics
from bot.batch import Batch
from bot.channels.base import Channel, MalformedError, Received
from bot.core.address import Address
from bot.core.conversation import advance, withdraw
from bot.core.effects import Message, Purpose
from bot.core.events import (
    ChoiceMade,
    Event,
    GroupAsked,
    GuideStarted,
    MediaReceived,
    Notice,
    TextReceived,
)
from bot.core.guide import Phrase, Word
from bot.core.secrets import Secret
from bot.core.state import Conversation, Waiting, from_plain, to_plain
from bot.desks import Desk, Heard, News, Watcher
from bot.errands import Errand, Withdrawn
from bot.errands import read as errand
from bot.meetings import Meetings
from bot.notices import notice
from bot.seats import look
from bot.shelf import Shelf
from storage import (
    calls,
    conversations,
    inbox,
    lanes,
    links,
    moves,
    outbox,
    owned,
    people,
    progress,
    recipients,
    remarks,
)
from storage.database import SECOND, Database
from storage.signals import INBOX, OUTBOX, Signals

_log = logging.getLogger(__name__)
_CHATS_AT_ONCE = 200
_UPDATES_AT_ONCE = 400
_POLL_SECONDS = 1.0
_FAULT_SECONDS = 1.0


Spoken = GuideStarted | ChoiceMade | TextReceived | MediaReceived


class Runner:
    def __init__(
        self,
        database: Database,
        signals: Signals,
        channels: Mapping[str, Channel],
        shelf: Shelf,
        desks: Sequence[Desk] = (),
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self._database, self._signals = database, signals
        self._channels, self._shelf = channels, shelf
        self._desks, self._watchers = desks, watchers

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
            with metrics.batches.time():
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
        batch = Batch(now, seats, states, Meetings.of(connection, held, now))
        for update in updates:
            if update.address not in batch.resting and not self._ended(connection, update, batch):
                batch.resting.add(update.address)
        self._write(connection, batch)
        return len(batch.done)

    def _ended(self, connection: Connection, update: inbox.Update, batch: Batch) -> bool:
        """False when the chat has to wait for this update to be tried again."""
        if update.due_at > batch.now:
            return False
        try:
            self._turn(connection, update, batch)
        except MalformedError as error:
            inbox.park(connection, update, f"malformed {error}")
            metrics.updates.labels(update.channel, "parked").inc()
        except Exception as error:  # noqa: BLE001  # a poison update is parked in the end
            _log.warning("update %d failed: %s", update.id, type(error).__name__)
            parked = inbox.fail(connection, update, type(error).__name__, batch.now)
            metrics.updates.labels(update.channel, "parked" if parked else "failed").inc()
            if parked:
                batch.say(update, Message(self._shelf.guides.phrases[Phrase.FAILED]))
            return parked
        else:
            batch.heard(update)
            _counted(update, batch.now)
        return True

    def _turn(self, connection: Connection, update: inbox.Update, batch: Batch) -> None:
        if update.own:
            self._errand(connection, update, errand(update.body), batch)
            return
        channel = self._channels.get(update.channel)
        if channel is None:
            raise LookupError(update.channel)
        secrets = frozenset(map(Secret, filter(None, update.secrets.split(","))))
        received = channel.parse(update.body, secrets)
        received = replace(received, event=batch.meetings.met(received))
        if isinstance(received.event, Spoken):
            batch.met(update, received.event)
        if not self._answered(connection, update, received, batch):
            if isinstance(received.event, Spoken):
                person = batch.seats.person(update.address, batch.now)
                self._talk(update, received, received.event, person, batch)
            else:
                self._noticed(connection, update, received, received.event, batch)

    def _errand(
        self, connection: Connection, update: inbox.Update, told: Errand | Withdrawn, batch: Batch
    ) -> None:
        """Whoever it is for has the chat from now on."""
        if isinstance(told, Withdrawn):
            seat = update.address, told.person
            batch.take_back(seat, told.purposes, self._shelf.guides)
            return
        links.act_as(connection, update.address, told.person)
        received = Received(Address.parse(update.address), told.event)
        self._talk(update, received, told.event, told.person, batch)

    def _talk(
        self, update: inbox.Update, received: Received, event: Event, person: int, batch: Batch
    ) -> None:
        seat = update.address, person
        before = batch.states.get(seat, Conversation())
        after, effects = advance(before, event, self._shelf.guides)
        if before.waiting_for is not Waiting.STOPPED is after.waiting_for:
            batch.stop(seat)
        batch.gather(update, person, received, effects)
        batch.states[seat] = batch.changed[seat] = after

    def _withdraw(
        self,
        update: inbox.Update,
        received: Received,
        purpose: Purpose,
        person: int,
        batch: Batch,
    ) -> None:
        seat = update.address, person
        before = batch.states.get(seat, Conversation())
        after, effects = withdraw(before, purpose, self._shelf.guides)
        batch.gather(update, person, received, effects)
        batch.states[seat] = batch.changed[seat] = after

    def _noticed(
        self,
        connection: Connection,
        update: inbox.Update,
        received: Received,
        event: Notice,
        batch: Batch,
    ) -> None:
        notice(connection, received, batch.now)
        if isinstance(event, GroupAsked):
            batch.say(update, Message(self._shelf.guides.phrases[Phrase.GROUP]))

    def _answered(
        self, connection: Connection, update: inbox.Update, received: Received, batch: Batch
    ) -> bool:
        """Whether a desk took it."""
        seats, chat = batch.seats, update.address
        person, owner = seats.person(chat, batch.now), seats.owner(chat)
        question = seats.question(chat, batch.now)
        heard = Heard(received, person, owner, batch.now, question, seats.talks)
        for desk in self._desks:
            if (answer := desk.hear(connection, heard)) is not None:
                press = answer.press
                for message in answer.messages:
                    batch.say(update, message, press)
                    press = None
                batch.deliveries.extend(answer.others)
                if answer.settles:
                    batch.resting.add(chat)
                if answer.known:
                    batch.known[chat] = answer.known
                if answer.withdrawn:
                    self._withdraw(update, received, answer.withdrawn, person, batch)
                return True
        return False

    def _write(self, connection: Connection, batch: Batch) -> None:
        states = {
            seat: orjson.dumps(to_plain(state)).decode() for seat, state in batch.changed.items()
        }
        if batch.seen:
            people.see(connection, batch.seen, batch.now)
        conversations.save(connection, states, batch.now)
        progress.record(connection, batch.progress)
        remarks.warned(connection, batch.warnings)
        people.record_consents(connection, batch.consents)
        if batch.calls:
            calls.call(
                connection, [one for one in batch.calls if one["item"] != Word.FORGET], batch.now
            )
        for address, person in batch.known.items():
            moves.adopt(connection, address, person)
        if unwilling := batch.unwilling():
            chats, persons = map(set, zip(*unwilling, strict=True))
            recipients.withdraw(connection, chats, batch.now, persons - {0})
        news = News(batch.progress, batch.consents, batch.calls, batch.now, batch.stopped)
        for watcher in self._watchers:
            batch.deliveries.extend(watcher.after(connection, news))
        if batch.stopped:
            owned.drop_answers(connection, {chat for chat, _ in batch.stopped}, "stop", batch.now)
        batch.unanswered(outbox.enqueue(connection, batch.deliveries, batch.now))
        rests = Message(self._shelf.guides.phrases[Phrase.RESTS])
        outbox.enqueue(connection, batch.told(rests), batch.now)
        batch.meetings.save(connection)
        inbox.finish(connection, batch.done, batch.shown)
        if batch.deliveries:
            self._signals.announce(connection, OUTBOX)


def _counted(update: inbox.Update, now: int) -> None:
    metrics.updates.labels(update.channel, "done").inc()
    seconds = max(0, now - update.received_at) / SECOND
    metrics.answered.labels(update.channel).observe(seconds)
    _log.debug("turn", extra={"update": update.id, "key": logs.key(update.event_id)})
