"""Several machines on one PostgreSQL, and one of them broken in the middle of the work.

`make test-cluster` breaks everything in turn; without it one worker is killed. Both replace every
machine by a newer version.
"""

import os
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import httpx
import orjson
import pytest
from machines import Cluster, Machine
from phone import SECRET, Telegram, eventually
from pulse import Beside, Pulse, busiest
from service import PATIENCE, ROOT
from sqlalchemy import Connection, func, select, text

from bot.channels.base import packed
from bot.core.effects import Message
from storage import claims, lanes, outbox, schema
from storage.database import SECOND
from storage.rows import table
from storage.tables import Delivery, InboxUpdate

FULL = os.environ.get("GOCUA_CLUSTER") == "full"
PEOPLE, WORKERS, WEBS, BULK = (40, 3, 2, 400) if FULL else (12, 2, 1, 90)
_BULK = "tin"
_NEXT = "9999"
# Without the lock of the dead, its messages would wait until their lease is over.
TAKEOVER_SECONDS = 10.0 if FULL else claims.LEASE / SECOND
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
_inbox, _outbox = table(InboxUpdate).c, table(Delivery).c
Break = Callable[[Cluster], "Machine | None"]


def _kill_worker(cluster: Cluster) -> Machine:
    victim = _busy(cluster)
    victim.kill()
    return victim


def _cut_worker(cluster: Cluster) -> Machine:
    victim = _busy(cluster)
    victim.cut()
    return victim


def _kill_web(cluster: Cluster) -> Machine:
    victim = cluster.those("web")[0]
    victim.kill()
    return victim


def _restart_postgres(cluster: Cluster) -> None:
    cluster.postgres.stop()
    cluster.postgres.start()


FAULTS: dict[str, Break] = {
    "a worker is killed": _kill_worker,
    "a worker is cut off": _cut_worker,
    "a web server is killed": _kill_web,
    "PostgreSQL crashes": _restart_postgres,
}


def _busy(cluster: Cluster) -> Machine:
    """The worker that has a message on its way now, by its connection's address."""
    holder = text(
        "SELECT host(a.client_addr) FROM outbox o JOIN pg_locks l ON l.locktype = 'advisory'"
        " AND ((l.classid::bigint << 32) | l.objid::bigint) = o.holder::bigint"
        " JOIN pg_stat_activity a ON a.pid = l.pid WHERE o.state = 'sending' LIMIT 1"
    )
    found: list[str] = []

    def look() -> bool:
        found[:] = cluster.database.read_now(lambda one: one.execute(holder).scalars().all())
        return bool(found)

    eventually(look)
    workers = cluster.those("worker")
    return next((one for one in workers if one.address == found[0]), workers[0])


class Talkers(Beside):
    """People who write one thing after another; what is not acknowledged is brought again, as
    Telegram does, to whichever web server answers."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._webs = cluster.machines
        self.said: defaultdict[int, int] = defaultdict(int)
        self.leaving = threading.Event()
        self._client = httpx.Client(timeout=PATIENCE, headers=HEADERS)

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            person = 5000 + number % PEOPLE
            words = ("chào", "đồng ý", "menu")[min(2, self.said[person])]
            self._bring(_update(number, person, words))
            self.said[person] += 1
            time.sleep(4 / PEOPLE)
        self._client.close()

    def __exit__(self, *_: object) -> None:
        """What was begun is brought when stopped before; now the test is over."""
        self.leaving.set()
        self.stop()

    def _bring(self, body: bytes) -> None:
        while not self.leaving.is_set():
            for web in [one for one in self._webs if one.role == "web"]:
                try:
                    answer = self._client.post(f"{web.base}/hooks/telegram", content=body)
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    return
            time.sleep(0.05)


def _update(number: int, person: int, words: str) -> bytes:
    sender = {"id": person, "is_bot": False, "first_name": "A"}
    chat = {"id": person, "type": "private"}
    message = {"message_id": number, "date": 1, "from": sender, "chat": chat, "text": words}
    return orjson.dumps({"update_id": number, "message": message})


def _bulk(connection: Connection, now: int) -> None:
    rows = [
        outbox.NewDelivery("test", f"telegram:123456:{9000 + n}", _content(n), lanes.BULK)
        for n in range(BULK)
    ]
    outbox.enqueue(connection, rows, now)


def _content(number: int) -> str:
    return packed(Message(f"{_BULK} {number}"))


def _settled(cluster: Cluster) -> bool:
    time.sleep(0.2)
    states = cluster.database.read_now(
        lambda one: {*one.execute(select(_inbox.state).distinct()).scalars()}
    )
    totals = cluster.database.read_now(outbox.totals)
    return states <= {"done"} and not {"queued", "sending"} & totals.keys()


def _started(cluster: Cluster) -> Talkers:
    for number in (*range(5000, 5000 + PEOPLE), *range(9000, 9000 + BULK)):
        cluster.telegram.people.chat(number).met = True
    for role in ["web"] * WEBS + ["worker"] * WORKERS:
        cluster.machine(role)
    for machine in cluster.machines:
        machine.wait_ready()
    now = cluster.database.read_now(cluster.database.now)
    cluster.database.write_now(lambda one: _bulk(one, now))
    return Talkers(cluster)


def _calls(telegram: Telegram) -> list[float]:
    """When bulk was sent: replies after a fault may come faster, since platforms count bulk."""
    with telegram.cloud.lock:
        calls = list(telegram.cloud.calls)
    return [
        one.at
        for one in calls
        if one.method.lower() == "sendmessage" and str(one.params["text"]).startswith(_BULK)
    ]


@pytest.mark.parametrize("fault", FAULTS if FULL else [*FAULTS][:1])
def test_a_fault_loses_nothing_and_is_over_soon(cluster: Cluster, fault: str) -> None:
    with _started(cluster) as talkers, Pulse() as pulse:
        eventually(lambda: len(_calls(cluster.telegram)) > 30)
        broken = FAULTS[fault](cluster)
        at = time.time()
        eventually(lambda: _dead_rows(cluster, at) == 0)
        took = time.time() - at
        time.sleep(2)
        if broken and broken.process:
            broken.mend()
        talkers.stop()
        eventually(lambda: _settled(cluster), 300)
    print(f"{fault}: taken over after {took:.1f} s")  # noqa: T201  # shown with -s
    assert took <= TAKEOVER_SECONDS
    _nothing_is_lost(cluster, talkers)
    _limits_were_kept(cluster.telegram, pulse)


def test_a_new_version_takes_over_while_people_write(cluster: Cluster, tmp_path: Path) -> None:
    """Machine by machine; the first of the new ones migrates the database under the old ones."""
    with _started(cluster) as talkers, Pulse() as pulse:
        eventually(lambda: len(_calls(cluster.telegram)) > 5)
        newer = _next_version(tmp_path)
        for old in list(cluster.machines):
            cluster.machine(old.role, newer).wait_ready()
            old.leave()
        talkers.stop()
        eventually(lambda: _settled(cluster), 300)
    assert _revision(cluster) == _NEXT != schema.head()
    _nothing_is_lost(cluster, talkers)
    _limits_were_kept(cluster.telegram, pulse)


def _next_version(folder: Path) -> Path:
    """This program with one more migration: a column where every message is written."""
    newer = folder / "newer"
    for part in ("bot", "storage", "webhooks", "guides"):
        shutil.copytree(ROOT / part, newer / part, ignore=shutil.ignore_patterns("__pycache__"))
    head = f"revision = {_NEXT!r}\ndown_revision = {schema.head()!r}\n"
    column = 'sa.Column("later", sa.Integer(), nullable=False, server_default="7")'
    body = f'def upgrade() -> None:\n    op.add_column("outbox", {column})\n'
    imports = "import sqlalchemy as sa\nfrom alembic import op\n\n"
    versions = newer / "storage" / "migrations" / "versions"
    (versions / f"{_NEXT}_later.py").write_text(imports + head + body)
    return newer


def _revision(cluster: Cluster) -> str:
    asked = text("SELECT version_num FROM alembic_version")
    return str(cluster.database.read_now(lambda one: one.execute(asked).scalar_one()))


def _dead_rows(cluster: Cluster, since: float) -> int:
    """Rows that are on their way since before the fault, or one when nobody sends at all."""
    try:
        begun = int(since * 1_000_000) + claims.LEASE
        old = select(func.count()).where(_outbox.state == "sending", _outbox.lease_until < begun)
        stuck = int(cluster.database.read_now(lambda one: one.execute(old).scalar_one()))
    except Exception:  # noqa: BLE001  # the database is being started
        return 1
    return stuck if any(at > since for at in _calls(cluster.telegram)) else 1


def _nothing_is_lost(cluster: Cluster, talkers: Talkers) -> None:
    heard = select(_inbox.address, func.count()).group_by(_inbox.address)
    found = cluster.database.read_now(lambda one: {row[0]: row[1] for row in one.execute(heard)})
    assert found == {f"telegram:123456:{one}": many for one, many in talkers.said.items()}
    assert cluster.database.read_now(outbox.totals).keys() == {"accepted"}
    doubts = cluster.database.read_now(
        lambda one: one.execute(select(func.coalesce(func.sum(_outbox.doubts), 0))).scalar_one()
    )
    arrived = 0
    for person in (*talkers.said, *range(9000, 9000 + BULK)):
        wanted, got = _wanted(cluster, person), _got(cluster.telegram, person)
        arrived += len(got) - len(wanted)
        assert set(got) == set(wanted)
        places = [wanted.index(one) for one in got]
        assert all(earlier <= later for earlier, later in pairwise(places))
    assert arrived <= doubts


def _wanted(cluster: Cluster, person: int) -> list[str]:
    """In order; what was said again in the same words counts by its turn."""
    rows = select(_outbox.content).where(_outbox.address == f"telegram:123456:{person}")
    found = cluster.database.read_now(
        lambda one: one.execute(rows.order_by(_outbox.id)).scalars().all()
    )
    plain = [orjson.loads(one) for one in found]
    return [f"{one['turn']} {one['text']}" for one in plain if one["text"]]


def _got(telegram: Telegram, person: int) -> list[str]:
    return [
        f"{one.buttons[0][0]['callback_data'].split('|')[1] if one.buttons else 0} {one.text}"
        for one in telegram.from_bot(person)
    ]


def _limits_were_kept(telegram: Telegram, pulse: Pulse) -> None:
    """The stand-in counts by its own clock and refuses what is over; nothing was."""
    times = [at for at in _calls(telegram) if pulse.worked(at)]
    fullest = busiest(times)
    print(f"{len(times)} calls, {fullest} in the fullest second")  # noqa: T201
    assert fullest <= 31  # a call is noted a moment before it is counted
