"""An announcement from draft to done, by those who may: rights over every place it goes to."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bot.core.announcement import (
    FAILED,
    PUBLIC,
    Content,
    Kind,
    Step,
    may_approve,
    short_code,
)
from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.notice_checks import check
from bot.services import access
from bot.services.access import Problem, Refused
from storage import announcements, approvals, audience, audit, groups, links, recipients, relays
from storage.announcements import Kept

EVERY_AREA = "*"


def compose(
    connection: Connection, actor: Actor, now: int, content: Content, source: str = ""
) -> int:
    """A new draft's id. A source is taken once only."""
    _require(connection, actor, Operation.COMPOSE_ANNOUNCEMENT, content)
    code = short_code(secrets.randbits(64))
    made = announcements.create(connection, code, content, actor.person, now, source)
    if made is None:
        raise Refused(Problem.SAME)
    _keep(connection, actor, Operation.COMPOSE_ANNOUNCEMENT, made, now, step="draft")
    return made


def _require(connection: Connection, actor: Actor, operation: Operation, content: Content) -> None:
    """Over every place. Without places, wherever the actor may."""
    if not content.areas:
        access.scopes(actor, operation)
    for area in content.areas:
        place = EVERYWHERE if area == EVERY_AREA else area
        access.require(connection, actor, operation, place)


def _keep(
    connection: Connection,
    actor: Actor,
    operation: Operation,
    announcement: int,
    now: int,
    **detail: Any,
) -> None:
    audit.record(connection, actor, operation, f"announcement:{announcement}", now, **detail)


def see(
    connection: Connection,
    actor: Actor,
    announcement: int,
    operation: Operation = Operation.SEE_ANNOUNCEMENTS,
) -> Kept:
    """As it stands, locked until the transaction ends. Raises Refused."""
    found = announcements.get(connection, announcement, lock=True)
    if found is None:
        access.scopes(actor, operation)
        raise Refused(Problem.NO_ANNOUNCEMENT)
    _require(connection, actor, operation, found.content)
    return found


def edit(
    connection: Connection, actor: Actor, now: int, announcement: int, version: int, **new: Any
) -> None:
    """Sets fields of what is approved; whatever was decided is void. `version` is the one the
    editor was shown."""
    kept = see(connection, actor, announcement, Operation.COMPOSE_ANNOUNCEMENT)
    content = replace(kept.content, **new)
    _require(connection, actor, Operation.COMPOSE_ANNOUNCEMENT, content)
    if not announcements.edit(connection, announcement, version, content, actor.person, now):
        raise Refused(Problem.CHANGED if version != kept.version else Problem.WRONG_STATE)
    audience.clear(connection, announcement)
    _keep(connection, actor, Operation.COMPOSE_ANNOUNCEMENT, announcement, now, fields=sorted(new))


def submit(connection: Connection, actor: Actor, now: int, announcement: int) -> tuple[int, int]:
    """Asks for approval. Says how many groups and recipients it would go to today."""
    kept = see(connection, actor, announcement, Operation.COMPOSE_ANNOUNCEMENT)
    if faults := [one.code for one in check(kept.content) if not one.warning]:
        raise Refused(Problem.FAULTY, faults=",".join(faults))
    _moved(announcements.move(connection, announcement, Step.SUBMIT, now))
    audience.freeze(connection, announcement, kept.content, now)
    _keep(connection, actor, Operation.COMPOSE_ANNOUNCEMENT, announcement, now, step="submit")
    return audience.sizes(connection, announcement)


def _moved(changed: bool) -> None:
    if not changed:
        raise Refused(Problem.WRONG_STATE)


def approve(
    connection: Connection,
    actor: Actor,
    now: int,
    announcement: int,
    seen: str,
    typed: int,
    glass: str = "",
) -> Kept:
    """Freezes the audience and lets it go. `seen` is the digest the approver was shown, `typed`
    the number of groups; with `glass`, a reason, an editor approves and it is reviewed after."""
    kept = see(connection, actor, announcement, Operation.APPROVE_ANNOUNCEMENT)
    audience.freeze(connection, announcement, kept.content, now)
    counts = audience.sizes(connection, announcement)
    standing = approvals.standing(connection, kept, counts)
    if fault := may_approve(standing, actor.person, seen, typed, glass=glass):
        raise Refused(Problem(fault), groups=str(counts[0]))
    if kept.content.expires_at and kept.content.expires_at <= now:
        raise Refused(Problem.TOO_LATE)
    if not approvals.approve(
        connection, kept, actor.person, now, counts=counts, glass=glass.strip()
    ):
        raise Refused(Problem.CHANGED)
    step = "break-glass" if glass.strip() else "approve"
    _keep(
        connection, actor, Operation.APPROVE_ANNOUNCEMENT, announcement, now, step=step,
        digest=kept.digest,
    )  # fmt: skip
    return kept


def send_back(
    connection: Connection,
    actor: Actor,
    now: int,
    announcement: int,
    reason: str,
    *,
    for_good: bool = False,
) -> None:
    """To its author with a reason, or rejected."""
    kept = see(connection, actor, announcement, Operation.APPROVE_ANNOUNCEMENT)
    if not reason.strip():
        raise Refused(Problem.NO_REASON)
    step = Step.REJECT if for_good else Step.RETURN
    _moved(approvals.unapprove(connection, kept, step, reason.strip(), now))
    audience.clear(connection, announcement)
    approvals.decide(connection, kept, actor.person, step, reason.strip(), now)
    _keep(connection, actor, Operation.APPROVE_ANNOUNCEMENT, announcement, now, step=step)


def review(connection: Connection, actor: Actor, now: int, announcement: int, words: str) -> None:
    """After a broken glass, by another approver."""
    kept = see(connection, actor, announcement, Operation.APPROVE_ANNOUNCEMENT)
    if not words.strip():
        raise Refused(Problem.NO_REASON)
    if not approvals.reviewed(connection, announcement, actor.person):
        raise Refused(Problem.OWN_WORK if kept.approved_by == actor.person else Problem.WRONG_STATE)
    approvals.decide(connection, kept, actor.person, "reviewed", words.strip(), now)
    _keep(connection, actor, Operation.APPROVE_ANNOUNCEMENT, announcement, now, step="review")


def pause(connection: Connection, actor: Actor, now: int, announcement: int) -> None:
    """Nothing more leaves; what is on its way arrives."""
    see(connection, actor, announcement, Operation.STEER_ANNOUNCEMENT)
    _moved(announcements.move(connection, announcement, Step.PAUSE, now))
    _keep(connection, actor, Operation.STEER_ANNOUNCEMENT, announcement, now, step="pause")


def resume(connection: Connection, actor: Actor, now: int, announcement: int) -> None:
    see(connection, actor, announcement, Operation.STEER_ANNOUNCEMENT)
    _moved(announcements.move(connection, announcement, Step.RESUME, now))
    _keep(connection, actor, Operation.STEER_ANNOUNCEMENT, announcement, now, step="resume")


def resend(
    connection: Connection,
    actor: Actor,
    now: int,
    announcement: int,
    states: Collection[str] = FAILED,
) -> int:
    """Once more to those who did not get it; how many. Only a person may add "uncertain"."""
    kept = see(connection, actor, announcement, Operation.STEER_ANNOUNCEMENT)
    if kept.state not in PUBLIC or not set(states) <= {*FAILED, "uncertain"}:
        raise Refused(Problem.WRONG_STATE)
    number = recipients.again(connection, announcement, states)
    if number:
        announcements.move(connection, announcement, Step.RESUME, now)
    _keep(
        connection, actor, Operation.STEER_ANNOUNCEMENT, announcement, now, step="resend",
        states=sorted(states), copies=number,
    )  # fmt: skip
    return number


def correct(
    connection: Connection, actor: Actor, now: int, announcement: int, kind: Kind, text: str
) -> int:
    """A draft of an update or cancellation, to exactly those who got it or may have got it. What
    has not left yet is dropped at once: nobody new is told what is wrong."""
    kept = see(connection, actor, announcement, Operation.COMPOSE_ANNOUNCEMENT)
    if kept.state not in PUBLIC:
        raise Refused(Problem.WRONG_STATE)
    recipients.drop(connection, announcement, "corrected", now)
    content = Content(
        text,
        kind=kind,
        follows=announcement,
        areas=kept.content.areas,
        ways=kept.content.ways,
        channels=kept.content.channels,
        urgent=kept.content.urgent,
    )
    return compose(connection, actor, now, content)


def hand_over(
    connection: Connection, actor: Actor, now: int, announcement: int, copy: int, person: int
) -> None:
    """A relay copy that is not posted goes to another member."""
    see(connection, actor, announcement, Operation.STEER_ANNOUNCEMENT)
    chats = links.reach(connection, [person]).get(person)
    if not chats:
        raise Refused(Problem.NO_PERSON)
    _moved(relays.reassign(connection, announcement, copy, person, chats[0]))
    announcements.move(connection, announcement, Step.RESUME, now)
    _keep(
        connection, actor, Operation.STEER_ANNOUNCEMENT, announcement, now, step="hand-over",
        copy=copy, person=person,
    )  # fmt: skip


def health(connection: Connection, actor: Actor) -> list[groups.Group]:
    """Every group of the actor's places, and why some cannot receive."""
    return groups.below(connection, access.scopes(actor, Operation.SEE_ANNOUNCEMENTS))
