"""The visit list of a week on paper: doors with boxes to tick and the code to type for each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.paper.typesetting import document, printable


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do there, and what is typed when it is done."""

    what: str
    type: str


@dataclass(frozen=True, slots=True)
class Door:
    code: str
    label: str
    people: str
    why: str
    tasks: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Words around the doors: `none` when there are none, `left` says who is not on it."""

    title: str
    how: str
    none: str
    left: str
    footer: str
    doors: Sequence[Door]


def sheet(made: Sheet) -> bytes:
    """A5, as many pages as it takes."""
    return document("visits", _printable(asdict(made)))


def _printable(values: dict[str, object]) -> dict[str, object]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return _printable(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
