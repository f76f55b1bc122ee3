"""Calls for a person: the queue, claiming, answering, giving back, ending. Whoever is concerned is
told by the worker (bot/help_line.py), so nothing here is told twice or forgotten."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.rights import Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import areas, audit, calls, persons, runs
from storage.calls import Happened, Request
from storage.database import DAY, MINUTE

REPLY_WITHIN = 20 * MINUTE
FADES_AFTER = DAY
LONGEST = 1000  # characters
_MOST_LIVE = 5000
DONE, OWN, STOPPED, FADED = "done", "own", "stopped", "faded"
RESUMES = (DONE, OWN, FADED)


@dataclass(frozen=True, slots=True)
class Line:
    """A live request as the queue shows it; names are empty while nobody is known."""

    request: Request
    name: str
    household: str
    helper: str


def queue(connection: Connection, actor: Actor, limit: int = 50, after: int = 0) -> list[Line]:
    """What is open or claimed in the actor's places, oldest first."""
    scopes = access.scopes(actor, Operation.SEE_HELP)
    found = calls.live(connection, scopes, limit, after)
    known = persons.get(connection, _concerned(found))
    return [_line(one, known) for one in found]


def queues(
    connection: Connection, actors: Collection[Actor], limit: int = 50
) -> dict[int, list[Line]]:
    """The same for many who watch, by person, with as many statements as for one. Nothing for
    who may see nothing any more."""
    scopes = {one.person: frozenset(one.scopes(Operation.SEE_HELP)) for one in actors}
    found = calls.live(connection, frozenset().union(*scopes.values()), _MOST_LIVE)
    known = persons.get(connection, _concerned(found))
    around = areas.lines(connection, {one.area for one in found})
    lines = [(_line(one, known), around[one.area]) for one in found]
    seen = {
        mine: [line for line, places in lines if not mine.isdisjoint(places)][:limit]
        for mine in set(scopes.values())
    }
    return {person: seen[mine] for person, mine in scopes.items()}


def _line(one: Request, known: dict[int, persons.Someone]) -> Line:
    who, helper = known.get(one.person), known.get(one.claimed_by)
    return Line(
        one, who.name if who else "", who.household if who else "", helper.name if helper else ""
    )


def _concerned(found: Collection[Request]) -> set[int]:
    return {person for one in found for person in (one.person, one.claimed_by)}


def thread(connection: Connection, actor: Actor, number: int) -> list[Happened]:
    """What happened so far; words are kept while the request lives."""
    _seen(connection, actor, Operation.SEE_HELP, number)
    return calls.history(connection, number)


def claim(connection: Connection, actor: Actor, now: int, number: int, chat: str = "") -> None:
    """Of several the first; `chat` is where the member wants to be answered, if in a chat."""
    found = _seen(connection, actor, Operation.GIVE_HELP, number)
    if found.state == calls.CLAIMED and found.claimed_by == actor.person:
        return
    if found.person and found.person == actor.person:
        raise Refused(Problem.OWN_WORK)
    values = {"claimed_by": actor.person, "claimed_at": now, "helper": chat, "level": ""}
    fresh = {"replied_at": 0, "said_at": 0, "due_at": now + REPLY_WITHIN, "state": calls.CLAIMED}
    if not calls.change(connection, number, calls.OPEN, **values, **fresh):
        raise _taken(connection, number)
    _keep(connection, actor, now, number, "claimed")


def _taken(connection: Connection, number: int) -> Refused:
    """Says who was first."""
    found = calls.get(connection, [number])[number]
    holder = persons.get(connection, [found.claimed_by]).get(found.claimed_by)
    if found.state == calls.CLAIMED and holder:
        return Refused(Problem.TAKEN, number=str(number), name=holder.name)
    return Refused(Problem.NO_HELP, number=str(number))


def reply(
    connection: Connection, actor: Actor, now: int, number: int, text: str, picture: str = ""
) -> None:
    """To the resident, in their own chat; whoever writes shows no number of theirs. A picture,
    by its path, needs no words."""
    held(connection, actor, number)
    words = _words(text) if text.strip() or not picture else ""
    calls.change(connection, number, calls.CLAIMED, replied_at=now, due_at=now + FADES_AFTER)
    _keep(connection, actor, now, number, "reply", words, picture=picture)


def said(connection: Connection, now: int, talk: calls.Talk, text: str) -> bool:
    """By the resident, to whoever helps them. Whether somebody does."""
    found = calls.get(connection, [talk.request])[talk.request]
    if not heard(connection, found, now):
        return False
    _write(connection, talk.request, "said", talk.person, now, _words(text))
    return True


def told(connection: Connection, now: int, chat: str, person: int, text: str) -> None:
    """What the call of this chat and person is about, for whoever claims it or has it."""
    for found in calls.of_chats(connection, [chat]):
        if found.person == person:
            heard(connection, found, now)
            _write(connection, found.id, "said", person, now, text)


def heard(connection: Connection, found: Request, now: int) -> bool:
    """The resident said or showed something: whoever helps is to answer. Whether somebody does."""
    values = {"said_at": now}
    if not found.waits:
        values["due_at"] = now + REPLY_WITHIN
    return calls.change(connection, found.id, calls.CLAIMED, **values)


def release(connection: Connection, actor: Actor, now: int, number: int) -> None:
    """The member cannot: others are asked at once."""
    found = held(connection, actor, number)
    _reopen(connection, found, now)
    _keep(connection, actor, now, number, "released", actor=found.claimed_by)


def returned(connection: Connection, found: Request, now: int) -> bool:
    """The clock took it back from a member who did not answer."""
    if not _reopen(connection, found, now):
        return False
    _write(connection, found.id, "returned", found.claimed_by, now)
    return True


def _reopen(connection: Connection, found: Request, now: int) -> bool:
    values = {"state": calls.OPEN, "claimed_by": 0, "helper": "", "level": "", "due_at": now}
    return calls.change(connection, found.id, calls.CLAIMED, **values)


def hand_back(connection: Connection, actor: Actor, now: int, number: int) -> None:
    """Helped: the guide goes on where it stood."""
    close(connection, actor, now, number, DONE)


def close(connection: Connection, actor: Actor, now: int, number: int, outcome: str) -> None:
    """`outcome` is a slug; the guide goes on."""
    found = held(connection, actor, number)
    _end(connection, found, now, outcome)
    _keep(connection, actor, now, number, outcome)


def end(connection: Connection, found: Request, now: int, outcome: str) -> bool:
    """By the resident or the clock: they go on by themselves, want nothing more, or nobody
    said anything for a day."""
    if not _end(connection, found, now, outcome):
        return False
    _write(connection, found.id, outcome, found.person, now)
    return True


def _end(connection: Connection, found: Request, now: int, outcome: str) -> bool:
    """Where the guide goes on at once nobody has to be reminded of it."""
    values = {"state": calls.CLOSED, "outcome": outcome, "ended_at": now}
    if not calls.change(connection, found.id, found.state, **values):
        return False
    if outcome in RESUMES and found.guide:
        runs.answered(connection, found.person, found.guide)
    return True


def _seen(connection: Connection, actor: Actor, operation: Operation, number: int) -> Request:
    """One of somebody else's place is refused before it is said whether it exists."""
    found = calls.get(connection, [number]).get(number)
    if found is None:
        access.scopes(actor, operation)
        raise Refused(Problem.NO_HELP, number=str(number))
    access.require(connection, actor, operation, found.area)
    return found


def held(connection: Connection, actor: Actor, number: int) -> Request:
    """By the actor, or by somebody they lead. Raises Refused."""
    found = _seen(connection, actor, Operation.GIVE_HELP, number)
    if found.claimed_by != actor.person or found.state != calls.CLAIMED:
        access.require(connection, actor, Operation.STEER_HELP, found.area)
    if found.state == calls.CLOSED:
        raise Refused(Problem.NO_HELP, number=str(number))
    if found.state == calls.OPEN:
        raise Refused(Problem.WRONG_STATE, number=str(number))
    return found


def _words(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise Refused(Problem.BAD_VALUE)
    return words


def _write(
    connection: Connection,
    number: int,
    kind: str,
    person: int,
    now: int,
    text: str = "",
    picture: str = "",
) -> None:
    row = {"request": number, "kind": kind, "actor": person, "text": text, "at": now}
    calls.happened(connection, [{**row, "picture": picture}])


def _keep(
    connection: Connection,
    by: Actor,
    now: int,
    number: int,
    kind: str,
    text: str = "",
    *,
    actor: int = 0,
    picture: str = "",
) -> None:
    _write(connection, number, kind, actor or by.person, now, text, picture)
    audit.record(connection, by, Operation.GIVE_HELP, f"help:{number}", now, kind=kind)
