"""Guides in words of one's own: drafts, what waits for approval, what was published. Table
guide_edition; what each revision says is in guide_version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, func, select, update

from storage.rows import table
from storage.tables import GuideEdition

_edition = table(GuideEdition)
_columns = _edition.c
DRAFT, SUBMITTED, PUBLISHED, DROPPED = "draft", "submitted", "published", "dropped"
_OPEN = (DRAFT, SUBMITTED)


@dataclass(frozen=True, slots=True)
class Edition:
    """`texts` are the changed files; `editors` everybody who wrote in it, the last one last."""

    id: int
    guide: str
    base: str
    texts: Mapping[str, str]
    state: str
    revision: str
    editors: tuple[int, ...]
    reason: str
    decided_by: int
    changed_at: int


_FIELDS = [_columns[name] for name in Edition.__dataclass_fields__]


def _read(row: tuple[object, ...]) -> Edition:
    plain = dict(zip(Edition.__dataclass_fields__, row, strict=True))
    plain["texts"] = orjson.loads(str(plain["texts"]))
    plain["editors"] = tuple(orjson.loads(str(plain["editors"])))
    return Edition(**plain)  # type: ignore[arg-type]


def open_one(connection: Connection, guide: str) -> Edition | None:
    """The one that is being written or waits for approval."""
    where = (_columns.guide == guide, _columns.state.in_(_OPEN))
    found = connection.execute(select(*_FIELDS).where(*where)).first()
    return _read(tuple(found)) if found else None


def add(connection: Connection, guide: str, base: str, texts: Mapping[str, str], now: int) -> None:
    """Raises IntegrityError when one is open already."""
    row = {"guide": guide, "base": base, "texts": orjson.dumps(texts).decode(), "state": DRAFT}
    more = {"revision": "", "editors": "[]", "reason": "", "decided_by": 0, "changed_at": now}
    connection.execute(_edition.insert().values(row | more))


def save(
    connection: Connection,
    seen: Edition,
    texts: Mapping[str, str],
    editors: Collection[int],
    now: int,
    base: str,
) -> bool:
    """What was handed in is a draft again. False when it is not as seen any more."""
    return _move(
        connection,
        seen,
        now,
        texts=orjson.dumps(texts, option=orjson.OPT_SORT_KEYS).decode(),
        editors=orjson.dumps(list(editors)).decode(),
        state=DRAFT,
        revision="",
        base=base,
    )


def submit(connection: Connection, seen: Edition, revision: str, now: int) -> bool:
    return _move(connection, seen, now, state=SUBMITTED, revision=revision, reason="")


def decide(
    connection: Connection, seen: Edition, state: str, by: int, now: int, reason: str = ""
) -> bool:
    """Published, sent back as a draft, or dropped."""
    return _move(connection, seen, now, state=state, decided_by=by, reason=reason)


def _move(connection: Connection, seen: Edition, now: int, **values: object) -> bool:
    """Every move takes a new moment, so that what was seen before fits no more."""
    changed = connection.execute(
        update(_edition)
        .where(
            _columns.id == seen.id,
            _columns.state == seen.state,
            _columns.changed_at == seen.changed_at,
        )
        .values(**values, changed_at=max(now, seen.changed_at + 1))
    )
    return changed.rowcount == 1


def current(connection: Connection) -> dict[str, Edition]:
    """What is published now, by guide: the one decided last."""
    found = connection.execute(
        select(*_FIELDS).where(_columns.state == PUBLISHED).order_by(_columns.changed_at)
    )
    return {one.guide: one for one in (_read(tuple(row)) for row in found)}


def published(connection: Connection) -> int:
    """How many ever were: grows with each, so that others see that there is a new one."""
    number: int = connection.execute(
        select(func.count()).select_from(_edition).where(_columns.state == PUBLISHED)
    ).scalar_one()
    return number


def waiting(connection: Connection) -> list[str]:
    """Guides that wait for approval."""
    where = _columns.state == SUBMITTED
    found = connection.execute(select(_columns.guide).where(where).order_by(_columns.changed_at))
    return list(found.scalars())
