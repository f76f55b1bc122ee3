"""What each person was given and how far they are: tables guide_run, confirmation."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from storage.rows import Row, batches, insert_new, table
from storage.tables import Confirmation, GuideRun, HelpRequest

_run = table(GuideRun)
_columns = _run.c
_confirmation = table(Confirmation)
LIVE = ("planned", "given", "started")
SAID, VERIFIED, AGAIN, NO_LONGER = "said", "verified", "again", "no-longer"
ASKING = ("open", "claimed")  # states of a call for help that somebody still has to end
_help = table(HelpRequest).c
_live = _columns.state.in_(LIVE)


@dataclass(frozen=True, slots=True)
class Run:
    """A row as it is read; times in microseconds, 0 for none."""

    id: int
    sequence: int
    place: int
    person: int
    guide: str
    revision: str
    way: str
    started_by: int
    state: str
    item: str
    stuck: int
    helped_at: int
    moved_at: int


_FIELDS = tuple(_columns[name] for name in Run.__dataclass_fields__)


def _found(connection: Connection, *where: ColumnElement[bool]) -> list[Run]:
    found = connection.execute(select(*_FIELDS).where(*where).order_by(_columns.id))
    return [Run(*row) for row in found]


def get(connection: Connection, ids: Collection[int]) -> dict[int, Run]:
    return {one.id: one for one in _found(connection, _columns.id.in_(ids))}


def live(connection: Connection, persons: Collection[int]) -> list[Run]:
    """Of each person what is not over, in the order it was planned."""
    return _found(connection, _columns.person.in_(persons), _live)


def of_sequences(connection: Connection, sequences: Collection[int]) -> dict[int, list[Run]]:
    """Every run of each, in order."""
    kept: dict[int, list[Run]] = {one: [] for one in sequences}
    found = select(*_FIELDS).where(_columns.sequence.in_(sequences))
    for row in connection.execute(found.order_by(_columns.sequence, _columns.place)):
        run = Run(*row)
        kept[run.sequence].append(run)
    return kept


def add(connection: Connection, rows: Sequence[Row], now: int) -> None:
    """A person who has a live run of the guide gets no second one."""
    fixed = {"item": "", "stuck": 0, "helped_at": 0, "created_at": now, "ended_at": None}
    insert_new(connection, GuideRun, [{**fixed, "moved_at": now, **row} for row in rows])


def write(connection: Connection, runs: Iterable[Run], now: int) -> None:
    """What may change of a run; one that is over keeps when it ended."""
    rows = [
        {
            "b_id": one.id,
            "revision": one.revision,
            "state": one.state,
            "item": one.item,
            "stuck": one.stuck,
            "helped_at": one.helped_at,
            "moved_at": one.moved_at,
            "ended_at": None if one.state in LIVE else now,
        }
        for one in runs
    ]
    if rows:
        connection.execute(update(_run).where(_columns.id == bindparam("b_id")), rows)


def stop(connection: Connection, sequences: Sequence[int], now: int) -> None:
    """Whatever is not over in them."""
    for part in batches(sequences):
        connection.execute(
            update(_run)
            .where(_columns.sequence.in_(part), _live)
            .values(state="stopped", ended_at=now, helped_at=0)
        )


def stop_persons(connection: Connection, persons: Collection[int], now: int) -> list[int]:
    """Whatever these people are doing, by whomever begun; which runs those were."""
    going = [one.id for one in live(connection, persons)]
    connection.execute(
        update(_run)
        .where(_columns.id.in_(going), _live)
        .values(state="stopped", ended_at=now, helped_at=0)
    )
    return going


def handed_back(connection: Connection, limit: int) -> list[Run]:
    """Those whose person asked for help and is not waiting for it any more, locked."""
    waiting = select(_help.person).where(_help.state.in_(ASKING))
    found = connection.execute(
        select(*_FIELDS)
        .where(_columns.helped_at > 0, _live, _columns.person.not_in(waiting))
        .order_by(_columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Run(*row) for row in found]


def answered(connection: Connection, person: int, guide: str) -> None:
    """Help came and the guide went on at once."""
    connection.execute(
        update(table(GuideRun))
        .where(_columns.person == person, _columns.guide == guide, _live)
        .values(helped_at=0, stuck=0)
    )


def confirm(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of person, guide, kind, revision, run, visit, recorder and at. Said twice is once."""
    insert_new(connection, Confirmation, rows)


def proven(connection: Connection, visits: Collection[int]) -> list[Row]:
    """What was confirmed at these visits, as `confirm` takes it."""
    columns = _confirmation.c
    names = ("person", "guide", "kind", "revision", "run", "visit", "recorder", "at")
    found = connection.execute(
        select(*(columns[name] for name in names)).where(
            columns.visit.in_(visits), columns.visit != 0
        )
    )
    return [dict(row) for row in found.mappings()]


def disprove(connection: Connection, visits: Collection[int]) -> None:
    """What was confirmed at these visits was not."""
    columns = _confirmation.c
    connection.execute(_confirmation.delete().where(columns.visit.in_(visits), columns.visit != 0))


def change_mind(connection: Connection, person: int, guide: str, kinds: Collection[str]) -> None:
    """Forgets answers that the next one takes the place of."""
    connection.execute(
        _confirmation.delete().where(
            _confirmation.c.person == person,
            _confirmation.c.guide == guide,
            _confirmation.c.kind.in_(kinds),
        )
    )


def confirmed(
    connection: Connection, persons: Collection[int]
) -> dict[int, dict[str, frozenset[str]]]:
    """Person -> guide -> the kinds there are."""
    found = connection.execute(
        select(_confirmation.c.person, _confirmation.c.guide, _confirmation.c.kind).where(
            _confirmation.c.person.in_(persons)
        )
    )
    kept: dict[int, dict[str, frozenset[str]]] = {}
    for person, guide, kind in found:
        guides = kept.setdefault(person, {})
        guides[guide] = guides.get(guide, frozenset()) | {kind}
    return kept
