"""What the database says for /metrics, at the moment it is asked. Reads only; nobody's name."""

from sqlalchemy import Connection

from bot import metrics
from storage import calls, inbox, outbox, pace, schema, upkeep
from storage.database import SECOND


def read(connection: Connection, now: int) -> None:
    if not schema.is_current(connection):
        return
    inbound, outbound = inbox.counts(connection), outbox.counts(connection)
    for kind, number in (("parked", inbound["parked"]), ("uncertain", outbound["uncertain"])):
        metrics.stuck.labels(kind).set(number)
    metrics.waiting.labels("held").set(outbound["held"])
    for queue, since in (
        ("inbox", inbox.oldest(connection)),
        ("outbox", outbox.oldest(connection, now)),
    ):
        metrics.oldest.labels(queue).set(max(0, now - since) / SECOND if since else 0)
    metrics.open_help.set(calls.open_count(connection))
    metrics.paused.clear()
    for account in pace.blocked(connection, now):
        metrics.paused.labels(account).set(1)
    done = upkeep.last(connection, upkeep.BACKUP)
    metrics.backup.set((now - done.at) / SECOND if done else -1)
