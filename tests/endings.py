"""What a walk through a guide leaves in the database, comparable between channels."""

from typing import Any

import orjson
from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from storage.database import Database
from storage.rows import table
from storage.tables import Consent, ConversationState, HelpRequest, Progress

Ending = dict[str, Any]
_LEFT: dict[str, tuple[type[SQLModel], tuple[str, ...]]] = {
    "progress": (Progress, ("guide", "revision", "item", "outcome")),
    "consents": (Consent, ("purpose", "granted", "version", "recorder")),
    "help": (HelpRequest, ("guide", "item", "state", "asked")),
}


def ending(url: str, address: str) -> Ending:
    """Progress, consents and calls for help in order, and the conversation as stored."""
    database = Database(url)
    found = database.read_now(lambda connection: _read(connection, address))
    database.close()
    return found


def _read(connection: Connection, address: str) -> Ending:
    left: Ending = {}
    for name, (model, columns) in _LEFT.items():
        rows = table(model).c
        wanted = select(*(rows[one] for one in columns)).where(rows.address == address)
        left[name] = [tuple(row) for row in connection.execute(wanted.order_by(rows.id))]
    states = table(ConversationState).c
    stored = connection.execute(select(states.state).where(states.address == address)).scalar()
    return {**left, "conversation": orjson.loads(stored or "null")}
