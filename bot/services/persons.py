"""Persons: the least that serves, their phone sealed. Rights asked, every change audited."""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.core.person import AGE_BANDS, SMARTPHONE, phone_number
from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import areas, audit, households, persons
from storage.persons import Someone
from storage.rows import Row

LONG = 40
PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Details:
    """What a member writes down. `phone` as typed; empty for not known or not told."""

    honorific: str = ""
    call_name: str = ""
    age_band: str = ""
    smartphone: str = ""
    phone: str = ""


def add(
    connection: Connection, actor: Actor, now: int, vault: Vault, household: str, details: Details
) -> int:
    """Into a household; the new person's number."""
    access.active(connection, actor, Operation.ADD_PERSON, household)
    values = columns(vault, details)
    number = _write(connection, {**values, "household": household}, now)
    households.refresh(connection, [household])
    row = {"household": household, "kind": "person-added", "other": "", "person": number}
    households.happened(connection, [{**row, "actor": actor.person, "at": now}])
    _audit(connection, actor, Operation.ADD_PERSON, number, now, fields=sorted(_told(values)))
    return number


def change(
    connection: Connection, actor: Actor, now: int, vault: Vault, number: int, **typed: str
) -> None:
    """Fields of Details; the others stay. An empty phone is forgotten."""
    before = access.person(connection, actor, Operation.CHANGE_PERSON, number)
    known = {"honorific": before.honorific, "call_name": before.call_name}
    values = columns(vault, Details(**{**known, **typed}))
    wanted = {name: values[name] for name in values if name.removesuffix("_mark") in typed}
    _revise(connection, before, now, wanted)
    _audit(connection, actor, Operation.CHANGE_PERSON, number, now, fields=sorted(typed))


def rename(
    connection: Connection,
    actor: Actor,
    now: int,
    number: int,
    *,
    call_name: str,
    honorific: str | None = None,
) -> bool:
    """How somebody is called; False when they are called so already."""
    before = access.person(connection, actor, Operation.CHANGE_PERSON, number)
    said = before.honorific if honorific is None else honorific
    wanted = _names(said, call_name)
    if wanted == {"honorific": before.honorific, "call_name": before.call_name}:
        return False
    _revise(connection, before, now, wanted)
    if before.household:
        row = {"household": before.household, "kind": "renamed", "other": "", "person": number}
        households.happened(connection, [{**row, "actor": actor.person, "at": now}])
    _audit(connection, actor, Operation.CHANGE_PERSON, number, now, fields=sorted(wanted))
    return True


def correct(
    connection: Connection, actor: Actor, now: int, vault: Vault, number: int, **typed: str
) -> None:
    """Fields of Details, as of `change`; a new name goes into the household's history."""
    rest = {name: said for name, said in typed.items() if name not in ("honorific", "call_name")}
    before = access.person(connection, actor, Operation.CHANGE_PERSON, number)
    call_name = typed.get("call_name", before.call_name)
    rename(connection, actor, now, number, call_name=call_name, honorific=typed.get("honorific"))
    if rest:
        change(connection, actor, now, vault, number, **rest)


def phone(connection: Connection, actor: Actor, now: int, vault: Vault, number: int) -> str:
    """The number of somebody's phone as +84…, empty when it is not known. Looking is audited.

    Raises SealedError when it was sealed with a key that is not ours.
    """
    found = access.person(connection, actor, Operation.SEE_PHONE, number)
    _audit(connection, actor, Operation.SEE_PHONE, number, now)
    return vault.open(found.phone) if found.phone else ""


def by_phone(connection: Connection, actor: Actor, vault: Vault, typed: str) -> list[Someone]:
    """Who has this number, in the actor's own places."""
    scopes = access.scopes(actor, Operation.SEE_HOUSEHOLDS)
    number = phone_number(typed)
    if not number:
        raise Refused(Problem.BAD_PHONE)
    found = persons.by_phone(connection, vault.mark(PHONE, number))
    homes = households.get(connection, [one.household for one in found])
    places = {home.area for home in homes.values()}
    lines = {area: areas.line(connection, area) for area in places}
    return [
        one
        for one in found
        if one.household in homes and {*lines[homes[one.household].area]} & {*scopes}
    ]


def columns(vault: Vault, details: Details) -> Row:
    """As the table takes them, the phone sealed. Raises Refused for what cannot be."""
    names = _names(details.honorific, details.call_name)
    if details.age_band not in ("", *AGE_BANDS) or details.smartphone not in ("", *SMARTPHONE):
        raise Refused(Problem.BAD_VALUE)
    number = phone_number(details.phone)
    if details.phone.strip() and not number:
        raise Refused(Problem.BAD_PHONE)
    return {
        **names,
        "age_band": details.age_band,
        "smartphone": details.smartphone,
        "phone": vault.seal(number) if number else "",
        "phone_mark": vault.mark(PHONE, number) if number else "",
    }


def _names(honorific: str, call_name: str) -> dict[str, str]:
    """Tidied. Raises Refused for what cannot be."""
    said = " ".join(honorific.split()), " ".join(call_name.split())
    if not 0 < len(said[1]) <= LONG or len(said[0]) > LONG:
        raise Refused(Problem.BAD_VALUE)
    return {"honorific": said[0], "call_name": said[1]}


def official(connection: Connection, actor: Actor, now: int, name: str, area: str) -> int:
    """Somebody who is to serve a place without living in a household of ours; their number."""
    access.require(connection, actor, Operation.GRANT_ROLE, area)
    call_name = " ".join(name.split())
    if not 0 < len(call_name) <= LONG:
        raise Refused(Problem.BAD_VALUE)
    number = persons.add_one(connection, {"call_name": call_name}, now)
    _audit(connection, actor, Operation.ADD_PERSON, number, now)
    return number


def _revise(connection: Connection, before: Someone, now: int, wanted: Row) -> None:
    try:
        with connection.begin_nested():
            persons.change(connection, before.id, now, **wanted)
    except IntegrityError as error:
        raise Refused(Problem.NAME_TAKEN, name=str(wanted["call_name"])) from error
    if before.household:
        households.refresh(connection, [before.household])


def _write(connection: Connection, row: Row, now: int) -> int:
    try:
        with connection.begin_nested():
            return persons.add_one(connection, row, now)
    except IntegrityError as error:
        raise Refused(Problem.NAME_TAKEN, name=str(row["call_name"])) from error


def _told(values: Row) -> list[str]:
    return [name for name, value in values.items() if value and name != "phone_mark"]


def _audit(
    connection: Connection,
    actor: Actor,
    operation: Operation,
    number: int,
    now: int,
    **detail: object,
) -> None:
    audit.record(connection, actor, operation, f"person:{number}", now, **detail)
