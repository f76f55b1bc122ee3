"""A week of a place divided into the places right below it. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.figures import VERIFIED, Figures, Guiding, Place, Sum, added, summed
from bot.core.indicators import Base, Goal

NEEDIEST = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """What officials set for a place: their own count, a goal, or neither."""

    base: Base | None = None
    goal: Goal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the places below, with all that lies in it; about one guide."""

    area: str
    homes: Sum
    visited: Sum
    guiding: Guiding


def divided(
    figures: Figures, guide: str, part_of: Mapping[str, str], settings: Mapping[str, Setting]
) -> list[Part]:
    """`part_of` says for each place of the figures which part it belongs to."""
    groups: defaultdict[str, list[Place]] = defaultdict(list)
    for one in figures.places:
        groups[part_of[one.area]].append(one)
    guiding = {one.area: one for one in figures.guides if one.guide == guide and one.area}
    nothing = Setting()
    return [
        _part(
            area,
            places,
            [guiding[one.area] for one in places if one.area in guiding],
            guide,
            settings.get(area, nothing),
        )
        for area, places in groups.items()
    ]


def _part(
    area: str, places: Sequence[Place], each: Sequence[Guiding], guide: str, setting: Setting
) -> Part:
    base = setting.base or _base(each)
    return Part(
        area,
        added(one.homes for one in places),
        added(one.visited for one in places),
        summed(area, guide, each, base, setting.goal),
    )


def _base(each: Sequence[Guiding]) -> Base:
    """Theirs together; an official count of a smaller place counts as it is."""
    number = added(one.base.number for one in each)
    sources = {one.base.source for one in each if one.base.number is not None}
    days = {one.base.day for one in each if one.base.number is not None}
    unsure = sum(one.base.unsure for one in each)
    if number.number is None:
        return Base()
    return Base(number.number, ", ".join(sorted(sources)), max(days), unsure)


def neediest(parts: Sequence[Part]) -> list[Part]:
    """Where the smallest share was seen to be able, if there is a choice."""
    known = [(one.guiding.indicator(VERIFIED).tenths, one.area, one) for one in parts]
    ranked = sorted((tenths, area, one) for tenths, area, one in known if tenths is not None)
    return [one for _, _, one in ranked[:NEEDIEST]] if len(ranked) > NEEDIEST else []
