"""Twenty-four hours of a district in bounded time. GOCUA_DAY says how many residents write."""

import os
from collections import Counter, defaultdict
from itertools import pairwise

from day import ACCOUNT, ACCOUNT_GAP, CHAT_GAP, GROUPS, MINUTES, Day
from fakes import Clock
from sqlalchemy import select

from bot.library import Library
from storage import announcements, inbox, lanes, recipients
from storage.database import Database
from storage.rows import table
from storage.tables import Delivery, InboxUpdate

RESIDENTS = int(os.environ.get("GOCUA_DAY", "30"))
STEP = 1 if RESIDENTS > 500 else 10  # minutes
_inbox, _outbox = table(InboxUpdate).c, table(Delivery).c


async def test_a_whole_day(database: Database, clock: Clock, library: Library) -> None:
    day = Day(database, clock, library, RESIDENTS)
    for minute in range(0, MINUTES + 120, STEP):
        for one in range(minute - STEP + 1, minute):
            day.events[minute].extend(day.events.pop(one, []))
        if minute in (6 * 60, 9 * 60 + 30, 14 * 60, 20 * 60):
            day.doomed = True
        if minute == 9 * 60:
            day.announce()
        if minute == 16 * 60:
            day.announce(day.notices[0])
        if minute == 13 * 60:
            day.set_clock(-20)
        if minute == 15 * 60:
            day.set_clock(20)
        await day.minute(minute)
    assert not day.events
    assert day.died
    assert day.channel.doubted
    _nothing_lost(database, day)
    _nothing_twice_unmarked(database, day)
    _in_order(day)
    _within_limits(day)
    _announced(database, day)


def _nothing_lost(database: Database, day: Day) -> None:
    """Every update has its row and its end; everything to say has left or says why not."""
    query = select(_inbox.event_id, _inbox.state).where(_inbox.account != inbox.OWN)
    rows = database.read_now(lambda one: one.execute(query).all())
    assert sorted(event for event, _ in rows) == sorted(day.heard)
    assert {state for _, state in rows} == {"done"}
    assert database.read_now(inbox.counts) == {"waiting": 0, "parked": 0}
    due = database.read_now(lambda one: lanes.earliest(one, ACCOUNT))
    assert due is None or due > day.clock()
    states = database.read_now(lambda one: one.execute(select(_outbox.state, _outbox.reason)).all())
    assert not [one for one in states if one.state == "sending"]
    assert not [one for one in states if one.state in ("failed", "skipped") and not one.reason]
    assert Counter(one.state for one in states)["accepted"] > RESIDENTS


def _nothing_twice_unmarked(database: Database, day: Day) -> None:
    query = select(_outbox.id, _outbox.state, _outbox.doubts)
    rows = database.read_now(lambda one: one.execute(query).all())
    times = Counter(one.id for _, one in day.channel.given)
    assert set(times) <= {one.id for one in rows}
    assert not [one for one in rows if times[one.id] > 1 + one.doubts]
    assert not [one for one in rows if one.state == "accepted" and not times[one.id]]


def _in_order(day: Day) -> None:
    turns: dict[str, list[int]] = defaultdict(list)
    for _, one in day.channel.given:
        if one.message.choices and one.message.turn:
            turns[str(one.address)].append(one.message.turn)
    assert len(turns) >= RESIDENTS // 2
    assert [one for one in turns.values() if any(a > b for a, b in pairwise(one))] == []


def _within_limits(day: Day) -> None:
    """Of the account and of each chat, to the microsecond. Setting the clock back begins anew."""
    chats: dict[str, list[int]] = defaultdict(list)
    for moment, one in day.channel.given:
        chats[str(one.address)].append(moment)
    assert _least([moment for moment, _ in day.channel.given]) >= ACCOUNT_GAP
    assert min(map(_least, chats.values())) >= CHAT_GAP


def _least(moments: list[int]) -> int:
    return min((b - a for a, b in pairwise(moments) if b >= a), default=CHAT_GAP)


def _announced(database: Database, day: Day) -> None:
    """The states add up to the frozen audience, and each group got each notice."""
    assert len(day.notices) == 2
    for notice in day.notices:
        kept = database.read_now(lambda one, n=notice: announcements.get(one, n))
        counts = database.read_now(lambda one, n=notice: recipients.counts(one, n))
        assert kept
        assert sum(counts.values()) == kept.recipients >= GROUPS
        assert set(counts) <= {"accepted", "uncertain", "skipped", "failed"}
    texts = Counter(
        (str(one.address), one.message.text)
        for _, one in day.channel.given
        if one.address.id.startswith("-g")
    )
    assert {address for address, _ in texts} == {f"fake:one:-g{n}" for n in range(GROUPS)}
