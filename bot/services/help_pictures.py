"""Pictures in calls for help: of a screen somebody is stuck at, or of what to press. Made small and
without what a camera writes beside them, shown to the other side, forgotten with the call."""

from hashlib import sha256

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.services import help as service
from bot.services import notice_pictures
from bot.services.access import Problem, Refused
from storage import audit, call_pictures, calls
from storage.call_pictures import Coming

LONGEST = 700  # characters of words beside one
_MOST = 20  # in one call
_LONGEST_SIDE = 1280
CLOSED = "closed"


def clean(raw: bytes) -> bytes:
    """JPEG for a phone. Raises Refused."""
    return notice_pictures.clean(raw, _LONGEST_SIDE)


def by_resident(
    connection: Connection, now: int, talk: calls.Talk, reference: str, text: str
) -> None:
    """It has to be fetched first. Raises Refused when there are too many in this call."""
    _room(connection, talk.request)
    call_pictures.add(
        connection, talk.request, talk.person, talk.address, reference, text, now, of_member=False
    )


def by_member(
    connection: Connection,
    actor: Actor,
    now: int,
    number: int,
    address: str,
    reference: str,
    text: str,
) -> None:
    """The same from whoever helps, in their chat. Raises Refused."""
    service.held(connection, actor, number)
    _room(connection, number)
    call_pictures.add(
        connection, number, actor.person, address, reference, text, now, of_member=True
    )
    audit.record(connection, actor, Operation.GIVE_HELP, f"help:{number}", now, kind="picture")


def keep(connection: Connection, actor: Actor, number: int, small: bytes, text: str) -> str:
    """One that a page took and `clean` made small; its path, for `reply` with these words."""
    service.held(connection, actor, number)
    if len(text) > LONGEST:
        raise Refused(Problem.BAD_VALUE)
    _room(connection, number)
    return call_pictures.keep(connection, number, actor.person, _digest(small), small)


def pass_on(connection: Connection, now: int, one: Coming, small: bytes) -> None:
    """It was fetched: the other side is shown it, unless nobody helps there any more."""
    found = calls.get(connection, [one.request]).get(one.request)
    if found is None or found.state != calls.CLAIMED:
        fail(connection, now, one, CLOSED)
        return
    if not call_pictures.arrived(connection, one.id, _digest(small), small):
        return
    if one.of_member:
        due = now + service.FADES_AFTER
        calls.change(connection, one.request, calls.CLAIMED, replied_at=now, due_at=due)
    else:
        service.heard(connection, found, now)
    row = _event(one, now, "reply" if one.of_member else "said", one.text)
    calls.happened(connection, [{**row, "picture": call_pictures.path_of(_digest(small))}])


def fail(connection: Connection, now: int, one: Coming, why: str) -> None:
    """Whoever sent it is told, once."""
    there = calls.get(connection, [one.request])
    if call_pictures.drop(connection, one.id) and there:
        kind = "unpassed-member" if one.of_member else "unpassed"
        calls.happened(connection, [_event(one, now, kind, why)])


def _event(one: Coming, now: int, kind: str, text: str) -> dict[str, object]:
    return {"request": one.request, "kind": kind, "actor": one.actor, "text": text, "at": now}


def _room(connection: Connection, number: int) -> None:
    if call_pictures.count(connection, number) >= _MOST:
        raise Refused(Problem.TOO_MANY)


def _digest(small: bytes) -> str:
    return sha256(small).hexdigest()
