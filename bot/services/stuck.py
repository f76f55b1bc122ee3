"""Work that stopped and needs a person's word. Everything an operator decides is audited."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.core.rights import EVERYWHERE, Actor, Operation
from bot.services import access
from bot.services.access import Problem, Refused
from storage import audit, stuck

_MOST = 50


@dataclass(frozen=True, slots=True)
class Work:
    parked: list[stuck.Parked]
    doubtful: list[stuck.Doubtful]


def listed(connection: Connection, actor: Actor) -> Work:
    access.require(connection, actor, Operation.STEER_CHANNELS, EVERYWHERE)
    return Work(stuck.parked(connection, _MOST), stuck.doubtful(connection, _MOST))


def parked(connection: Connection, actor: Actor, now: int, number: int, what: str) -> None:
    """Tried once more, or left for good."""
    access.require(connection, actor, Operation.STEER_CHANNELS, EVERYWHERE)
    if what not in (stuck.AGAIN, stuck.DROPPED):
        raise Refused(Problem.BAD_VALUE)
    if not stuck.settle_parked(connection, number, what):
        raise Refused(Problem.SAME)
    target = f"inbox:{number}"
    audit.record(connection, actor, Operation.STEER_CHANNELS, target, now, step=what)


def doubtful(connection: Connection, actor: Actor, now: int, number: int, what: str) -> None:
    """Sent once more, taken for arrived, or given up."""
    access.require(connection, actor, Operation.STEER_CHANNELS, EVERYWHERE)
    if what not in (stuck.AGAIN, stuck.ARRIVED, stuck.DROPPED):
        raise Refused(Problem.BAD_VALUE)
    if not stuck.settle_doubtful(connection, number, what, now):
        raise Refused(Problem.SAME)
    target = f"outbox:{number}"
    audit.record(connection, actor, Operation.STEER_CHANNELS, target, now, step=what)
