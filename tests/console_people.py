"""People of every role, and what lies in the hamlet NEAR, for tests of the console."""

from sqlalchemy import Connection

from bot.core.rights import Role
from storage import persons, teams

# What stands for each part of a path: something that lies in the hamlet NEAR.
TARGETS = {
    "number": "1",
    "code": "H001",
    "guide": "vneid",
    "group": "g1",
    "member": "5",
    "team": "near",
    "call": "1",
    "feed": "1",
    "kind": "households",
    "purpose": "news",
}


def somebody(connection: Connection, role: Role, area: str, now: int, name: str = "Mai") -> int:
    """A new person who holds one role over a place."""
    person = persons.add_one(connection, {"honorific": "Chị", "call_name": name}, now)
    row = {"person": person, "role": role, "area": area, "granted_by": 0}
    teams.grant(connection, [row], now)
    return person
