"""What was measured, against which goal, and the one table that says so. Measures nothing."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """`value` is reached from above, or from below when `most`."""

    value: float
    most: bool = False

    def met(self, value: float) -> bool:
        return value <= self.value if self.most else value >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {figure(self.value)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `against` names what a ratio is a ratio to."""

    part: str
    name: str
    value: float
    unit: str
    against: str = ""
    goal: Goal | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        return self.goal.met(self.value) if self.goal else None


def figure(value: float) -> str:
    """Three digits that mean something; thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios round by round: what else the machine did cancels out."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


TIMES = "×"  # noqa: RUF001  # the sign of a ratio
_HEAD = "| part | what | measured | against | goal | met |\n|---|---|--:|---|--:|---|"


def markdown(rows: Sequence[Row]) -> str:
    lines = [_HEAD]
    for row in rows:
        met = {True: "yes", False: "**no**", None: ""}[row.met]
        what = f"{row.name} ({row.note})" if row.note else row.name
        measured = f"{figure(row.value)} {row.unit}".strip()
        goal = str(row.goal) if row.goal else ""
        lines.append(f"| {row.part} | {what} | {measured} | {row.against} | {goal} | {met} |")
    return "\n".join(lines)
