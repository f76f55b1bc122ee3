"""Pictures sent in calls for help, from the first word of them until the call is closed. Table
help_picture.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from storage.database import MINUTE
from storage.rows import insert, table
from storage.tables import HelpEvent, HelpPicture, MediaReference

_picture = table(HelpPicture)
_columns = _picture.c
_waits = _columns.path == ""
FOLDER = "cuoc-goi"
LEASE = MINUTE


@dataclass(frozen=True, slots=True)
class Coming:
    """One on its way: `tries` counts this one, too."""

    id: int
    request: int
    actor: int
    of_member: bool
    address: str
    reference: str
    text: str
    tries: int


_FIELDS = [_columns[name] for name in Coming.__dataclass_fields__]


def add(
    connection: Connection,
    request: int,
    actor: int,
    address: str,
    reference: str,
    text: str,
    now: int,
    *,
    of_member: bool,
) -> None:
    row = {"request": request, "actor": actor, "of_member": of_member, "address": address}
    fresh = {"path": "", "content": "", "tries": 0, "due_at": now}
    insert(connection, HelpPicture, [{**row, "reference": reference, "text": text, **fresh}])


def keep(connection: Connection, request: int, actor: int, digest: str, content: bytes) -> str:
    """One that came whole, by a page; its path."""
    row = {"request": request, "actor": actor, "of_member": True, "address": "", "reference": ""}
    path, coded = path_of(digest), b64encode(content).decode()
    rest = {"text": "", "path": path, "content": coded, "tries": 0, "due_at": 0}
    insert(connection, HelpPicture, [{**row, **rest}])
    return path


def path_of(digest: str) -> str:
    return f"{FOLDER}/{digest}.jpg"


def waiting(connection: Connection, now: int) -> bool:
    found = select(_columns.id).where(_waits, _columns.due_at <= now).limit(1)
    return connection.execute(found).first() is not None


def take(connection: Connection, now: int, limit: int) -> list[Coming]:
    """Due ones, oldest first; nobody else takes them while the lease lasts."""
    due = (
        select(_columns.id)
        .where(_waits, _columns.due_at <= now)
        .order_by(_columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.execute(due).scalars())
    connection.execute(
        update(_picture)
        .where(_columns.id.in_(ids))
        .values(tries=_columns.tries + 1, due_at=now + LEASE)
    )
    found = connection.execute(select(*_FIELDS).where(_columns.id.in_(ids)).order_by(_columns.id))
    return [Coming(*row) for row in found]


def put_off(connection: Connection, number: int, until: int) -> None:
    connection.execute(update(_picture).where(_columns.id == number, _waits).values(due_at=until))


def arrived(connection: Connection, number: int, digest: str, content: bytes) -> bool:
    """Whether it was still waited for."""
    values = {"path": path_of(digest), "content": b64encode(content).decode()}
    done = connection.execute(
        update(_picture)
        .where(_columns.id == number, _waits)
        .values(reference="", text="", **values)
    )
    return done.rowcount == 1


def drop(connection: Connection, number: int) -> bool:
    """Whether it was still waited for."""
    gone = connection.execute(_picture.delete().where(_columns.id == number, _waits))
    return gone.rowcount == 1


def count(connection: Connection, request: int) -> int:
    found: int = connection.execute(
        select(func.count()).where(_columns.request == request)
    ).scalar_one()
    return found


def find(connection: Connection, path: str) -> bytes | None:
    found = connection.execute(select(_columns.content).where(_columns.path == path).limit(1))
    coded = found.scalar()
    return b64decode(coded) if coded else None


def known(connection: Connection, paths: Collection[str]) -> set[str]:
    found = connection.execute(select(_columns.path).where(_columns.path.in_(paths)))
    return set(found.scalars())


def forget(connection: Connection, requests: Collection[int]) -> None:
    """Of these calls, with what platforms call their uploads. One on its way is left: whoever
    sent it is told that it came too late."""
    mine = _columns.request.in_(requests) & ~_waits
    found = connection.execute(select(_columns.path).where(mine)).scalars().all()
    if not found:
        return
    digests = [one.removeprefix(f"{FOLDER}/").removesuffix(".jpg") for one in found]
    media, events = table(MediaReference), table(HelpEvent)
    connection.execute(media.delete().where(media.c.digest.in_(digests)))
    connection.execute(
        update(events)
        .where(events.c.request.in_(requests), events.c.picture != "")
        .values(picture="")
    )
    connection.execute(_picture.delete().where(mine))
