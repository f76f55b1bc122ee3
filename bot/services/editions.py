"""Guides in words of one's own: written by some, approved by another, published as a new version.
They are everybody's, so rights are asked over everywhere. What a draft reads as is judged before,
by bot/editions.py, and bound to what was seen."""

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.core.guide import Guide
from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.library import to_json
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, conversations, editions
from storage.editions import Edition

_MOST_WORDS = 300


def open_one(connection: Connection, actor: Actor, guide: str) -> Edition | None:
    """What is being written or waits for approval; every official may see it."""
    access.scopes(actor, Operation.SEE_GUIDES)
    return editions.open_one(connection, guide)


def save(
    connection: Connection,
    actor: Actor,
    now: int,
    guide: str,
    base: str,
    texts: Mapping[str, str],
    seen_at: int,
    *,
    takes_up: bool = False,
) -> None:
    """`base` is the shipped revision; `seen_at` when what was written on was changed, 0 for a new
    one. What waited for approval does not any more. With `takes_up` what the release says was
    looked at, so that it is the base from now on."""
    access.require(connection, actor, Operation.EDIT_GUIDE, EVERYWHERE)
    seen = editions.open_one(connection, guide)
    if (seen.changed_at if seen else 0) != seen_at:
        raise Refused(Problem.CHANGED)
    if seen is None:
        editions.add(connection, guide, base, {}, now)
        seen = editions.open_one(connection, guide)
        assert seen  # noqa: S101  # just added
    writers = [*(one for one in seen.editors if one != actor.person), actor.person]
    base = base if takes_up else seen.base
    if not editions.save(connection, seen, texts, writers, now, base):
        raise Refused(Problem.CHANGED)
    _audit(connection, actor, Operation.EDIT_GUIDE, seen, now, step="save", files=sorted(texts))


def submit(
    connection: Connection, actor: Actor, now: int, seen: Edition, built: Guide, current: str
) -> None:
    """`current` is the revision that residents have now."""
    access.require(connection, actor, Operation.EDIT_GUIDE, EVERYWHERE)
    if seen.state != editions.DRAFT:
        raise Refused(Problem.WRONG_STATE)
    if built.revision == current:
        raise Refused(Problem.NOTHING)
    if not editions.submit(connection, seen, built.revision, now):
        raise Refused(Problem.CHANGED)
    _audit(connection, actor, Operation.EDIT_GUIDE, seen, now, step="submit", to=built.revision)


def approve(
    connection: Connection, actor: Actor, now: int, seen: Edition, built: Guide, looked_at: str
) -> None:
    """By nobody who wrote in it, and only what was looked at: a revision is a digest of all a
    resident will read."""
    access.require(connection, actor, Operation.APPROVE_GUIDE, EVERYWHERE)
    _submitted(seen)
    if actor.person in seen.editors:
        raise Refused(Problem.OWN_WORK)
    if not looked_at == seen.revision == built.revision:
        raise Refused(Problem.CHANGED)
    if not editions.decide(connection, seen, editions.PUBLISHED, actor.person, now):
        raise Refused(Problem.CHANGED)
    version = {(seen.guide, built.revision): to_json(built).decode()}
    conversations.add_versions(connection, version, now)
    _audit(connection, actor, Operation.APPROVE_GUIDE, seen, now, to=built.revision)


def send_back(connection: Connection, actor: Actor, now: int, seen: Edition, reason: str) -> None:
    access.require(connection, actor, Operation.APPROVE_GUIDE, EVERYWHERE)
    _submitted(seen)
    if not 0 < len(reason) <= _MOST_WORDS:
        raise Refused(Problem.NO_REASON)
    if not editions.decide(connection, seen, editions.DRAFT, actor.person, now, reason):
        raise Refused(Problem.CHANGED)
    _audit(connection, actor, Operation.APPROVE_GUIDE, seen, now, step="back")


def drop(connection: Connection, actor: Actor, now: int, seen: Edition) -> None:
    """Residents go on with what they have."""
    access.require(connection, actor, Operation.EDIT_GUIDE, EVERYWHERE)
    if not editions.decide(connection, seen, editions.DROPPED, actor.person, now):
        raise Refused(Problem.CHANGED)
    _audit(connection, actor, Operation.EDIT_GUIDE, seen, now, step="drop")


def _submitted(seen: Edition) -> None:
    if seen.state != editions.SUBMITTED:
        raise Refused(Problem.WRONG_STATE)


def _audit(
    connection: Connection,
    actor: Actor,
    operation: Operation,
    seen: Edition,
    now: int,
    **detail: object,
) -> None:
    audit.record(connection, actor, operation, f"guide:{seen.guide}", now, **detail)
