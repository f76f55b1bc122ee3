"""Pictures of announcements, named by their digest, so that every machine has them. Table
notice_picture.
"""

from base64 import b64decode, b64encode

from sqlalchemy import Connection, select

from storage.rows import insert_new, table
from storage.tables import NoticePicture

_columns = table(NoticePicture).c


def keep(connection: Connection, path: str, content: bytes, now: int) -> None:
    row = {"path": path, "content": b64encode(content).decode(), "added_at": now}
    insert_new(connection, NoticePicture, [row])


def find(connection: Connection, path: str) -> bytes | None:
    found = connection.execute(select(_columns.content).where(_columns.path == path)).scalar()
    return b64decode(found) if found else None
