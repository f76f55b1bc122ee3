"""The way out: the only caller of a channel's `send`.

A row is committed as "sending" before the call and no transaction is open during it.
Sends run freely: a slow one holds up its own chat only.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.channels.base import (
    Channel,
    Failure,
    NotSent,
    Outgoing,
    PictureFile,
    Sent,
    VoiceFile,
    unpacked,
)
from bot.core.address import Address
from bot.core.effects import Message
from bot.core.guide import Picture
from bot.slots import Slot, Slots
from bot.verdicts import ACCOUNT_WIDE, backoff, verdict
from storage import claims, contacts, lanes, media, moves, outbox, pace, people, receipts
from storage.database import SECOND, Database
from storage.grouped import Grouped, in_database
from storage.signals import OUTBOX, Signals

_log = logging.getLogger(__name__)
FOR_REPLIES = 32  # calls under way beyond what the channel allows
_GATHER_SECONDS = 0.01  # places that become free are filled together
_POLL_SECONDS = 1.0
_SEND_SECONDS = 35.0
Account = tuple[str, str]
FindFile = Callable[[str], Awaitable[Path | None]]
Outcome = tuple[outbox.Claimed, Sent | NotSent]


@lru_cache(maxsize=256)
def _digest(path: Path, changed: float) -> str:  # noqa: ARG001  # a changed file is another one
    return sha256(path.read_bytes()).hexdigest()


class Sender:
    """Sends for one channel account. `holder` names this sender in the ledger; `public` is
    where the world finds the files that `find_file` finds here."""

    def __init__(
        self,
        database: Database,
        signals: Signals,
        channel: Channel,
        find_file: FindFile,
        public: str,
    ) -> None:
        self._database, self._signals = database, signals
        self._channel, self._find_file, self._public = channel, find_file, public
        self._account: Account = (channel.name, channel.account)
        self.holder = signals.holder
        self._running: set[asyncio.Task[None]] = set()
        self._slots = Slots(channel.limits.per_second, interval_of=self._interval_of)
        self._most = channel.limits.at_once
        self._counts = metrics.Sends(channel.name)
        self._ends: Grouped[Outcome, None] = Grouped(in_database(database, self._end))
        self._woken = signals.subscribe(OUTBOX)
        self._gathering = False
        self._office = f"sender:{channel.name}:{channel.account}"
        signals.want(self._office)

    @property
    def busy(self) -> bool:
        return bool(self._running)

    async def run(self) -> None:
        """Until cancelled; what was claimed is finished first."""
        try:
            while True:
                await self._signals.wait(self._woken, await self._round())
        finally:
            while self._running:
                with suppress(asyncio.CancelledError):  # asked for again while this takes time
                    await asyncio.wait(self._running)

    async def _round(self) -> float:
        """Starts what may be sent now; returns the seconds until more may be."""
        room = self._room()
        if not (self._signals.present and self.may_send()):
            return _POLL_SECONDS
        if max(room) <= 0:
            return self._full_for()
        try:
            claimed, wait = await self._database.write(
                lambda connection: self._claim(connection, room)
            )
        except SQLAlchemyError as error:
            _log.warning("sending waits for the database: %s", type(error).__name__)
            return _POLL_SECONDS
        for one in claimed:
            slot = self._slots.take(reply=one.lane == lanes.REPLY, chat=one.address)
            task = asyncio.create_task(self._deliver(one, slot))
            self._running.add(task)
            task.add_done_callback(self._finished)
        return self._full_for() if wait is None else wait

    def may_send(self) -> bool:
        """What is counted by the second is sent by one process only, so that it can count."""
        return not self._channel.limits.per_second or self._signals.holds(self._office)

    def _room(self) -> claims.Room:
        running = len(self._running)
        return claims.Room(
            min(self._most + FOR_REPLIES - running, self._slots.room(reply=True)),
            min(self._most - running, self._slots.room(reply=False)),
        )

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if len(self._running) <= self._most // 2:
            self._woken.set()
        elif not self._gathering:
            self._gathering = True
            asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._gathered)

    def _gathered(self) -> None:
        self._gathering = False
        self._woken.set()

    def _full_for(self) -> float:
        """Seconds; a call that ends wakes us sooner."""
        if len(self._running) >= self._most:
            return _POLL_SECONDS
        return max(0.005, self._slots.opens_in())

    def _claim(
        self, connection: Connection, room: claims.Room
    ) -> tuple[list[outbox.Claimed], float | None]:
        """And the seconds until more may be claimed; None when all places were taken."""
        now, terms = self._database.now(connection), self._terms()
        claimed = claims.claim(connection, self._account, self.holder, now, room, terms)
        if claimed and len(claimed) >= room.others:
            return claimed, None
        due = lanes.earliest(connection, self._account)
        if due is None:
            return claimed, _POLL_SECONDS
        room_at = pace.next_open(connection, self._account, terms.replies, terms.others)
        wait = (max(due, room_at) - now) / SECOND
        if room.others <= 0:
            wait = max(wait, self._full_for())
        return claimed, min(_POLL_SECONDS, max(0.005, wait))

    def _terms(self) -> claims.Terms:
        limits = self._channel.limits
        names = (pace.BOTH, pace.BOTH) if limits.shared else (pace.REPLIES, pace.OTHERS)
        return claims.Terms(
            pace.Rate(names[0], limits.reply_interval, limits.burst),
            pace.Rate(names[1], limits.other_interval, limits.burst),
            self._slots.ready_after,
            limits.window,
        )

    def _interval_of(self, address: str) -> int:
        return self._channel.chat_interval(Address.parse(address).id)

    async def _deliver(self, claimed: outbox.Claimed, slot: Slot) -> None:
        await asyncio.sleep(max(0.0, slot.at - time.monotonic()))
        began = self._slots.leave(slot)
        result = await self._sent(claimed)
        self._count(claimed, result, time.monotonic() - began)
        self._slots.give_back(slot)
        while True:
            try:
                return await self._ends.add((claimed, result))
            except SQLAlchemyError as error:
                _log.warning("result of %d waits: %s", claimed.id, type(error).__name__)
                await asyncio.sleep(_POLL_SECONDS)

    def _count(self, claimed: outbox.Claimed, result: Sent | NotSent, seconds: float) -> None:
        outcome = "accepted" if isinstance(result, Sent) else str(result.failure)
        self._counts.count(outcome, seconds)
        more = {"delivery": claimed.id, "channel": self._channel.name, "outcome": outcome}
        _log.debug("sent", extra=more)

    async def _sent(self, claimed: outbox.Claimed) -> Sent | NotSent:
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                return await self._send(claimed)
        except TimeoutError:
            return NotSent(Failure.DOUBT, "no-answer")
        except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the others
            _log.exception("delivery %d could not be sent", claimed.id)
            return NotSent(Failure.PERMANENT, type(error).__name__)

    async def _send(self, claimed: outbox.Claimed) -> Sent | NotSent:
        message, press = unpacked(claimed.content)
        picture = await self._picture(message.picture) if message.picture else None
        voice = await self._file(message.voice) if message.voice and not picture else None
        document = await self._file(message.document) if message.document else None
        if voice and not self._channel.limits.voice:
            message = self._with_link(message, message.voice)
        if document and (picture or voice or not self._channel.limits.documents):
            message, document = self._with_link(message, message.document), None
        outgoing = Outgoing(
            claimed.id,
            Address.parse(claimed.address),
            message,
            press,
            picture,
            claimed.part,
            claimed.before,
            voice,
            document,
        )
        result = await self._channel.send(outgoing)
        file = picture or voice or document
        reference = result.picture or None if isinstance(result, Sent) else result.picture
        if file and reference is not None and bool(reference) != bool(file.reference):
            await self._database.write(
                lambda connection: media.keep(connection, *self._account, file.digest, reference)
            )
        return result

    def _with_link(self, message: Message, path: str) -> Message:
        return replace(message, text=f"{message.text}\n{self._public}/{path}")

    async def _picture(self, picture: Picture) -> PictureFile | None:
        found = await self._file(picture.path)
        return (
            PictureFile(found.path, picture.alt, found.digest, found.reference) if found else None
        )

    async def _file(self, path: str) -> VoiceFile | None:
        found = await self._find_file(path)
        if found is None:
            return None
        digest = await asyncio.to_thread(_digest, found, found.stat().st_mtime)
        reference = await self._database.read(
            lambda connection: media.find(connection, *self._account, digest)
        )
        return VoiceFile(found, digest, reference)

    def _end(self, connection: Connection, outcomes: Sequence[Outcome]) -> list[None]:
        now = self._database.now(connection)
        ended = [verdict(claimed, result, now) for claimed, result in outcomes]
        early = self._early(connection, ended, now) if self._channel.limits.receipts else {}
        outbox.end(connection, ended, self.holder, now)
        lanes.put_off(connection, self._slots.late([one.address for one, _ in outcomes], now))
        for state, ids in early.items():
            outbox.receive(connection, ids, state)
        self._follow(connection, outcomes, now)
        return [None] * len(outcomes)

    def _early(
        self, connection: Connection, ended: Sequence[outbox.Ended], now: int
    ) -> dict[str, list[int]]:
        """Receipts that came before the answer; the chats are locked first, as the way in does."""
        lanes.hold(connection, {one.claimed.address for one in ended}, wait=True)
        sent = {one.reference: one.claimed.id for one in ended if one.reference}
        return receipts.remember(connection, self._account, sent, now)

    def _follow(self, connection: Connection, outcomes: Sequence[Outcome], now: int) -> None:
        """What a result means beyond its own row: for the account and for the chat."""
        failed = [(one, result) for one, result in outcomes if isinstance(result, NotSent)]
        if len(failed) < len(outcomes):
            pace.unblock(connection, self._account)
        elif pauses := [result for _, result in failed if result.failure in ACCOUNT_WIDE]:
            self._pause(connection, pauses[0], now)
        for claimed, result in failed:
            _log.info("delivery %d: %s %s", claimed.id, result.failure, result.code)
            self._follow_one(connection, claimed, result, now)

    def _pause(self, connection: Connection, result: NotSent, now: int) -> None:
        failures = pace.failures(connection, self._account)
        until = now + int(backoff(failures) * SECOND)
        pace.block(connection, self._account, until, result.code, everything=True)

    def _follow_one(
        self, connection: Connection, claimed: outbox.Claimed, result: NotSent, now: int
    ) -> None:
        if result.failure is Failure.THROTTLED:
            until, all_of_it = now + int(result.retry_after * SECOND), self._channel.limits.shared
            pace.block(connection, self._account, until, result.code, everything=all_of_it)
        if result.failure is Failure.HELD and not result.retry_after:
            contacts.close(connection, claimed.address)
        if result.failure is Failure.GONE:
            people.set_reachable(connection, claimed.address, now, reachable=False)
        if result.failure is Failure.MOVED:
            old = Address.parse(claimed.address)
            moves.move(connection, old, replace(old, id=result.moved_to), now)
