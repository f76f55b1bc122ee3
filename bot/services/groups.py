"""Groups: registered by officials, claimed by a known member with a code from inside."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from bot.core.address import Address
from bot.core.announcement import Way, short_code
from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, groups, own_groups, silence
from storage.database import DAY, HOUR

LASTS = 24 * HOUR
_SILENCE = 60 * DAY


def _digest(code: str) -> str:
    return sha256(code.strip().upper().encode()).hexdigest()


def register(
    connection: Connection, actor: Actor, now: int, code: str, area: str, way: Way, name: str
) -> None:
    access.require(connection, actor, Operation.CLAIM_GROUP, area)
    tidied = " ".join(name.split())
    if not tidied or groups.get(connection, code):
        raise Refused(Problem.SAME if tidied else Problem.BAD_VALUE)
    groups.put(connection, [{"code": code, "area": area, "channel": way, "name": tidied}])
    audit.record(connection, actor, Operation.CLAIM_GROUP, f"group:{code}", now, step="register")


def bind(
    connection: Connection, actor: Actor, now: int, account: tuple[str, str], name: str, area: str
) -> groups.Group:
    """One of our account's own groups, by its id on the platform or its title there, gets the
    place it is for; or another place than before."""
    one = _own(connection, account, name)
    access.require(connection, actor, Operation.CLAIM_GROUP, area)
    if one.area:
        access.require(connection, actor, Operation.CLAIM_GROUP, one.area)
        if one.area == area:
            raise Refused(Problem.SAME)
    code = one.code or Address.parse(one.address).id
    row = {"code": code, "area": area, "channel": account[0], "name": one.title or code}
    groups.put(connection, [row])
    groups.settle(connection, code, area)
    groups.claim(connection, code, one.address, actor.person, now)
    audit.record(connection, actor, Operation.CLAIM_GROUP, f"group:{code}", now, step="bind")
    bound = groups.get(connection, code)
    assert bound is not None  # noqa: S101  # it was put there just now
    return bound


def _own(connection: Connection, account: tuple[str, str], name: str) -> own_groups.Known:
    """Raises Refused unless exactly one group is meant."""
    wanted = name.strip()
    found = [
        one
        for one in own_groups.known(connection, account)
        if one.address.endswith(f".{wanted}") or one.title == wanted or one.code == wanted
    ]
    if len(found) != 1:
        raise Refused(Problem.AMBIGUOUS if found else Problem.NO_GROUP)
    return found[0]


@dataclass(frozen=True, slots=True)
class Watched:
    """`why` says what is wrong with a group, empty for nothing; one that is `reached` only
    wants to be looked at."""

    group: groups.Group
    why: str
    reached: bool


def watch(connection: Connection, actor: Actor, now: int) -> list[Watched]:
    """Every group of the actor's places: those that cannot receive, then those that are silent
    or carry another name now, then the others."""
    quiet = silence.quiet(connection, now - _SILENCE)
    found = []
    for one in groups.below(connection, access.scopes(actor, Operation.SEE_ANNOUNCEMENTS)):
        why = one.trouble or quiet.get(one.code, "") or ("renamed" if one.renamed else "")
        found.append(Watched(one, why, not one.trouble))
    return sorted(found, key=lambda one: (one.reached, not one.why, one.group.code))


def claim_code(connection: Connection, actor: Actor, now: int, code: str) -> str:
    """To be posted in the group within a day; a new one replaces the old."""
    found = groups.get(connection, code)
    if found is None:
        raise Refused(Problem.NO_GROUP)
    access.require(connection, actor, Operation.CLAIM_GROUP, found.area)
    made = short_code(secrets.randbits(64))
    groups.offer(connection, code, _digest(made), now + LASTS)
    audit.record(connection, actor, Operation.CLAIM_GROUP, f"group:{code}", now, step="code")
    return made


def claim(
    connection: Connection, actor: Actor, now: int, claim: str, channel: str, address: str
) -> groups.Group:
    """The group the code stands for becomes the one at this address. A relay group (`channel`
    "relay") is claimed in the member's own chat and gets a keeper."""
    found = groups.by_claim(connection, _digest(claim), now)
    if found is None:
        raise Refused(Problem.BAD_CODE)
    access.require(connection, actor, Operation.CLAIM_GROUP, found.area)
    relay = found.channel == Way.RELAY
    if found.channel != channel:
        raise Refused(Problem.BAD_VALUE)
    bound = "" if relay else address
    if not groups.claim(connection, found.code, bound, actor.person, now):
        raise Refused(Problem.SAME)
    audit.record(connection, actor, Operation.CLAIM_GROUP, f"group:{found.code}", now, step="claim")
    return found
