"""Backup and restore: every table as lines of JSON in one zip, the same on both databases.

A copy carries the schema it was made at, so an older one is filled in at that schema and then
brought up to date.
"""

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, MetaData, Table, insert, select, text

from storage import schema
from storage.tables import metadata

_BATCH = 1000
_FORMAT = "gocua-2"
_ABOUT = "about.json"
# What reading a zip or JSON of turned bits was seen to raise.
_SPOILED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)


class DamagedError(ValueError):
    """Not a backup of ours, or not all of one."""


class NewerError(DamagedError):
    """Of a version of this program that is not this one."""


class OccupiedError(ValueError):
    """The database already holds something."""


@dataclass(frozen=True, slots=True)
class About:
    """Schema revision, when it was begun (microseconds), and how many rows each table has."""

    revision: str
    at: int
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def backup(connection: Connection, path: Path, now: int) -> About:
    """Writes one consistent snapshot; the file appears only when it is complete."""
    part = path.with_suffix(path.suffix + ".part")
    part.touch(mode=0o600)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = {str(one.name): _write(connection, archive, one) for one in metadata.sorted_tables}
        about = About(schema.head() or "", now, rows)
        archive.writestr(_ABOUT, orjson.dumps({"format": _FORMAT, **_plain(about)}))
    part.replace(path)
    return about


def _plain(about: About) -> dict[str, object]:
    return {"revision": about.revision, "at": about.at, "rows": dict(about.rows)}


def _write(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    rows = 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
        found = connection.execution_options(yield_per=_BATCH).execute(select(table))
        for row in found.mappings():
            lines.write(orjson.dumps(dict(row), option=orjson.OPT_APPEND_NEWLINE))
            rows += 1
    return rows


def verify(path: Path) -> About:
    """Reads the whole file back. Raises DamagedError."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = _about(archive)
            for name, expected in about.rows.items():
                if sum(1 for _ in _read(archive, name)) != expected:
                    raise DamagedError(name)
    except DamagedError:
        raise
    except _SPOILED as error:
        raise DamagedError(type(error).__name__) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # else a place in the file that cannot be
            raise
        raise DamagedError("place") from error
    return about


def _about(archive: zipfile.ZipFile) -> About:
    told = orjson.loads(archive.read(_ABOUT))
    if told["format"] != _FORMAT:
        raise DamagedError("format")
    return About(told["revision"], told["at"], told["rows"])


def _read(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    with archive.open(f"{name}.jsonl") as lines:
        for line in lines:
            yield orjson.loads(line)


def restore(connection: Connection, path: Path) -> About:
    """Fills an empty database and brings it up to date. Raises DamagedError, NewerError,
    OccupiedError;
    the caller's transaction then undoes what was begun."""
    about = verify(path)
    _empty(connection)
    try:
        schema.upgrade(connection, about.revision)
    except schema.UnknownRevisionError as error:
        raise NewerError("revision") from error
    known = MetaData()
    known.reflect(connection)
    with zipfile.ZipFile(path) as archive:
        for name in about.rows:
            _fill(connection, known.tables[name], _read(archive, name))
    schema.upgrade(connection)
    return about


def _empty(connection: Connection) -> None:
    """What holds no rows is taken away, so that an older schema can take its place."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name in metadata.tables and connection.execute(select(table).limit(1)).first():
            raise OccupiedError(table.name)
    found.drop_all(connection)


def _fill(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, _BATCH)):
        connection.execute(insert(table), some)
    if connection.dialect.name == "postgresql" and table.c.get("id") is not None:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"  # noqa: S608
                f" (SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
            )
        )
