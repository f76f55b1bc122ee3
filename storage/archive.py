"""Backup and restore: every table as lines of JSON in one zip, the same on both databases."""

import zipfile
from pathlib import Path

import orjson
from sqlalchemy import BigInteger, Connection, insert, select, text

from storage.tables import metadata

_BATCH = 1000
_FORMAT = "gocua-1"


def backup(connection: Connection, path: Path) -> int:
    """Writes one consistent snapshot; the file appears only when it is complete."""
    part = path.with_suffix(path.suffix + ".part")
    rows = 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("format", _FORMAT)
        for table in metadata.sorted_tables:
            with archive.open(f"{table.name}.jsonl", "w") as lines:
                for row in connection.execute(select(table)).mappings():
                    lines.write(orjson.dumps(dict(row), option=orjson.OPT_APPEND_NEWLINE))
                    rows += 1
    part.replace(path)
    return rows


def restore(connection: Connection, path: Path) -> int:
    """Fills an empty, migrated database. Raises ValueError when it is not empty or not ours."""
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() or archive.read("format").decode() != _FORMAT:
            raise ValueError("not a backup")
        for table in metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first():
                raise ValueError("not empty")
        return sum(_fill(connection, archive, table.name) for table in metadata.sorted_tables)


def _fill(connection: Connection, archive: zipfile.ZipFile, name: str) -> int:
    table = metadata.tables[name]
    with archive.open(f"{name}.jsonl") as lines:
        rows = [orjson.loads(line) for line in lines]
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(table), rows[start : start + _BATCH])
    if connection.dialect.name == "postgresql" and isinstance(
        getattr(table.c.get("id"), "type", None), BigInteger
    ):
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"  # noqa: S608
                f" (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)"
            )
        )
    return len(rows)
