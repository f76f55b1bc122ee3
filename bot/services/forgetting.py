"""Deletions told outside the database, so that a copy made before them can be told again. Ids and
keyed signs only: no name, no address."""

from collections.abc import Collection
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from bot.core.rights import Operation, terminal
from bot.services import own_data
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import audit, erasure

_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class Erased:
    """`person` is 0 for a chat nobody was known at; `chats` are signs only our key can make."""

    at: int
    person: int
    chats: Collection[str]


def told(connection: Connection) -> list[Erased]:
    """Every deletion there ever was, from the trail."""
    return [
        Erased(at, int(target.removeprefix(_PERSON)) if target.startswith(_PERSON) else 0, signs)
        for at, target, detail in audit.all_of(connection, Operation.ERASE_PERSON)
        for signs in [orjson.loads(detail).get(own_data.SIGNS, [])]
    ]


def again(
    connection: Connection, vault: Vault, now: int, erased: Collection[Erased], since: int
) -> tuple[int, list[int]]:
    """What was deleted after a copy, deleted from it: how many, and the numbers of persons whom the
    copy holds as serving in a team or an office, who stay until that has ended."""
    wanted = {(one.person, *one.chats): one for one in erased if one.at > since}
    known = {vault.mark(own_data.SIGNS, one): one for one in erasure.all_chats(connection)}
    done, left = 0, []
    for one in wanted.values():
        try:
            done += _again(connection, vault, now, one, known)
        except Refused:
            left.append(one.person)
    return done, left


def _again(
    connection: Connection, vault: Vault, now: int, one: Erased, known: dict[str, str]
) -> int:
    done = 0
    if one.person:
        try:
            own_data.erase(connection, terminal(), now, vault, one.person)
            done = 1
        except Refused as refused:
            if refused.reason is Problem.SERVES:
                raise
    for chat in (known[sign] for sign in one.chats if sign in known):
        own_data.erase(connection, terminal(), now, vault, 0, chat)
        done = 1
    return done
