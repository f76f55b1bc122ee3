"""What was done in which version of which guide. Append-only; table progress."""

from collections.abc import Sequence

from sqlalchemy import Connection

from storage.rows import Row, insert
from storage.tables import Progress


def record(connection: Connection, rows: Sequence[Row]) -> None:
    insert(connection, Progress, rows)
