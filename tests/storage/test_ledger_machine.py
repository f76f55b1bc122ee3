"""The ledger under anything that can happen, in any order: what is queued leaves in its order, once
for each attempt, and what became of it never goes back. GOCUA_FUZZ makes it longer.
"""

import os
from collections import Counter
from collections.abc import Callable

from fakes import Clock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import Connection, select, text

from storage import claims, lanes, outbox, pace
from storage.database import SECOND, Database
from storage.outbox import Claimed, Ended, NewDelivery
from storage.rows import table
from storage.tables import Delivery

ACCOUNT = ("fake", "one")
CHATS, HOLDERS, LANES = ("a", "b", "c"), ("1", "2"), (lanes.REPLY, lanes.PERSONAL, lanes.BULK)
GAP, CHAT_GAP = SECOND, 3 * SECOND
SETTLED = {"accepted", "failed", "expired", "skipped", "uncertain"}
FUZZ = int(os.environ.get("GOCUA_FUZZ", "0"))
RUNS = min(2000, max(15, FUZZ // 100))
_outbox = table(Delivery).c
_TERMS = claims.Terms(
    pace.Rate(pace.BOTH, GAP, 1), pace.Rate(pace.BOTH, GAP, 1), lambda _: CHAT_GAP
)
_EMPTY = ("outbox", "lane", "pace", "inbox_update")


def _emptied(connection: Connection) -> None:
    for name in _EMPTY:
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608


class Ledger(RuleBasedStateMachine):
    """`open` are attempts whose sender lives, `dead` those whose sender was killed."""

    database: Database
    clock: Clock

    @initialize()
    def begin(self) -> None:
        self.database.write_now(_emptied)
        self.open: list[tuple[str, Claimed]] = []
        self.dead: list[tuple[str, Claimed]] = []
        self.sends: Counter[int] = Counter()
        self.sent_at: dict[str, list[int]] = {chat: [] for chat in CHATS}
        self.ends: dict[int, str] = {}
        self.added = 0

    def _do(self, work: Callable[[Connection], object]) -> object:
        return self.database.write_now(work)

    def _rows(self) -> list[tuple[int, str, str, int, int]]:
        query = select(
            _outbox.id, _outbox.address, _outbox.state, _outbox.doubts, _outbox.lane
        ).order_by(_outbox.id)
        found = self.database.read_now(lambda one: one.execute(query).all())
        return [(row[0], row[1], row[2], row[3], row[4]) for row in found]

    @rule(chat=st.sampled_from(CHATS), lane=st.sampled_from(LANES), hold=st.booleans())
    def add(self, chat: str, lane: int, *, hold: bool) -> None:
        doubt = "hold" if hold else "resend"
        new = NewDelivery("t", f"fake:one:{chat}", "{}", lane, on_doubt=doubt)
        self._do(lambda one: outbox.enqueue(one, [new], self.clock()))
        self.added += 1

    @rule(seconds=st.sampled_from([0.3, 1, 4, 20, 50]))
    def time_goes_on(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(holder=st.sampled_from(HOLDERS))
    def claim(self, holder: str) -> None:
        claimed = self.database.write_now(
            lambda one: claims.claim(one, ACCOUNT, holder, self.clock(), claims.Room(5, 5), _TERMS)
        )
        assert len(claimed) <= 1, "faster than the account may"
        for one in claimed:
            chat = one.address.rpartition(":")[2]
            assert not [busy for _, busy in self.open if busy.address == one.address]
            assert all(self.clock() - at >= CHAT_GAP for at in self.sent_at[chat])
            self.sent_at[chat].append(self.clock())
            self.sends[one.id] += 1
            self.open.append((holder, one))

    @rule(pick=st.integers(0, 9), state=st.sampled_from(["accepted", "failed"]), late=st.booleans())
    def end(self, pick: int, state: str, *, late: bool) -> None:
        """`late`: by one that was taken for dead."""
        pool = self.dead if late else self.open
        if not pool:
            return
        holder, one = pool.pop(pick % len(pool))
        ended = Ended(one, state, reason="t")
        self._do(lambda connection: outbox.end(connection, [ended], holder, self.clock()))

    @rule()
    def killed(self) -> None:
        """One process; the other finds out when the lease has run out."""
        self.dead += [one for one in self.open if one[0] == "1"]
        self.open = [one for one in self.open if one[0] != "1"]

    @rule()
    def sweep(self) -> None:
        self._do(lambda one: outbox.reap(one, self.clock()))
        sending = {row[0] for row in self._rows() if row[2] == "sending"}
        late = [one for one in self.open if one[1].id not in sending]
        self.open = [one for one in self.open if one[1].id in sending]
        self.dead += late

    @invariant()
    def nothing_is_lost_or_goes_back(self) -> None:
        rows = self._rows()
        assert len(rows) == self.added
        for number, _, state, doubts, _ in rows:
            assert self.ends.get(number, state) == state, "a settled row went back"
            assert self.sends[number] <= 1 + doubts
            if state == "accepted":
                assert self.sends[number]
            if state in SETTLED:
                self.ends[number] = state

    def teardown(self) -> None:
        """Left alone for long enough, everything ends."""
        self.killed()
        self.open.clear()
        for _ in range(6 * self.added + 6):
            self.clock.advance(60)
            self._do(lambda one: outbox.reap(one, self.clock()))
            claimed = self.database.write_now(
                lambda one: claims.claim(one, ACCOUNT, "2", self.clock(), claims.Room(5, 5), _TERMS)
            )
            ended = [Ended(one, "accepted", reference="") for one in claimed]
            self._do(lambda one, e=ended: outbox.end(one, e, "2", self.clock()))  # type: ignore[misc]
        assert {row[2] for row in self._rows()} <= SETTLED


def test_anything_in_any_order(database: Database, clock: Clock) -> None:
    made = type("Here", (Ledger,), {"database": database, "clock": clock})
    calm = settings(
        max_examples=RUNS,
        stateful_step_count=25,
        deadline=None,
        derandomize=not FUZZ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run(made, settings=calm)
