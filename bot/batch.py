"""What a transaction of turns will write, gathered in memory first. No SQL here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.channels.base import Press, Received, packed
from bot.core.conversation import withdraw
from bot.core.effects import (
    Acknowledge,
    CallTeam,
    Effect,
    Message,
    Purpose,
    RecordConsent,
    Recorded,
    RecordProgress,
    RecordWarning,
    Say,
)
from bot.core.events import Event, MediaReceived
from bot.core.state import Conversation, Guides
from bot.meetings import Meetings
from bot.seats import Seats
from storage import inbox, lanes, outbox
from storage.rows import Row

Seat = tuple[str, int]
_TURN = "turn:"


@dataclass(slots=True)
class Batch:
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
    warnings: list[Row] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    resting: set[str] = field(default_factory=set)
    known: dict[str, int] = field(default_factory=dict)
    stopped: set[Seat] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)

    def met(self, update: inbox.Update, event: Event) -> None:
        """Somebody wrote there; what leads to a picture is forgotten once it is handled."""
        self.seen[update.address] = update.channel
        if isinstance(event, MediaReceived) and event.reference:
            self.shown.add(update.id)

    def say(
        self, update: inbox.Update, message: Message, press: Press | None = None, person: int = 0
    ) -> None:
        """What the service begins by itself is about a person and can be dropped with them."""
        self.answers[update.address] += not update.own
        self.deliveries.append(
            outbox.NewDelivery(
                f"{_TURN}{update.id}",
                update.address,
                packed(message, press),
                lanes.PERSONAL if update.own else lanes.REPLY,
                person=person if update.own else 0,
            )
        )

    def heard(self, update: inbox.Update) -> None:
        """Once answers fill its chat, what it writes besides is left unanswered for a while."""
        self.done.append(update.id)
        if self.answers[update.address] >= outbox.MOST_WAITING_PER_CHAT:
            self.meetings.rest(update.address)

    def unanswered(self, full: Sequence[outbox.NewDelivery]) -> None:
        """Answers their chat had no place for: it is told so, and rests."""
        for one in full:
            if self.answers[one.address] and one.owner.startswith(_TURN):
                self.meetings.rest(one.address)

    def told(self, words: Message) -> list[outbox.NewDelivery]:
        """To each chat that begins to rest, once."""
        return [
            outbox.NewDelivery("rest", chat, packed(words), lanes.REPLY, extra=True)
            for chat in sorted(self.meetings.overrun)
        ]

    def stop(self, seat: Seat) -> None:
        """Whoever stops is not given answers that are still to come; what follows is the last."""
        self.stopped.add(seat)
        self.deliveries = [one for one in self.deliveries if one.address != seat[0]]

    def take_back(self, seat: Seat, purposes: Sequence[Purpose], guides: Guides) -> None:
        """What was withdrawn elsewhere counts here too; it was written down there."""
        state = self.states.get(seat)
        if state is None:
            return
        for purpose in purposes:
            state, _ = withdraw(state, purpose, guides)
        self.states[seat] = self.changed[seat] = state

    def unwilling(self) -> set[Seat]:
        """Chats, and who spoke there, that want no announcements any more."""
        news = [one for one in self.consents if one["purpose"] == Purpose.NEWS]
        return {(str(one["address"]), int(one["person"])) for one in news if not one["granted"]}

    def gather(
        self, update: inbox.Update, person: int, received: Received, effects: Sequence[Effect]
    ) -> None:
        """What a turn wants done."""
        press = received.press
        for effect in effects:
            match effect:
                case Say(message):
                    self.say(update, message, press, person)
                    press = None
                case Acknowledge():
                    if press:
                        self.say(update, Message(""), press)
                case _:
                    self._record({"address": update.address, "person": person}, effect)

    def _record(self, who: Row, effect: Recorded) -> None:
        match effect:
            case RecordProgress(guide, revision, item, outcome):
                row = {"guide": guide, "revision": revision, "item": item, "outcome": outcome}
                self.progress.append({**who, "at": self.now, **row})
            case RecordConsent(purpose, granted, version):
                agreed: Row = {"purpose": purpose, "granted": granted, "version": version}
                self.consents.append({**who, "recorder": "self", "at": self.now, **agreed})
            case RecordWarning(danger):
                self.warnings.append({**who, "kind": danger, "at": self.now})
            case CallTeam(guide, item):
                self.calls.append({**who, "guide": guide, "item": item})
