"""Announcements as they stand, their versions and decisions. Who gets one is recipients.py's.

Tables announcement, announcement_edit, approval, announcement_view. `edit` and `create` are the
only writers of what is approved; every statement that moves a state names the states it may be
moved from, and approving names the version and digest that were looked at.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select, update

from bot.core.announcement import (
    PUBLIC,
    STEPS,
    Content,
    Kind,
    State,
    Step,
    digest,
    from_plain,
    to_plain,
)
from storage.rows import Row, insert, insert_new, table
from storage.tables import Announcement, AnnouncementEdit, AnnouncementView, Approval

_announcement = table(Announcement)
_columns = _announcement.c
_edit = table(AnnouncementEdit)
_approval = table(Approval)
_view = table(AnnouncementView)
_DECIDED = ("approved_by", "approved_at", "groups", "recipients", "due_at")
# What a row says of its approval once it has none.
UNDECIDED = dict.fromkeys(_DECIDED, 0) | {"approved_digest": "", "glass": ""}


@dataclass(frozen=True, slots=True)
class Kept:
    """An announcement as it stands. Times in microseconds, 0 for not yet."""

    id: int
    code: str
    number: int
    content: Content
    state: State
    version: int
    digest: str
    author: int
    reason: str
    approved_by: int
    approved_at: int
    approved_digest: str
    glass: str
    reviewed_by: int
    groups: int
    recipients: int
    page_seen: int
    due_at: int
    created_at: int
    sent_at: int
    done_at: int


def kept_of(row: RowMapping) -> Kept:
    names = [one.name for one in fields(Kept) if one.name not in ("content", "state")]
    plain = {name: row[name] for name in names}
    return Kept(**plain, content=from_plain(dict(row)), state=State(row["state"]))


def create(
    connection: Connection, code: str, content: Content, author: int, now: int, source: str = ""
) -> int | None:
    """A new draft; None when the code or the source is taken already."""
    row = {
        **to_plain(content),
        **UNDECIDED,
        "code": code,
        "number": 0,
        "digest": digest(content),
        "state": State.DRAFT,
        "version": 1,
        "author": author,
        "source": source,
        "reason": "",
        "reviewed_by": 0,
        "page_seen": 0,
        "created_at": now,
        "changed_at": now,
        "sent_at": 0,
        "done_at": 0,
    }
    insert_new(connection, Announcement, [row])
    found = connection.execute(
        select(_columns.id).where(
            _columns.code == code, _columns.created_at == now, _columns.source == source
        )
    ).scalar()
    if found is None:
        return None
    _remember(connection, found, 1, author, content, now)
    return int(found)


def _remember(
    connection: Connection, number: int, version: int, editor: int, content: Content, now: int
) -> None:
    row = {
        "announcement": number,
        "version": version,
        "editor": editor,
        "digest": digest(content),
        "content": orjson.dumps(to_plain(content)).decode(),
        "at": now,
    }
    insert(connection, AnnouncementEdit, [row])


def edit(
    connection: Connection, number: int, version: int, content: Content, editor: int, now: int
) -> bool:
    """Back to a draft with new content, whatever had been decided. False when somebody was
    faster or it may not be edited any more."""
    values = {**to_plain(content), **UNDECIDED, "reason": "", "digest": digest(content)}
    values["version"] = version + 1
    changed = move(connection, number, Step.EDIT, now, _columns.version == version, **values)
    if changed:
        _remember(connection, number, version + 1, editor, content, now)
    return changed


def move(
    connection: Connection, announcement: int, step: Step, now: int, *where: Any, **values: object
) -> bool:
    """False when it was in another state than the step begins with, or `where` did not hold."""
    before, after = STEPS[step]
    changed = connection.execute(
        update(_announcement)
        .where(_columns.id == announcement, _columns.state.in_(sorted(before)), *where)
        .values(state=after, changed_at=now, **values)
    )
    return bool(changed.rowcount)


def get(connection: Connection, number: int, *, lock: bool = False) -> Kept | None:
    query = select(_announcement).where(_columns.id == number)
    found = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return kept_of(found) if found else None


def by_code(connection: Connection, code: str) -> Kept | None:
    query = select(_announcement).where(_columns.code == code.upper())
    found = connection.execute(query).mappings().first()
    return kept_of(found) if found else None


def latest(
    connection: Connection, states: Collection[State], limit: int, after: int = 0
) -> list[Kept]:
    """Newest first; `after` is the id to go on below."""
    query = select(_announcement).where(_columns.state.in_(sorted(states)))
    if after:
        query = query.where(_columns.id < after)
    found = connection.execute(query.order_by(_columns.id.desc()).limit(limit)).mappings()
    return [kept_of(row) for row in found]


def at_work(connection: Connection) -> list[int]:
    """Those the dispatcher has something to do with: urgent ones first, then oldest."""
    states = [State.APPROVED, State.SCHEDULED, State.SENDING, State.PAUSED]
    found = connection.execute(
        select(_columns.id)
        .where(_columns.state.in_(states))
        .order_by(_columns.urgent.desc(), _columns.id)
    )
    return list(found.scalars())


def same_text(connection: Connection, content: Content, other_than: int) -> list[int]:
    """Numbers of announcements that said the same words."""
    found = connection.execute(
        select(_columns.number).where(
            _columns.text == content.text, _columns.number > 0, _columns.id != other_than
        )
    )
    return list(found.scalars())


def successors(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[Kind, int]]:
    """What took the place of each: the newest that is public, as kind and number."""
    found = connection.execute(
        select(_columns.follows, _columns.kind, _columns.number)
        .where(_columns.follows.in_(numbers), _columns.state.in_(sorted(PUBLIC)))
        .order_by(_columns.id)
    )
    return {follows: (Kind(kind), number) for follows, kind, number in found}


def columns() -> frozenset[str]:
    """What an announcement's row is made of."""
    return frozenset(_columns.keys())


def versions(connection: Connection, number: int) -> list[Row]:
    query = select(_edit).where(_edit.c.announcement == number).order_by(_edit.c.version)
    return [dict(row) for row in connection.execute(query).mappings()]


def plain(version: Row) -> dict[str, object]:
    """What a version held, for `from_plain`."""
    found: dict[str, object] = orjson.loads(version["content"])
    return found
