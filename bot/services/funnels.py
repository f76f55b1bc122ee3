"""Where people get stuck in a guide, step by step. Rights asked first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import Connection

from bot.core.counts import CAME, REST, added_steps
from bot.core.effects import Outcome
from bot.core.guide import Guide, GuideStep
from bot.core.rights import Actor, Operation
from bot.core.weeks import day_of, of_day
from bot.services import access, counting
from bot.services.counting import RESTS, WALKED
from storage import funnels


@dataclass(frozen=True, slots=True)
class Step:
    """What became of those who `came` to a step, each counted once: `rest` have stood still there,
    and not asked for help, for some days. Troubles by how many had them, most first."""

    item: str
    came: int
    passed: int
    stuck: int
    rest: int
    troubles: Sequence[tuple[str, int]]


def lately(
    connection: Connection, actor: Actor, now: int, zone: tzinfo, guide: Guide, area: str = ""
) -> list[Step]:
    """Of the last 30 days, as it was kept if that was within the hour."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    kept = counting.steps(connection, area, of_day(day_of(now, zone)), now)
    if kept is None:
        return funnel(connection, actor, now, guide, now - WALKED, area)
    counted = added_steps(kept, guide.id)
    return [_step(one, counted) for one in guide.steps]


def funnel(
    connection: Connection, actor: Actor, now: int, guide: Guide, since: int, area: str = ""
) -> list[Step]:
    """As it is now. Everywhere it counts chats nobody is tied to as well; of a place only those
    who live there."""
    access.require(connection, actor, Operation.SEE_FIGURES, area)
    counted = funnels.walked(connection, [area], guide.id, since, now, now - RESTS)
    return [_step(one, counted) for one in guide.steps]


def _step(step: GuideStep, counted: Mapping[tuple[str, str], int]) -> Step:
    had = [(one.id, counted.get((one.id, Outcome.TROUBLE), 0)) for one in step.troubles]
    rest = counted.get((step.id, REST), 0)
    return Step(
        step.id,
        came=counted.get((step.id, CAME), 0) + rest,
        passed=counted.get((step.id, Outcome.DONE), 0),
        stuck=counted.get((step.id, Outcome.STUCK), 0),
        rest=rest,
        troubles=sorted((one for one in had if one[1]), key=lambda one: (-one[1], one[0])),
    )
