"""How far an announcement is: by channel, how fast, until when, which members have not posted."""

import pytest
from fakes import Clock, FakeChannel
from house_of import House
from office import CONTENT, ZONE, Office
from sqlalchemy import Connection, text

from bot.core.announcement import Way
from bot.core.reminding import Calendar
from bot.library import Library
from bot.services.progress import Progress, progress
from storage import recipients, relays
from storage.database import HOUR, MINUTE, SECOND, Database


@pytest.fixture
def office(database: Database, library: Library, clock: Clock) -> Office:
    return Office(House(database, FakeChannel(), library), clock)


def _look(office: Office, number: int, **intervals: int) -> Progress:
    found = office.database.read_now(
        lambda one: progress(one, Calendar(ZONE), intervals, number, office.clock())
    )
    assert found.total == office.kept(number).recipients, "adds up at every look"
    assert sum(one.total for one in found.ways) == found.total
    return found


async def test_it_is_foretold_from_the_paces_and_then_from_what_left(office: Office) -> None:
    number = office.approved()
    before = _look(office, number)
    assert (before.state, before.rate, before.ends_at) == ("approved", 0, 0)
    assert before.settled == 0
    await office.steps()
    begun = _look(office, number, fake=HOUR)
    assert begun.state == "sending"
    assert begun.ends_at == office.clock() + 3 * HOUR, "three persons, one an hour"
    office.do(lambda one: _leaves(one, number, office.clock()))
    office.clock.now += SECOND
    later = _look(office, number)
    left = sum(one.heaps["cho"] for one in later.ways)
    assert (later.rate, later.settled) == (1, 2), "the channel of one group is off"
    assert later.ends_at == office.clock() + left * MINUTE
    office.clock.now += 2 * MINUTE
    assert _look(office, number).rate == 0
    await office.work()
    ended = _look(office, number)
    fake = next(one for one in ended.ways if one.way == "fake")
    assert (fake.group, fake.heaps["toi"], fake.total) == (False, 3, 3)
    assert [one.way for one in ended.ways if one.heaps["cho"]] == [Way.RELAY], "a member's"
    assert ended.ends_at == 0, "nothing is left for the machine"


def _leaves(connection: Connection, number: int, now: int) -> None:
    """One row of a person's did."""
    done = (
        "UPDATE outbox SET state = 'accepted', ended_at = :now WHERE id = (SELECT min(id)"
        " FROM outbox WHERE owner = :owner AND address LIKE 'fake:one:p%')"
    )
    connection.execute(text(done), {"owner": recipients.owner(number), "now": now})


async def test_a_relay_group_has_it_once_its_member_says_so(office: Office) -> None:
    number = office.approved(CONTENT)
    await office.work()
    assert _look(office, number).asked == 1
    copy = office.database.read_now(lambda one: relays.asked(one, number))[0]

    def post(connection: Connection) -> None:
        relays.posted(connection, copy.id, copy.address, office.clock())

    office.do(post)
    after = _look(office, number)
    assert after.asked == 0
    assert next(one for one in after.ways if one.way == Way.RELAY).heaps["toi"] == 1
