"""Which person uses which chat: one-time codes, given by hand. Nothing else ties them."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from bot.core import passcode
from bot.core.address import Address
from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import audit, conversations, links, people, persons
from storage.database import DAY
from storage.links import Target
from storage.persons import Someone

LASTS = 7 * DAY
MOST_TRIES = 5  # wrong codes of one chat in an hour
MOST_OF_PLACE = 30  # from one place of the internet, over all its chats
MOST_OF_ALL = 3000  # of a whole channel
_CODE = "code"


def make_code(
    connection: Connection,
    actor: Actor,
    now: int,
    vault: Vault,
    *,
    person: int = 0,
    household: str = "",
) -> str:
    """For a person, or for somebody of a household who will say which; works once."""
    if person:
        access.person(connection, actor, Operation.MAKE_LINK_CODE, person)
    else:
        access.active(connection, actor, Operation.MAKE_LINK_CODE, household)
    code = passcode.made(secrets.randbits(64))
    target = Target(person, "" if person else household, actor.person)
    links.add_code(connection, vault.mark(_CODE, code), target, now, now + LASTS)
    subject = f"person:{person}" if person else f"household:{household}"
    audit.record(connection, actor, Operation.MAKE_LINK_CODE, subject, now, step="made")
    return code


def show(
    connection: Connection, vault: Vault, code: str, address: Address, now: int, origin: str = ""
) -> Sequence[Someone]:
    """Whom the code may stand for; the chat then claims to be one of them. Raises Refused.
    `origin` is where on the internet the chat is, if that is known."""
    subjects = {f"{_CODE}:{address}": MOST_TRIES, f"{_CODE}:{address.channel}": MOST_OF_ALL}
    if origin:
        subjects[f"{_CODE}:{origin}"] = MOST_OF_PLACE
    for subject, most in subjects.items():
        if links.attempts(connection, subject, now) >= most:
            raise Refused(Problem.TOO_MANY)
    digest = vault.mark(_CODE, code)
    target = links.find_code(connection, digest, now)
    if target is None or not links.reserve(connection, digest, str(address), now):
        for subject in subjects:
            links.attempted(connection, subject, now)
        raise Refused(Problem.BAD_CODE)
    return _candidates(connection, target)


def claim(connection: Connection, address: Address, person: int, now: int) -> bool:
    """The chat is this person's from now on, by the code it showed last. Whoever is first at a
    chat owns it; what was done there unknown was their doing. Whether they own it.

    Raises Refused.
    """
    chat = str(address)
    held = links.reserved(connection, chat, now)
    if held is None:
        raise Refused(Problem.BAD_CODE)
    digest, target = held
    if person not in {one.id for one in _candidates(connection, target)}:
        raise Refused(Problem.NO_PERSON)
    links.use_code(connection, digest, chat, now)
    people.see(connection, {chat: address.channel}, now)
    links.link(connection, chat, person, now)
    owns = links.profiles(connection, [chat])[chat][0].person == person
    audit.record(
        connection,
        Actor(person, address.channel),
        Operation.MAKE_LINK_CODE,
        f"person:{person}",
        now,
        step="used",
        by=target.made_by,
    )
    return owns


def take_seat(connection: Connection, address: Address, person: int, now: int) -> None:
    """The chat works for this one of its people from now on."""
    chat = str(address)
    if person not in {one.person for one in links.profiles(connection, [chat]).get(chat, ())}:
        raise Refused(Problem.NO_PERSON)
    conversations.begin(connection, chat, person, now)
    links.act_as(connection, chat, person)


def leave(connection: Connection, actor: Actor, now: int, person: int, address: str = "") -> None:
    """Unties a person from one chat or all of them: a lost phone, a wrong one."""
    access.person(connection, actor, Operation.CHANGE_PERSON, person)
    links.unlink(connection, person, address)
    audit.record(connection, actor, Operation.CHANGE_PERSON, f"person:{person}", now, step="untied")


def _candidates(connection: Connection, target: Target) -> Sequence[Someone]:
    if target.person:
        return list(persons.get(connection, [target.person]).values())
    return persons.of_households(connection, [target.household])[target.household]
