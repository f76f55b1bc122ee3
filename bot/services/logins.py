"""Ways into the console: officials with password and code, members with a one-time link."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from bot import credentials
from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import audit, links, logins, persons, teams
from storage.database import DAY, HOUR, MINUTE, SECOND

LINK_LASTS = 10 * MINUTE
INVITATION_LASTS = 2 * DAY
OFFICIAL_LASTS = 12 * HOUR
MEMBER_LASTS = 30 * DAY
MOST_TRIES = 60  # in an hour from one place
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
VIA = "console"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who a session belongs to, with what they may do and how they are called."""

    actor: Actor
    name: str
    way: str
    stale: bool


def invite(
    connection: Connection,
    actor: Actor,
    now: int,
    vault: Vault,
    person: int,
    name: str = "",
    secret: str = "",
) -> str:
    """A login for somebody who holds an office, or a new start for one: password and code are
    void and every session ends. The token of the link to set it up. `secret` of the codes when
    it was shown already. Raises Refused."""
    access.require(connection, actor, Operation.GRANT_ROLE, "")
    kept = logins.of_person(connection, person)
    name = name or (kept.name if kept else "")
    other = logins.named(connection, name)
    if not _NAME.fullmatch(name):
        raise Refused(Problem.BAD_VALUE)
    if other and other.person != person:
        raise Refused(Problem.NAME_TAKEN, name=name)
    _with_office(connection, person)
    logins.end_all(connection, person)
    made, sealed = credentials.token(), vault.seal(secret or credentials.new_secret())
    until = now + INVITATION_LASTS
    logins.invite(connection, person, name, sealed, credentials.digest(made), until, now)
    audit.record(connection, actor, Operation.GRANT_ROLE, f"person:{person}", now, step="invite")
    return made


def _with_office(connection: Connection, person: int) -> tuple[str, ...]:
    """The places of somebody who has something to do here. Raises Refused."""
    if person not in persons.get(connection, [person]):
        raise Refused(Problem.NO_PERSON)
    places = teams.actors(connection, [person], VIA)[person].scopes(Operation.ENTER_CONSOLE)
    if not places:
        raise Refused(Problem.NO_ROLE)
    return places


def invited(
    connection: Connection, now: int, vault: Vault, token: str
) -> tuple[logins.Kept, str] | None:
    """The login an invitation is for, and the secret of its codes."""
    kept = logins.invited(connection, credentials.digest(token), now)
    return (kept, vault.open(kept.totp)) if kept else None


def set_up(
    connection: Connection, now: int, vault: Vault, token: str, password: str, code: str
) -> None:
    """`password` is its digest. Raises Refused."""
    found = invited(connection, now, vault, token)
    if found is None:
        raise Refused(Problem.BAD_LINK)
    kept, secret = found
    step = credentials.code_step(secret, code, now // SECOND)
    if not step:
        raise Refused(Problem.BAD_CODE)
    if not logins.set_up(connection, credentials.digest(token), password, step):
        raise Refused(Problem.BAD_LINK)
    own = Actor(kept.person, VIA)
    audit.record(connection, own, "set-password", f"person:{kept.person}", now)


def begin_try(connection: Connection, now: int, name: str, place: str) -> logins.Kept | None:
    """Counts a try to log in from a place, over all processes. Raises Refused while locked."""
    if links.attempted(connection, f"login:{place}", now) > MOST_TRIES:
        raise Refused(Problem.LOCKED)
    kept = logins.count_try(connection, name, now)
    if kept and kept.locked_until > now:
        raise Refused(Problem.LOCKED)
    return kept


def finish_try(
    connection: Connection, now: int, vault: Vault, kept: logins.Kept | None, code: str
) -> str:
    """After the password was right: the token of a new session. Raises Refused."""
    step = kept and credentials.code_step(vault.open(kept.totp), code, now // SECOND)
    if not (kept and step and logins.succeeded(connection, kept.name, step)):
        raise Refused(Problem.BAD_LOGIN)
    return _begin(connection, now, kept.person, "password", OFFICIAL_LASTS)


def _begin(connection: Connection, now: int, person: int, way: str, lasts: int) -> str:
    made = credentials.token()
    logins.begin(connection, credentials.digest(made), person, way, now, now + lasts)
    audit.record(connection, Actor(person, VIA), "log-in", f"person:{person}", now, way=way)
    return made


def link(connection: Connection, actor: Actor, now: int, person: int) -> str:
    """The token of a one-time link for a member, from somebody over every place of theirs.
    Raises Refused."""
    for place in _with_office(connection, person):
        access.require(connection, actor, Operation.GIVE_LOGIN, place, own=f"person:{person}")
    made = credentials.token()
    until = now + LINK_LASTS
    logins.add_link(connection, credentials.digest(made), person, actor.person, until)
    audit.record(connection, actor, Operation.GIVE_LOGIN, f"person:{person}", now)
    return made


def play(connection: Connection, now: int, person: int) -> str:
    """Lets somebody of the demo in; nothing else may call it."""
    return _begin(connection, now, person, "demo", OFFICIAL_LASTS)


def linked(connection: Connection, now: int, token: str) -> str:
    """How the one a link is for is called; empty for a used or old link. Changes nothing:
    chat applications fetch links before anybody presses them."""
    person = logins.link_of(connection, credentials.digest(token), now)
    found = persons.get(connection, [person]) if person else {}
    return found[person].name if person in found else ""


def enter(connection: Connection, now: int, token: str) -> str:
    """Uses the link: the token of a new session. Raises Refused."""
    digest = credentials.digest(token)
    person = logins.link_of(connection, digest, now)
    if person is None or not logins.use_link(connection, digest, now):
        raise Refused(Problem.BAD_LINK)
    return _begin(connection, now, person, "link", MEMBER_LASTS)


def entered(connection: Connection, now: int, token: str) -> Entered | None:
    """Who is in with this session, rights as they are now."""
    kept = logins.session(connection, credentials.digest(token), now) if token else None
    if kept is None:
        return None
    actor = teams.actors(connection, [kept.person], VIA)[kept.person]
    found = persons.get(connection, [kept.person])
    name = found[kept.person].name if kept.person in found else ""
    return Entered(actor, name, kept.way, logins.is_stale(kept, now))


def alive(connection: Connection, now: int, token: str) -> None:
    logins.seen(connection, credentials.digest(token), now)


def leave(connection: Connection, token: str) -> None:
    logins.end(connection, credentials.digest(token))


def end_sessions(connection: Connection, actor: Actor, now: int, person: int) -> int:
    """Everywhere at once; how many. Raises Refused."""
    access.require(connection, actor, Operation.END_SESSIONS, "", own=f"person:{person}")
    ended = logins.end_all(connection, person)
    audit.record(connection, actor, Operation.END_SESSIONS, f"person:{person}", now, sessions=ended)
    return ended
