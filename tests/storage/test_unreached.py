"""Who has been away too long: another chat of the same person, else a list for visits."""

from functools import partial

import pytest
from counting import statements
from fakes import Clock
from sqlalchemy import Connection
from village import FAR, NEAR, NOW, find, plant

from storage import contacts, held, lanes, links, outbox, people, recipients, unreached
from storage.contacts import Contact
from storage.database import DAY, Database
from storage.outbox import NewDelivery
from storage.rows import insert
from storage.tables import Recipient

ZALO, TELEGRAM = ("zalo_oa", "17"), ("telegram", "5")
WINDOWS = {ZALO: 7 * DAY, TELEGRAM: 0}


def zalo(chat: str) -> str:
    return f"zalo_oa:17:{chat}"


def telegram(chat: str) -> str:
    return f"telegram:5:{chat}"


class Village:
    """Bà Năm has Zalo and Telegram, Ông Bảy only Zalo, Cô Đào two accounts on Zalo."""

    def __init__(self, connection: Connection) -> None:
        plant(connection)
        self.nam, self.bay, self.dao = (
            find(connection, name) for name in ("Bà Năm", "Ông Bảy", "Cô Đào")
        )
        for person, *chats in (
            (self.nam, zalo("nam"), telegram("nam")),
            (self.bay, zalo("bay")),
            (self.dao, zalo("dao"), zalo("dao2")),
        ):
            people.see(connection, {one: one.split(":")[0] for one in chats}, NOW)
            for one in chats:
                links.link(connection, one, person, NOW)


@pytest.fixture
def village(database: Database, clock: Clock) -> Village:
    clock.now = NOW
    return database.write_now(Village)


def _hold(
    database: Database, chat: str, person: int = 0, *, owner: str = "x:1", reason: str = "window"
) -> None:
    def work(connection: Connection) -> None:
        new = NewDelivery(owner, chat, "{}", lanes.PERSONAL, person=person)
        outbox.enqueue(connection, [new], NOW)
        held.hold(connection, [chat], reason)

    database.write_now(work)


def _reroute(database: Database, clock: Clock) -> int:
    return database.write_now(lambda one: unreached.reroute(one, WINDOWS, clock()))


def _totals(database: Database) -> dict[str, int]:
    return database.read_now(outbox.totals)


def _listed(database: Database, *scopes: str) -> list[unreached.Unreached]:
    return database.read_now(partial(unreached.listed, scopes=scopes or ("",), limit=10))


@pytest.mark.parametrize("reason", unreached.AWAY)
def test_another_chat_of_the_same_person_is_taken(
    database: Database, clock: Clock, village: Village, reason: str
) -> None:
    _hold(database, zalo("nam"), village.nam, reason=reason)
    assert _reroute(database, clock) == 1
    assert _totals(database) == {"queued": 1}
    due = database.read_now(lambda one: lanes.earliest(one, TELEGRAM))
    assert due == clock()
    assert _listed(database) == []
    assert _reroute(database, clock) == 0


def test_whoever_holds_the_phone_counts_when_nobody_is_named(
    database: Database, clock: Clock, village: Village
) -> None:
    _hold(database, zalo("nam"))
    assert _reroute(database, clock) == 1


def test_without_another_chat_they_are_for_a_visit(
    database: Database, clock: Clock, village: Village
) -> None:
    _hold(database, zalo("bay"), village.bay)
    _hold(database, zalo("stranger"))
    assert _reroute(database, clock) == 0
    assert [(one.person, one.household, one.area) for one in _listed(database)] == [
        (village.bay, "H002", NEAR),
        (0, "", ""),
    ]
    (bay,) = _listed(database, NEAR)
    assert (bay.owner, bay.reason, bay.address) == ("x:1", held.WINDOW, zalo("bay"))
    assert _listed(database, FAR) == []
    rest = partial(unreached.listed, scopes=("",), limit=10, after=bay.id)
    assert len(database.read_now(rest)) == 1


def test_the_other_chat_has_to_be_good(database: Database, clock: Clock, village: Village) -> None:
    _hold(database, zalo("dao"), village.dao)
    assert _reroute(database, clock) == 0, "never near there either"
    long_ago = {zalo("dao2"): Contact(NOW - 8 * DAY, 0)}
    database.write_now(lambda one: contacts.save(one, long_ago))
    assert _reroute(database, clock) == 0
    database.write_now(lambda one: contacts.save(one, {zalo("dao2"): Contact(NOW - DAY, 0)}))
    assert _reroute(database, clock) == 1
    _hold(database, zalo("nam"), village.nam)
    database.write_now(lambda one: people.set_reachable(one, telegram("nam"), NOW, reachable=False))
    assert _reroute(database, clock) == 0, "blocked"
    database.write_now(lambda one: people.set_reachable(one, telegram("nam"), NOW, reachable=True))
    assert database.write_now(lambda one: unreached.reroute(one, {ZALO: 7 * DAY}, NOW)) == 0
    assert database.write_now(lambda one: unreached.reroute(one, {}, NOW)) == 0
    assert _reroute(database, clock) == 1


def test_somebody_elses_phone_is_no_other_chat(
    database: Database, clock: Clock, village: Village
) -> None:
    database.write_now(lambda one: links.link(one, telegram("nam"), village.bay, NOW))
    _hold(database, zalo("bay"), village.bay)
    assert _reroute(database, clock) == 0


def test_answers_and_other_reasons_stay(database: Database, clock: Clock, village: Village) -> None:
    _hold(database, zalo("nam"), village.nam, owner="turn:9")
    _hold(database, zalo("dao"), village.dao, reason="zalo-321")
    assert _reroute(database, clock) == 0
    assert [one.person for one in _listed(database)] == [village.nam]


def test_many_rows_cost_a_fixed_number_of_queries(
    database: Database, clock: Clock, village: Village
) -> None:
    for _ in range(10):
        _hold(database, zalo("nam"), village.nam)
    with statements(database.engine) as sent:
        assert _reroute(database, clock) == 10
    assert sent.number <= 12


def test_an_announcement_follows_its_copy(
    database: Database, clock: Clock, village: Village
) -> None:
    _hold(database, zalo("nam"), village.nam, owner="announcement:1")
    copy = {
        "announcement": 1,
        "target": f"person:{village.nam}",
        "way": "zalo_oa",
        "address": zalo("nam"),
        "person": village.nam,
        "area": NEAR,
        "delivery": 1,
        "reason": "",
        "round": 0,
        "posted_at": 0,
        "reminded_at": 0,
        "seen_at": 0,
    }
    database.write_now(lambda one: insert(one, Recipient, [copy]))
    assert _reroute(database, clock) == 1
    (line,) = database.read_now(lambda one: recipients.lines(one, 1))
    assert (line.way, line.state, line.reason) == ("telegram", "queued", "rerouted")
    database.write_now(lambda one: recipients.seen(one, 1, telegram("nam"), clock()))
    (line,) = database.read_now(lambda one: recipients.lines(one, 1))
    assert line.seen_at == clock()
