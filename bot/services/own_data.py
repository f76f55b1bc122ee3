"""What a resident may ask of their own data: to see it, correct it, take it along, withdraw what
was agreed to, have it deleted; each with the law's clock. The service erases by itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.address import Address
from bot.core.data_rights import CORRECT, ERASURES, SEE, WITHDRAW, clocks
from bot.core.effects import Purpose
from bot.core.hours import OfficeHours
from bot.core.rights import EVERYWHERE, Actor, Grant, Operation, Role
from bot.services import access
from bot.services.access import Problem, Refused
from bot.vault import SealedError, Vault
from storage import audit, data_requests, erasure, households, people, teams
from storage.data_requests import Asked
from storage.households import Home
from storage.persons import Someone
from storage.rows import Row

SIGNS = "chats"


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything about one person, or (nobody known) about one chat. `rows` are by table,
    `texts` what was read to them for each consent, by version."""

    person: Someone | None
    home: Home | None
    phone: str
    chats: Sequence[str]
    rows: dict[str, Sequence[Row]]
    told: int
    texts: Mapping[str, str]

    def agreed(self, purpose: Purpose) -> Row | None:
        """The last word on a purpose."""
        of_it = [row for row in self.rows["consent"] if row["purpose"] == purpose]
        return of_it[-1] if of_it else None


def oneself(person: int, address: Address) -> Actor:
    """Whoever has the chat, over their own data only."""
    scope = f"person:{person}" if person else f"chat:{address}"
    return Actor(person, address.channel, (Grant(Role.RESIDENT, scope),))


def see(
    connection: Connection, actor: Actor, now: int, vault: Vault, person: int, address: str = ""
) -> Kept:
    """`address` is the chat it is about while nobody is known there."""
    someone = _allowed(connection, actor, Operation.SEE_PERSON_DATA, person, address)
    chats = erasure.chats(connection, person) if person else [address]
    home = households.get(connection, [someone.household]) if someone else {}
    subject = f"person:{person}" if person else "chat"
    audit.record(connection, actor, Operation.SEE_PERSON_DATA, subject, now)
    rows = dict(erasure.kept(connection, person, chats))
    return Kept(
        someone,
        home.get(someone.household) if someone else None,
        _opened(vault, someone),
        chats,
        rows,
        erasure.told(connection, person, chats),
        people.consent_texts(connection, {row["version"] for row in rows["consent"]}),
    )


def _opened(vault: Vault, someone: Someone | None) -> str:
    """Empty also when it was sealed with a key that is not ours."""
    try:
        return vault.open(someone.phone) if someone and someone.phone else ""
    except SealedError:
        return ""


def export(kept: Kept) -> dict[str, object]:
    """To take along: plain values, ready for JSON."""
    plain: dict[str, object] = {"chats": list(kept.chats), "announcements": kept.told}
    plain["consent_texts"] = dict(kept.texts)
    if kept.person:
        one = kept.person
        plain["person"] = {
            "number": one.id,
            "name": one.name,
            "household": one.household,
            "age_band": one.age_band,
            "smartphone": one.smartphone,
            "phone": kept.phone,
        }
    if kept.home:
        plain["household"] = {"code": kept.home.code, "label": kept.home.label}
    return plain | {name: [dict(row) for row in rows] for name, rows in kept.rows.items()}


def ask(
    connection: Connection, actor: Actor, now: int, hours: OfficeHours, kind: str, address: Address
) -> int:
    """Starts the clocks: an answer within two working days. What is done at once is done."""
    answer, due = clocks(kind, now, hours)
    asked = Asked(0, str(address), actor.person, kind, now, answer, due, None)
    number = data_requests.add(connection, asked)
    if kind in (SEE, WITHDRAW):
        data_requests.finish(connection, number, now, actor.person)
    audit.record(connection, actor, Operation.SEE_PERSON_DATA, f"data:{number}", now, kind=kind)
    return number


def erase(
    connection: Connection,
    actor: Actor,
    now: int,
    vault: Vault,
    person: int,
    address: str = "",
    reason: str = ERASURES[0],
) -> Collection[str]:
    """At once and for good; the chats it was about. Whoever serves in a team or an office is
    refused until that has ended. The reason, one of ERASURES, stays in the trail, with signs of
    the chats: an older copy can so be told of it (forgetting.py)."""
    someone = _allowed(connection, actor, Operation.ERASE_PERSON, person, address)
    if person and teams.serves(connection, person):
        raise Refused(Problem.SERVES)
    chats = set(erasure.chats(connection, person)) if person else set()
    chats |= {address} - {""}
    alone = chats - erasure.shared(connection, chats, person)
    erasure.erase(connection, person, chats, alone, now)
    if someone and someone.household:
        _remember(connection, actor, someone.household, now)
    data_requests.finish_of(connection, person, CORRECT, now, actor.person)
    subject = f"person:{person}" if person else "chat"
    detail: dict[str, object] = {"reason": reason}
    if signs := sorted(vault.mark(SIGNS, one) for one in alone):
        detail[SIGNS] = signs
    audit.record(connection, actor, Operation.ERASE_PERSON, subject, now, **detail)
    return chats


def _remember(connection: Connection, actor: Actor, household: str, now: int) -> None:
    """That there was somebody, without saying who."""
    households.refresh(connection, [household])
    row = {"household": household, "kind": "person-erased", "other": "", "person": 0}
    households.happened(connection, [{**row, "actor": actor.person, "at": now}])


def _allowed(
    connection: Connection, actor: Actor, operation: Operation, person: int, address: str
) -> Someone | None:
    if person:
        return access.person(connection, actor, operation, person)
    access.require(connection, actor, operation, EVERYWHERE, own=f"chat:{address}")
    return None
