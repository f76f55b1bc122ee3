"""Households: finding, adding, and what happens to them. History is kept, never rewritten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import areas, audit, households, owned, persons
from storage.households import Happening, Home
from storage.persons import Someone

LONG = 80


@dataclass(frozen=True, slots=True)
class Card:
    """A household with everybody in it, its head first."""

    home: Home
    people: Sequence[Someone]


def cards(connection: Connection, homes: Sequence[Home]) -> list[Card]:
    people = persons.of_households(connection, [one.code for one in homes])
    return [Card(home, people[home.code]) for home in homes]


def search(
    connection: Connection,
    actor: Actor,
    text: str,
    limit: int = 10,
    after: str = "",
    area: str = "",
) -> list[Card]:
    """Active households of the actor's own places, or of one of them; an empty text finds all."""
    scopes = access.scopes(actor, Operation.SEE_HOUSEHOLDS)
    if area:
        access.require(connection, actor, Operation.SEE_HOUSEHOLDS, area)
        scopes = (area,)
    return cards(connection, households.search(connection, scopes, text, limit, after=after))


def see(connection: Connection, actor: Actor, code: str) -> Card:
    home = access.household(connection, actor, Operation.SEE_HOUSEHOLDS, code)
    return cards(connection, [home])[0]


def history(connection: Connection, actor: Actor, code: str) -> list[Happening]:
    """Oldest first."""
    access.household(connection, actor, Operation.SEE_HOUSEHOLDS, code)
    return households.history(connection, code)


def add(connection: Connection, actor: Actor, now: int, area: str, label: str) -> str:
    """The new household's code."""
    access.require(connection, actor, Operation.ADD_HOUSEHOLD, area)
    code = households.next_code(connection)
    households.add(connection, [{"code": code, "area": area, "label": _label(label)}], now)
    _keep(connection, actor, Operation.ADD_HOUSEHOLD, code, now, "added")
    return code


def relabel(connection: Connection, actor: Actor, now: int, code: str, label: str) -> None:
    """A new address within the same hamlet; the one it has already changes nothing."""
    home = access.active(connection, actor, Operation.CHANGE_HOUSEHOLD, code)
    if (wanted := _label(label)) == home.label:
        return
    households.change(connection, code, now, label=wanted)
    households.refresh(connection, [code])
    _keep(connection, actor, Operation.CHANGE_HOUSEHOLD, code, now, "relabelled")


def move(
    connection: Connection, actor: Actor, now: int, code: str, area: str = "", label: str = ""
) -> None:
    """To another place, whose teams serve it from now on; without one, out of reach."""
    home = access.active(connection, actor, Operation.MOVE_HOUSEHOLD, code)
    if not area:
        households.change(connection, code, now, state=households.MOVED)
        _silence(connection, [code], "moved", now)
    elif area == home.area and not label:
        raise Refused(Problem.SAME)
    else:
        _settle(connection, code, now, area, label or home.label)
    _keep(connection, actor, Operation.MOVE_HOUSEHOLD, code, now, "moved", other=home.area)


def _settle(connection: Connection, code: str, now: int, area: str, label: str) -> None:
    if not areas.line(connection, area):
        raise Refused(Problem.NO_AREA, area=area)
    households.change(connection, code, now, area=area, label=_label(label))
    households.refresh(connection, [code])


def mute(
    connection: Connection, actor: Actor, now: int, code: str, reason: str, until: int
) -> None:
    """Left alone until then: because they refused, or for another reason (a slug)."""
    access.active(connection, actor, Operation.CHANGE_HOUSEHOLD, code)
    _mute(connection, code, now, reason, until)
    _keep(connection, actor, Operation.CHANGE_HOUSEHOLD, code, now, reason)


def _mute(connection: Connection, code: str, now: int, reason: str, until: int) -> None:
    households.change(connection, code, now, muted_reason=reason, muted_until=until)
    _silence(connection, [code], "muted", now)


def unmute(connection: Connection, actor: Actor, now: int, code: str) -> None:
    access.active(connection, actor, Operation.CHANGE_HOUSEHOLD, code)
    households.change(connection, code, now, muted_reason="", muted_until=0)
    _keep(connection, actor, Operation.CHANGE_HOUSEHOLD, code, now, "unmuted")


def merge(connection: Connection, actor: Actor, now: int, code: str, into: str) -> None:
    """Everybody of one household lives in the other from now on; whoever wanted to be left
    alone still is."""
    home = access.active(connection, actor, Operation.MERGE_HOUSEHOLDS, code)
    there = access.active(connection, actor, Operation.MERGE_HOUSEHOLDS, into)
    if code == into:
        raise Refused(Problem.SAME)
    moving = persons.of_households(connection, [code])[code]
    _rehouse(connection, moving, into, now)
    if home.muted_until > max(now, there.muted_until):
        _mute(connection, into, now, home.muted_reason, home.muted_until)
    households.change(connection, code, now, state=households.MERGED, merged_into=into)
    households.refresh(connection, [code, into])
    _keep(connection, actor, Operation.MERGE_HOUSEHOLDS, code, now, "merged", other=into)
    _keep(connection, actor, Operation.MERGE_HOUSEHOLDS, into, now, "received", other=code)


def split(
    connection: Connection, actor: Actor, now: int, code: str, leaving: Collection[int], label: str
) -> str:
    """Some of a household found one of their own in the same hamlet; its code."""
    home = access.active(connection, actor, Operation.MERGE_HOUSEHOLDS, code)
    living = persons.of_households(connection, [code])[code]
    moving = [one for one in living if one.id in leaving]
    if not moving:
        raise Refused(Problem.NO_PERSON)
    if len(moving) == len(living):
        raise Refused(Problem.NOBODY_LEFT)
    new = households.next_code(connection)
    households.add(connection, [{"code": new, "area": home.area, "label": _label(label)}], now)
    _rehouse(connection, moving, new, now)
    if home.muted_until > now:
        _mute(connection, new, now, home.muted_reason, home.muted_until)
    households.refresh(connection, [code, new])
    _keep(connection, actor, Operation.MERGE_HOUSEHOLDS, code, now, "split", other=new)
    _keep(connection, actor, Operation.MERGE_HOUSEHOLDS, new, now, "split-from", other=code)
    return new


def _rehouse(connection: Connection, moving: Sequence[Someone], into: str, now: int) -> None:
    """Two of the same name cannot live together before one is called otherwise."""
    there = persons.of_households(connection, [into])[into]
    names = {persons.key_of(one.honorific, one.call_name) for one in there}
    for one in moving:
        if persons.key_of(one.honorific, one.call_name) in names:
            raise Refused(Problem.NAME_TAKEN, name=one.name)
    persons.rehouse(connection, [one.id for one in moving], into, now)


def set_head(connection: Connection, actor: Actor, now: int, code: str, person: int) -> None:
    access.active(connection, actor, Operation.CHANGE_HOUSEHOLD, code)
    """Nothing changes for who is its head already."""
    living = {one.id: one for one in persons.of_households(connection, [code])[code]}
    if person not in living:
        raise Refused(Problem.NO_PERSON)
    if living[person].is_head:
        return
    persons.set_head(connection, code, person)
    _keep(connection, actor, Operation.CHANGE_HOUSEHOLD, code, now, "head", person=person)


def _label(text: str) -> str:
    tidied = " ".join(text.split())
    if not 0 < len(tidied) <= LONG:
        raise Refused(Problem.BAD_VALUE)
    return tidied


def _silence(connection: Connection, codes: Collection[str], reason: str, now: int) -> None:
    """What waits to be sent to them, other than answers, is not sent."""
    people = persons.of_households(connection, codes).values()
    owned.drop_persons(connection, [one.id for group in people for one in group], reason, now)


def _keep(
    connection: Connection,
    actor: Actor,
    operation: Operation,
    code: str,
    now: int,
    kind: str,
    *,
    other: str = "",
    person: int = 0,
) -> None:
    row = {"household": code, "kind": kind, "other": other, "person": person}
    households.happened(connection, [{**row, "actor": actor.person, "at": now}])
    audit.record(connection, actor, operation, f"household:{code}", now, kind=kind, other=other)
