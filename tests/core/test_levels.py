"""A week divided into the places right below: sums say what they lack, shares need a base."""

from bot.core.figures import VERIFIED, Figures, Guiding, Place, Proof, Sum
from bot.core.indicators import Base, Goal
from bot.core.levels import Part, Setting, divided, neediest

_PART_OF = {"a1": "a", "a2": "a", "b1": "b"}


def _place(area: str, homes: int | None, visited: int | None) -> Place:
    return Place(area, area, "", homes, homes, 0, None, visited, 0, None, 0)


def _guiding(area: str, base: Base, verified: int, guide: str = "vneid") -> Guiding:
    return Guiding(area, guide, 1, 1, {VERIFIED: Proof(1, verified)}, base)


def _figures(*guides: Guiding) -> Figures:
    places = [_place("a1", 3, 1), _place("a2", None, None), _place("b1", 2, 2)]
    return Figures("2027-W02", "", "", "2027-01-17", "2027-01-18", True, places, guides, [], 0)


def _parts(settings: dict[str, Setting] | None = None) -> list[Part]:
    figures = _figures(
        _guiding("", Base(99), 9),
        _guiding("a1", Base(10, "danh sách", "2027-01-18", 2), 4),
        _guiding("a2", Base(5, "Công an", "2027-01-10"), 1),
        _guiding("b1", Base(), 1),
        _guiding("b1", Base(50), 40, "an-toan"),
    )
    return divided(figures, "vneid", _PART_OF, settings or {})


def test_places_are_put_together_by_the_part_they_lie_in() -> None:
    first, second = _parts()
    assert (first.area, first.homes, first.visited) == ("a", Sum(3, 1), Sum(1, 1))
    assert first.guiding.proof(VERIFIED) == Proof(2, 5)
    assert first.guiding.base == Base(15, "Công an, danh sách", "2027-01-18", 2)
    assert (second.area, second.homes.number, second.guiding.base) == ("b", 2, Base())
    assert second.guiding.indicator(VERIFIED).tenths is None


def test_what_officials_set_for_the_part_counts_before_sums() -> None:
    goal = Goal(20, "2027-06-30")
    official = Base(40, "UBND", "2027-01-01")
    first, second = _parts({"a": Setting(official, goal), "b": Setting(goal=goal)})
    assert (first.guiding.base, first.guiding.goal) == (official, goal)
    assert (second.guiding.base, second.guiding.goal) == (Base(), goal)


def test_the_neediest_are_named_when_there_is_a_choice() -> None:
    def part(area: str, verified: int, base: int | None) -> Part:
        return Part(area, Sum(1, 0), Sum(1, 0), _guiding(area, Base(base), verified))

    parts = [part("a", 5, 10), part("b", 1, 10), part("c", 3, 10), part("d", 2, None)]
    assert neediest(parts) == []
    assert [one.area for one in neediest([*parts, part("e", 2, 10)])] == ["b", "e", "c"]
