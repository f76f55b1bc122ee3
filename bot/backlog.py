"""How much work waits: one count for the hooks, the metrics and the doctor."""

from sqlalchemy import Connection

from storage import inbox, outbox


def waiting(connection: Connection) -> dict[str, int]:
    """Updates not yet answered and messages not yet taken by a platform, those in mid-send too."""
    outbound = outbox.counts(connection)
    return {
        "inbox": inbox.counts(connection)["waiting"],
        "outbox": outbound["queued"] + outbound["sending"],
    }
