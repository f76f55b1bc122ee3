"""Settings that were given on a page, sealed; nothing here can open them. Table kept_setting."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, inspect, select

from storage.rows import table, upsert
from storage.tables import KeptSetting

_kept = table(KeptSetting)


def is_there(connection: Connection) -> bool:
    """Not in a database that is older than the table."""
    return inspect(connection).has_table(KeptSetting.__tablename__)


def load(connection: Connection, names: Collection[str] = ()) -> dict[str, str]:
    """Name -> sealed value; of all, or of some names."""
    wanted = select(_kept.c.name, _kept.c.sealed)
    found = connection.execute(wanted.where(_kept.c.name.in_(names)) if names else wanted)
    return {name: sealed for name, sealed in found}  # noqa: C416  # rows are no pairs to mypy


def one(connection: Connection, name: str) -> str:
    """The sealed value, empty for none."""
    found = connection.execute(select(_kept.c.sealed).where(_kept.c.name == name)).scalar()
    return found or ""


def keep(connection: Connection, sealed: Mapping[str, str], by: int, now: int) -> None:
    rows = [
        {"name": name, "sealed": value, "set_by": by, "set_at": now}
        for name, value in sealed.items()
    ]
    upsert(connection, KeptSetting, rows, ["name"])


def forget(connection: Connection, name: str) -> bool:
    return bool(connection.execute(_kept.delete().where(_kept.c.name == name)).rowcount)
