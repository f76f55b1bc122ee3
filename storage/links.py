"""Which person is reached at which chat, and the codes that tie them.

Tables person_address, link_code, attempt; columns chat.acting and chat.asked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, select, update

from storage.database import HOUR
from storage.rows import insert_new, inserting, table
from storage.tables import Attempt, Chat, LinkCode, Person, PersonAddress

_link = table(PersonAddress)
_code = table(LinkCode)
_chat = table(Chat)
_attempt = table(Attempt)
_person = table(Person).c
_WINDOW = HOUR


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody who uses a chat."""

    person: int
    name: str
    household: str
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Target:
    """What a code stands for: a person, or (person 0) somebody of a household."""

    person: int
    household: str
    made_by: int


def profiles(connection: Connection, addresses: Collection[str]) -> dict[str, list[Profile]]:
    """Everybody of each chat, its owner first; chats nobody is tied to are left out."""
    found = connection.execute(
        select(
            _link.c.address,
            _link.c.person,
            _person.honorific + " " + _person.call_name,
            _person.household,
            _link.c.is_owner,
        )
        .join_from(_link, table(Person), _person.id == _link.c.person)
        .where(_link.c.address.in_(addresses))
        .order_by(_link.c.is_owner.desc(), _link.c.linked_at, _link.c.person)
    )
    people: dict[str, list[Profile]] = {}
    for address, person, name, household, is_owner in found:
        one = Profile(person, name.strip(), household or "", is_owner)
        people.setdefault(address, []).append(one)
    return people


def link(connection: Connection, address: str, person: int, now: int) -> bool:
    """Ties a chat to a person: its owner when it has none, preferred when it is their first.

    False when they were tied already.
    """
    owned = connection.execute(
        select(_link.c.person).where(_link.c.address == address, _link.c.is_owner)
    ).first()
    has = connection.execute(
        select(_link.c.address).where(_link.c.person == person, _link.c.preferred)
    ).first()
    row = {
        "address": address,
        "person": person,
        "is_owner": owned is None,
        "preferred": has is None,
        "linked_at": now,
    }
    before = _tied(connection, address, person)
    insert_new(connection, PersonAddress, [row])
    return not before


def _tied(connection: Connection, address: str, person: int) -> bool:
    found = select(_link.c.person).where(_link.c.address == address, _link.c.person == person)
    return connection.execute(found).first() is not None


def unlink(connection: Connection, person: int, address: str = "") -> None:
    """From one chat, or from all of them."""
    where = [_link.c.person == person]
    if address:
        where.append(_link.c.address == address)
    connection.execute(_link.delete().where(*where))
    connection.execute(update(_chat).where(_chat.c.acting == person).values(acting=0))


def prefer(connection: Connection, person: int, address: str) -> None:
    """The chat this person is to be written to first."""
    connection.execute(
        update(_link).where(_link.c.person == person, _link.c.preferred).values(preferred=False)
    )
    connection.execute(
        update(_link)
        .where(_link.c.person == person, _link.c.address == address)
        .values(preferred=True)
    )


def reach(connection: Connection, persons: Collection[int]) -> dict[int, list[str]]:
    """Where each person can be written to now, best first: send to the first only, so that
    nobody gets two copies; the others are for when it fails. Persons nobody can reach are
    left out."""
    found = connection.execute(
        select(_link.c.person, _link.c.address)
        .join_from(_link, _chat, _chat.c.address == _link.c.address)
        .where(_link.c.person.in_(persons), _chat.c.reachable)
        .order_by(
            _link.c.person, _link.c.preferred.desc(), _link.c.is_owner.desc(), _link.c.linked_at
        )
    )
    addresses: dict[int, list[str]] = {}
    for person, address in found:
        addresses.setdefault(person, []).append(address)
    return addresses


def uses(connection: Connection, addresses: Collection[str]) -> dict[str, tuple[int, str]]:
    """Whom each chat works for, 0 for its owner, and what was asked there besides the guides,
    as JSON; chats with neither are left out."""
    found = connection.execute(
        select(_chat.c.address, _chat.c.acting, _chat.c.asked).where(
            _chat.c.address.in_(addresses), (_chat.c.acting != 0) | (_chat.c.asked != "")
        )
    )
    return {address: (acting, asked) for address, acting, asked in found}


def ask(connection: Connection, address: str, question: str) -> None:
    """Empty for nothing any more."""
    connection.execute(update(_chat).where(_chat.c.address == address).values(asked=question))


def ask_each(connection: Connection, questions: Mapping[str, str]) -> None:
    """Chat -> what is asked there."""
    rows = [{"b_address": chat, "asked": asked} for chat, asked in questions.items()]
    if rows:
        connection.execute(
            update(_chat)
            .where(_chat.c.address == bindparam("b_address"))
            .values(asked=bindparam("asked")),
            rows,
        )


def act_as(connection: Connection, address: str, person: int) -> None:
    """From now on the chat works for this person; 0 for its owner."""
    connection.execute(update(_chat).where(_chat.c.address == address).values(acting=person))


def add_code(
    connection: Connection, digest: str, target: Target, now: int, expires_at: int
) -> None:
    row = {
        "digest": digest,
        "person": target.person,
        "household": target.household,
        "made_by": target.made_by,
        "made_at": now,
        "expires_at": expires_at,
        "used_at": None,
        "used_by": "",
    }
    connection.execute(_code.insert().values(row))


def find_code(connection: Connection, digest: str, now: int) -> Target | None:
    """What a code stands for, unless it was used or is too old."""
    found = connection.execute(
        select(_code.c.person, _code.c.household, _code.c.made_by).where(
            _code.c.digest == digest, _code.c.used_at.is_(None), _code.c.expires_at > now
        )
    ).first()
    return Target(*found) if found else None


def reserve(connection: Connection, digest: str, address: str, now: int) -> bool:
    """The chat will say which person of the household it is. Whoever shows the code last may."""
    changed = connection.execute(
        update(_code)
        .where(_code.c.digest == digest, _code.c.used_at.is_(None), _code.c.expires_at > now)
        .values(used_by=address)
    )
    return changed.rowcount == 1


def reserved(connection: Connection, address: str, now: int) -> tuple[str, Target] | None:
    """The digest and target of the code a chat showed and has not used."""
    found = connection.execute(
        select(_code.c.digest, _code.c.person, _code.c.household, _code.c.made_by)
        .where(_code.c.used_by == address, _code.c.used_at.is_(None), _code.c.expires_at > now)
        .order_by(_code.c.made_at.desc())
        .limit(1)
    ).first()
    return (found[0], Target(*found[1:])) if found else None


def use_code(connection: Connection, digest: str, address: str, now: int) -> bool:
    """Whether this was the first use."""
    changed = connection.execute(
        update(_code)
        .where(_code.c.digest == digest, _code.c.used_at.is_(None), _code.c.expires_at > now)
        .values(used_at=now, used_by=address)
    )
    return changed.rowcount == 1


def attempts(connection: Connection, subject: str, now: int) -> int:
    """How often this was tried within the last hour or so."""
    found: int | None = connection.execute(
        select(_attempt.c.number).where(
            _attempt.c.subject == subject, _attempt.c.since_at > now - _WINDOW
        )
    ).scalar()
    return found or 0


def attempted(connection: Connection, subject: str, now: int) -> int:
    """Counts one more and says how many that makes, in one statement that waits for whoever
    counts the same elsewhere. The count begins anew an hour after it began."""
    over = _attempt.c.since_at <= now - _WINDOW
    made = inserting(connection, Attempt).values(subject=subject, number=1, since_at=now)
    again = {
        "number": case((over, 1), else_=_attempt.c.number + 1),
        "since_at": case((over, now), else_=_attempt.c.since_at),
    }
    counted = made.on_conflict_do_update(index_elements=["subject"], set_=again)
    number: int = connection.execute(counted.returning(_attempt.c.number)).scalar_one()
    return number
