"""Content files as they lie on disk: YAML and Markdown, each part with its line.

What the parts mean is library.py's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_Model = TypeVar("_Model", bound=BaseModel)
_Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of content. `code` names a sentence under `checks` in messages.yaml, which
    `values` complete; a warning does not fail the check. Lines count from 1, 0 is unknown."""

    code: str
    file: str
    line: int = 0
    values: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False


class ContentError(Exception):
    """Files that cannot be read as content."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*findings)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Yaml:
    """Plain values, every scalar a text: no surprise booleans, dates or octal numbers."""

    path: Path
    plain: Any
    lines: Mapping[_Place, int]

    def line(self, *place: int | str) -> int:
        """Of a value, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a "## heading", or before the first one with an empty heading."""

    heading: str
    text: str
    line: int


def shown(path: Path) -> str:
    """How a file is named to authors."""
    return "/".join(path.parts[-2:])


def read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ContentError(Finding("no_file", shown(path))) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            Finding("unreadable", shown(path), values={"detail": type(error).__name__})
        ) from error


def read_yaml(path: Path) -> Yaml:
    text = read_text(path)
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
        plain = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  # texts only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(
            Finding("unreadable", shown(path), line, {"detail": error.problem})
        ) from error
    except yaml.YAMLError as error:  # signs no YAML may hold
        raise ContentError(
            Finding("unreadable", shown(path), values={"detail": type(error).__name__})
        ) from error
    if node and (twice := list(_twice(path, node))):
        raise ContentError(*twice)
    return Yaml(path, plain, dict(_lines(node)) if node else {})


def _twice(path: Path, node: yaml.Node) -> Iterator[Finding]:
    """YAML itself silently keeps the last of two equal keys."""
    parts: list[yaml.Node] = []
    match node:
        case yaml.MappingNode(value=pairs):
            known: set[str] = set()
            for key, _ in pairs:
                if key.value in known:
                    line = key.start_mark.line + 1
                    yield Finding("key_twice", shown(path), line, {"detail": key.value})
                known.add(key.value)
            parts = [value for _, value in pairs]
        case yaml.SequenceNode(value=items):
            parts = items
    for part in parts:
        yield from _twice(path, part)


def _lines(node: yaml.Node, place: _Place = ()) -> Iterator[tuple[_Place, int]]:
    yield place, node.start_mark.line + 1
    match node:
        case yaml.MappingNode(value=pairs):
            for key, value in pairs:
                yield from _lines(value, (*place, key.value))
                yield (*place, key.value), key.start_mark.line + 1
        case yaml.SequenceNode(value=items):
            for number, item in enumerate(items):
                yield from _lines(item, (*place, number))


def validated(model: type[_Model], file: Yaml) -> _Model:
    try:
        return model.model_validate(file.plain)
    except ValidationError as error:
        raise ContentError(*(_finding(file, one) for one in error.errors())) from error


def _finding(file: Yaml, error: ErrorDetails) -> Finding:
    detail = str(error.get("ctx", {}).get("error") or error["msg"])
    place = ".".join(map(str, error["loc"]))
    return Finding(
        f"schema_{error['type']}",
        shown(file.path),
        file.line(*error["loc"]),
        {"place": place, "detail": detail},
    )


def read_sections(path: Path) -> list[Section]:
    """The opening text of a Markdown file first, also when it is empty."""
    return sections(read_text(path))


def sections(text: str) -> list[Section]:
    """Likewise, of a text."""
    marks = list(_HEADING.finditer(text))
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    headings = ["", *(mark[1].strip() for mark in marks)]
    return [
        _section(text, heading, start, end)
        for heading, start, end in zip(headings, starts, ends, strict=True)
    ]


def _section(text: str, heading: str, start: int, end: int) -> Section:
    body = text[start:end]
    first = start + len(body) - len(body.lstrip())
    return Section(heading, body.strip(), text.count("\n", 0, first) + 1)
