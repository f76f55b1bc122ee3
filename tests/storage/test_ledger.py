"""The delivery ledger on both databases: order, lanes, pace, leases, doubt."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest
from fakes import Clock
from sqlalchemy import text

from storage import claims, lanes, outbox, pace
from storage.database import DAY, SECOND, Database
from storage.outbox import Claimed, Ended, NewDelivery

ACCOUNT = ("fake", "one")
FAST = {pace.REPLIES: 1000, pace.OTHERS: 1000}


def _chat(name: str) -> str:
    return f"fake:one:{name}"


def _new(chat: str, text: str = "t", lane: int = lanes.REPLY, **more: object) -> NewDelivery:
    return NewDelivery("test", _chat(chat), text, lane, **more)  # type: ignore[arg-type]


def _terms(speed: dict[str, int], interval: int, window: int) -> claims.Terms:
    replies, others = (pace.Rate(name, speed[name]) for name in (pace.REPLIES, pace.OTHERS))
    return claims.Terms(replies, others, lambda _: interval, window)


@contextmanager
def _living(database: Database, holder: int) -> Iterator[None]:
    """Another process that holds its lock, as Signals does."""
    if database.is_sqlite:
        yield
        return
    with database.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:holder)"), {"holder": holder})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:holder)"), {"holder": holder})


class Ledger:
    """Short words for what the tests do."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    def reap(self) -> int:
        return self.database.write_now(lambda one: outbox.reap(one, self.clock()))

    def add(self, *new: NewDelivery) -> None:
        self.database.write_now(lambda one: outbox.enqueue(one, new, self.clock()))

    def claim(
        self,
        room: int = 50,
        holder: str = "1",
        interval: int = 0,
        speed: dict[str, int] | None = None,
        window: int = 0,
    ) -> list[Claimed]:
        return self.database.write_now(
            lambda one: claims.claim(
                one,
                ACCOUNT,
                holder,
                self.clock(),
                claims.Room(room, room),
                _terms(speed or FAST, interval, window),
            )
        )

    def end(
        self, claimed: Sequence[Claimed], state: str = "accepted", holder: str = "1", **more: object
    ) -> int:
        ended = [Ended(one, state, **more) for one in claimed]  # type: ignore[arg-type]
        return self.database.write_now(lambda one: outbox.end(one, ended, holder, self.clock()))

    def send_all(self) -> list[str]:
        """Claims and accepts until nothing is due; the contents in order."""
        sent = []
        while claimed := self.claim():
            sent += [one.content for one in claimed]
            self.end(claimed)
            self.clock.advance(1)
        return sent

    def totals(self) -> dict[str, int]:
        return self.database.read_now(outbox.totals)


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def test_order_is_kept_in_a_chat_and_no_chat_starves(ledger: Ledger) -> None:
    ledger.add(*[_new("busy", f"b{n}") for n in range(5)], _new("quiet", "q"))
    assert [one.content for one in ledger.claim()] == ["b0", "q"]
    assert ledger.claim() == []


def test_whole_chat_in_order(ledger: Ledger) -> None:
    ledger.add(*[_new("a", f"{n}") for n in range(7)])
    assert ledger.send_all() == [str(n) for n in range(7)]
    assert ledger.totals() == {"accepted": 7}


def test_replies_go_first(ledger: Ledger) -> None:
    ledger.add(
        _new("a", "bulk", lanes.BULK), _new("b", "personal", lanes.PERSONAL), _new("a", "reply")
    )
    assert [one.content for one in ledger.claim(room=1)] == ["reply"]
    assert [one.content for one in ledger.claim(room=1)] == ["personal"]


def test_bulk_does_not_take_the_pace_of_replies(ledger: Ledger) -> None:
    ledger.add(*[_new(f"c{n}", "bulk", lanes.BULK) for n in range(20)])
    slow = {pace.REPLIES: 1000, pace.OTHERS: SECOND // 10}
    assert len(ledger.claim(speed=slow)) == 1
    ledger.add(_new("me", "reply"))
    assert [one.content for one in ledger.claim(speed=slow)] == ["reply"]


@pytest.mark.parametrize("rate", [1, 28, 30, 1000])
def test_pace_is_exact_over_any_second(ledger: Ledger, rate: int) -> None:
    ledger.add(*[_new(f"c{n}", "bulk", lanes.BULK) for n in range(min(3 * rate, 900) + 9)])
    speed = {pace.REPLIES: 1000, pace.OTHERS: SECOND // rate}
    sent: list[int] = []
    for _ in range(300):
        claimed = ledger.claim(room=1000, speed=speed)
        sent += [ledger.clock()] * len(claimed)
        ledger.end(claimed)
        ledger.clock.advance(0.01)
    spread = [sum(start <= at < start + SECOND for at in sent) for start in sent]
    assert max(spread) <= rate + rate // 10 + 1
    assert len(sent) >= min(3 * rate, 900) * 0.95


def test_a_chat_waits_its_interval(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"), _new("a", "2"))
    ledger.end(ledger.claim(interval=2 * SECOND))
    ledger.clock.advance(1.9)
    assert ledger.claim() == []
    due = ledger.database.read_now(lambda one: lanes.earliest(one, ACCOUNT))
    assert due == ledger.clock() + SECOND // 10
    ledger.clock.advance(0.1)
    assert [one.content for one in ledger.claim()] == ["2"]


def test_scheduled_rows_wait_without_blocking(ledger: Ledger) -> None:
    later = ledger.clock() + 3600 * SECOND
    ledger.add(_new("a", "later", not_before_at=later), _new("a", "now"))
    assert ledger.send_all() == ["now"]
    ledger.clock.now = later
    assert ledger.send_all() == ["later"]


def test_a_retry_holds_the_chat_so_order_is_kept(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"), _new("a", "2"))
    claimed = ledger.claim()
    ledger.end(
        claimed, "queued", retry_at=ledger.clock() + 5 * SECOND, reason="server-error", counts=True
    )
    assert ledger.claim() == []
    ledger.clock.advance(5)
    again = ledger.claim()
    assert [(one.content, one.attempt, one.failures) for one in again] == [("1", 2, 1)]


def test_too_late_is_expired_not_sent(ledger: Ledger) -> None:
    ledger.add(_new("a", "old"), _new("a", "fresh", lasts=3 * DAY))
    ledger.clock.advance(2 * 86400)
    assert ledger.send_all() == []
    assert ledger.send_all() == ["fresh"]
    assert ledger.totals() == {"expired": 1, "accepted": 1}


def test_a_dead_senders_row_is_sent_again_and_the_doubt_counted(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"), _new("a", "2"))
    ledger.claim(holder="404")
    with _living(ledger.database, 404):
        assert ledger.reap() == 0
        ledger.clock.advance(46)
        assert ledger.reap() == 1
    again = ledger.claim(holder="2")
    assert [(one.content, one.attempt, one.doubts) for one in again] == [("1", 2, 1)]


def test_a_sender_that_is_dead_for_certain_is_not_waited_for(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"))
    ledger.claim(holder="404")
    with _living(ledger.database, 404):
        assert ledger.reap() == 0
    assert ledger.reap() == int(not ledger.database.is_sqlite)


def test_a_dead_senders_row_is_held_where_its_class_says_so(ledger: Ledger) -> None:
    ledger.add(
        _new("group", "news", lanes.BULK, on_doubt="hold"), _new("group", "next", lanes.BULK)
    )
    ledger.claim(holder="404")
    ledger.database.write_now(lambda one: outbox.reap(one, ledger.clock(), all_of_them=True))
    assert ledger.totals() == {"uncertain": 1, "queued": 1}
    assert ledger.database.read_now(outbox.counts) == {
        "queued": 1,
        "held": 0,
        "sending": 0,
        "uncertain": 1,
    }
    assert ledger.send_all() == ["next"]


def test_doubt_ends_after_three_resends(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"))
    for _ in range(4):
        assert len(ledger.claim()) == 1
        ledger.database.write_now(lambda one: outbox.reap(one, ledger.clock(), all_of_them=True))
    assert ledger.claim() == []
    assert ledger.totals() == {"uncertain": 1}


def test_a_late_answer_of_a_lost_lease_changes_nothing(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"))
    first = ledger.claim(holder="7")
    ledger.clock.advance(46)
    ledger.reap()
    second = ledger.claim(holder="8")
    assert ledger.end(first, "failed", holder="7") == 0
    assert ledger.totals() == {"sending": 1}
    assert ledger.end(second, holder="8") == 1
    assert ledger.end(second, "failed", holder="8") == 0
    assert ledger.totals() == {"accepted": 1}


def test_receipts_only_move_forward(ledger: Ledger) -> None:
    ledger.add(_new("a", "1"))
    claimed = ledger.claim()
    ids = [claimed[0].id]
    ledger.database.write_now(lambda one: outbox.receive(one, ids, "seen"))
    assert ledger.totals() == {"sending": 1}
    ledger.end(claimed)
    for state in ("seen", "delivered", "seen"):
        ledger.database.write_now(partial(outbox.receive, ids=ids, state=state))
    assert ledger.totals() == {"seen": 1}
    ledger.database.write_now(lambda one: outbox.receive(one, [], "seen"))


def test_a_full_chat_skips_and_says_so(ledger: Ledger) -> None:
    ledger.add(*[_new("a", f"{n}") for n in range(25)], _new("b", "other"))
    assert ledger.totals() == {"queued": 21, "skipped": 5}


def test_a_known_dedup_key_changes_nothing(ledger: Ledger) -> None:
    ledger.add(_new("a", "1", dedup="k"))
    ledger.add(_new("a", "1", dedup="k"), _new("a", "2", dedup="l"))
    ledger.add()
    assert ledger.send_all() == ["1", "2"]


def test_a_blocked_account_sends_nothing_until_then(ledger: Ledger) -> None:
    ledger.add(_new("a", "reply"), _new("b", "bulk", lanes.BULK))
    database, clock = ledger.database, ledger.clock
    ledger.claim(room=0)
    until = clock() + 10 * SECOND
    database.write_now(lambda one: pace.block(one, ACCOUNT, until, "r", everything=False))
    assert [one.content for one in ledger.claim()] == ["reply"]
    database.write_now(lambda one: pace.block(one, ACCOUNT, until, "r", everything=True))
    assert database.read_now(lambda one: pace.failures(one, ACCOUNT)) == 2
    assert database.read_now(lambda one: pace.blocked(one, clock())) == {"fake:one": (until, "r")}
    assert ledger.claim() == []
    clock.advance(10)
    assert [one.content for one in ledger.claim()] == ["bulk"]
    assert database.read_now(lambda one: pace.blocked(one, clock())), "nothing got through yet"
    database.write_now(lambda one: pace.unblock(one, ACCOUNT))
    assert database.read_now(lambda one: pace.failures(one, ACCOUNT)) == 0
    assert not database.read_now(lambda one: pace.blocked(one, clock()))


def test_states_always_add_up(ledger: Ledger) -> None:
    ledger.add(*[_new(f"c{n % 10}", f"{n}") for n in range(60)])
    for turn in range(30):
        claimed = ledger.claim(room=7)
        half = len(claimed) // 2
        ledger.end(claimed[:half])
        if turn % 3 == 0:
            ledger.database.write_now(
                lambda one: outbox.reap(one, ledger.clock(), all_of_them=True)
            )
        else:
            ledger.end(claimed[half:], "failed", reason="bad-request")
        assert sum(ledger.totals().values()) == 60
        ledger.clock.advance(1)
    assert set(ledger.totals()) <= {"accepted", "failed"}


def test_idle_means_heard_and_sent(ledger: Ledger) -> None:
    def idle() -> bool:
        return ledger.database.read_now(lambda one: lanes.is_idle(one, _chat("a")))

    assert idle()
    ledger.add(_new("a"))
    assert not idle()
    claimed = ledger.claim()
    assert not idle()
    ledger.end(claimed)
    assert idle()
