"""The first run: open with a code the server prints, until there is somebody who operates it."""

from base64 import b32encode
from collections.abc import Mapping
from hmac import compare_digest

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation, Role, terminal
from bot.services import access, logins, persons, roles
from bot.services.access import Problem, Refused
from bot.vault import Vault
from storage import audit, kept_settings, links, teams, upkeep
from storage import logins as stored

DONE = "set-up"
MOST_TRIES = 10  # in an hour from one place, and ten times that from everywhere
_SIGNS = 12
_SETTING = "change-setting"


def is_open(connection: Connection) -> bool:
    """Until it was gone through once, or somebody was let in from the terminal."""
    if upkeep.last(connection, DONE) or stored.any_login(connection):
        return False
    return not teams.holders(connection, Role.OPERATOR)


def code(vault: Vault) -> str:
    """The same for every process and after a restart; nothing is stored. ABCD-EFGH-IJKL."""
    signs = b32encode(bytes.fromhex(vault.mark(DONE, "code"))).decode()[:_SIGNS]
    return "-".join(signs[at : at + 4] for at in range(0, _SIGNS, 4))


def pass_of(vault: Vault) -> str:
    """What a browser keeps that has typed the code."""
    return vault.mark(DONE, "pass")


def may_go_on(vault: Vault, given: str) -> bool:
    return compare_digest(given.encode(), pass_of(vault).encode())


def count_try(connection: Connection, now: int, place: str) -> None:
    """Before the code is looked at, and committed whatever it was. Raises Refused."""
    for subject, most in ((f"{DONE}:{place}", MOST_TRIES), (DONE, 10 * MOST_TRIES)):
        if links.attempted(connection, subject, now) > most:
            raise Refused(Problem.LOCKED)


def is_code(vault: Vault, given: str) -> bool:
    """Read from another screen: small letters, spaces and a forgotten dash do not matter."""
    signs = "".join(one for one in given.upper() if one.isalnum())
    return compare_digest(signs.encode(), code(vault).replace("-", "").encode())


def keep(
    connection: Connection, actor: Actor, now: int, vault: Vault, values: Mapping[str, str]
) -> None:
    """The trail names what was set, never to what. Raises Refused."""
    access.require(connection, actor, Operation.GRANT_ROLE, "")
    sealed = {name: vault.seal(value) for name, value in values.items()}
    kept_settings.keep(connection, sealed, actor.person, now)
    for name in values:
        audit.record(connection, actor, _SETTING, f"setting:{name}", now)


def forget(connection: Connection, actor: Actor, now: int, name: str) -> None:
    """Raises Refused."""
    access.require(connection, actor, Operation.GRANT_ROLE, "")
    if not kept_settings.forget(connection, name):
        raise Refused(Problem.NOTHING)
    audit.record(connection, actor, _SETTING, f"setting:{name}", now, step="forget")


def finish(
    connection: Connection,
    now: int,
    vault: Vault,
    name: str,
    login: str,
    password: str,
    secret: str,
    typed: str,
) -> None:
    """The first operator, everywhere; `password` is its digest, `secret` of their codes. Closes
    the set-up for good in the same transaction. Raises Refused."""
    if not (is_open(connection) and upkeep.first_time(connection, DONE, now)):
        raise Refused(Problem.WRONG_STATE)
    actor = terminal()
    person = persons.official(connection, actor, now, name, "")
    roles.appoint(connection, actor, now, person, Role.OPERATOR, "")
    token = logins.invite(connection, actor, now, vault, person, login, secret)
    logins.set_up(connection, now, vault, token, password, typed)
