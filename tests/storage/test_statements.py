"""However many messages: claiming, ending, putting off and enqueuing take the same number of
statements."""

from counting import statements
from sqlalchemy import Connection

from storage import claims, lanes, outbox, pace
from storage.claims import Room, Terms
from storage.database import SECOND, Database

ACCOUNT = ("fake", "one")
TERMS = Terms(pace.Rate("replies", 1), pace.Rate("others", 1), lambda _: 1)
HOLDER = "7"


def _enqueue(connection: Connection, first: int, many: int, now: int) -> None:
    rows = [
        outbox.NewDelivery("test", f"fake:one:{number}", "{}", lanes.BULK)
        for number in range(first, first + many)
    ]
    outbox.enqueue(connection, rows, now)


def _claim(connection: Connection, many: int, now: int) -> list[outbox.Claimed]:
    return claims.claim(connection, ACCOUNT, HOLDER, now, Room(many, many), TERMS)


def _cost(database: Database, first: int, many: int) -> list[int]:
    now = database.read_now(database.now)
    counts = []
    with statements(database.engine) as counted:
        database.write_now(lambda one: _enqueue(one, first, many, now))
        counts.append(counted.number)
        claimed = database.write_now(lambda one: _claim(one, many, now))
        counts.append(counted.number)
        ended = [outbox.Ended(one, "accepted", reference=str(one.id)) for one in claimed]
        database.write_now(lambda one: outbox.end(one, ended, HOLDER, now))
        counts.append(counted.number)
    assert len(claimed) == many
    return counts


def test_a_thousand_messages_cost_what_one_costs(database: Database) -> None:
    _cost(database, 0, 1)
    assert _cost(database, 1000, 1) == _cost(database, 2000, 1000)
    assert database.read_now(outbox.totals) == {"accepted": 1002}


def test_putting_a_thousand_off_costs_what_one_costs(database: Database) -> None:
    """A storm of refusals, each with its own time to wait."""
    now, costs = database.read_now(database.now), []
    for first, many in ((0, 1), (1000, 1000)):
        database.write_now(lambda one, a=first, many=many: _enqueue(one, a, many, now))
        claimed = database.write_now(lambda one, many=many: _claim(one, many, now))
        ended = [
            outbox.Ended(one, "queued", "429", retry_at=now + one.id * SECOND) for one in claimed
        ]
        with statements(database.engine) as counted:
            database.write_now(lambda one, ended=ended: outbox.end(one, ended, HOLDER, now))
        costs.append(counted.number)
    assert costs[0] == costs[1]
    assert database.read_now(lambda one: lanes.earliest(one, ACCOUNT)) == now + SECOND
    assert len(database.write_now(lambda one: _claim(one, 1001, now + 10 * SECOND))) == 10
