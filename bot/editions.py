"""A guide's texts as its editors see them, field by field, and read back as a guide. What a text
is judged by is in guide_checks; who may write is bot/services/editions.py's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content_files import ContentError, Finding, Section, read_text, sections
from bot.core.guide import Guide
from bot.core.text import tidy
from bot.guide_checks import check
from bot.guide_schema import GuideFile
from bot.library import CLOSING, FOLLOW_UP, OPENING, read_guide

Texts = Mapping[str, str]
LONG = 2000
_HEADED = re.compile(r"^#+\s*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Field:
    """What stands under one heading of one file. `name` is of the form's field."""

    file: str
    place: int
    heading: str
    text: str
    line: int

    @property
    def name(self) -> str:
        return f"{self.file}:{self.place}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a guide would read as, or None when it cannot be read; and its faults by field."""

    guide: Guide | None
    findings: Sequence[Finding]

    @property
    def is_faulty(self) -> bool:
        return self.guide is None or any(not one.warning for one in self.findings)


def files(about: GuideFile) -> list[str]:
    """Its texts in the order they are met."""
    ids = [*(one.id for one in about.steps), *(one.id for one in about.questions)]
    return [OPENING, *(f"{one}.md" for one in ids), CLOSING, FOLLOW_UP]


def words_of(guide: Guide) -> dict[str, str]:
    """What a reader meets, by file, as one text each."""
    found = {OPENING: guide.intro}
    for step in guide.steps:
        troubles = [f"{one.label}: {one.answer}" for one in step.troubles]
        found[f"{step.id}.md"] = "\n\n".join([step.text, *troubles])
    for one in guide.questions:
        answers = [f"- {answer.label}" for answer in one.answers]
        found[f"{one.id}.md"] = "\n".join([one.text, *answers, one.explanation])
    return {**found, CLOSING: guide.closing, FOLLOW_UP: guide.follow_up}


def released(before: Guide | None, shipped: Guide, ours: Guide) -> list[str]:
    """Files a release says something else in than the one `ours` was written from, and than ours;
    without knowing that one, all that differ from ours."""
    old, new, here = (words_of(one) if one else {} for one in (before, shipped, ours))
    names = [*new, *(name for name in here if name not in new)]
    return [one for one in names if old.get(one) != new.get(one) != here.get(one)]


def fields(folder: Path, about: GuideFile, changed: Texts) -> list[Field]:
    return [
        Field(name, place, one.heading, one.text, one.line)
        for name in files(about)
        for place, one in enumerate(sections(_text(folder, name, changed)))
    ]


def rewritten(folder: Path, about: GuideFile, before: Texts, said: Texts) -> dict[str, str]:
    """The changed files after a form was sent; `said` are fields by name, those left out stay. A
    file that reads as it was shipped is none."""
    found: dict[str, str] = {}
    for name in files(about):
        known = sections(_text(folder, name, before))
        new = [_said(said.get(f"{name}:{place}"), one) for place, one in enumerate(known)]
        if new != [one.text for one in sections(_text(folder, name, {}))]:
            found[name] = _joined(known, new)
    return found


def _said(said: str | None, one: Section) -> str:
    """Without headings: those are the file's, not the writer's."""
    return one.text if said is None else _HEADED.sub("", tidy(said)).strip()[:LONG]


def _joined(known: Sequence[Section], new: Sequence[str]) -> str:
    heads = [f"## {one.heading}\n" if one.heading else "" for one in known]
    whole = "\n\n".join(f"{head}{text}" for head, text in zip(heads, new, strict=True))
    return f"{whole.strip()}\n"


def _text(folder: Path, name: str, changed: Texts) -> str:
    return changed[name] if name in changed else read_text(folder / name)


def judge(folder: Path, changed: Texts, today: date) -> Judged:
    """As `gocua guides check` does. Reads and writes files: not for the event loop."""
    with _laid_out(folder, changed) as made:
        found = list(check(made, today))
        try:
            return Judged(read_guide(made)[0], found)
        except ContentError:
            return Judged(None, found)


@contextmanager
def _laid_out(folder: Path, changed: Texts) -> Iterator[Path]:
    """The guide's folder with the changed files in it."""
    with TemporaryDirectory() as made:
        laid = Path(made) / folder.name
        laid.mkdir()
        for path in folder.iterdir():
            if path.name not in changed:
                (laid / path.name).symlink_to(path.resolve())
        for name, text in changed.items():
            (laid / name).write_text(text, "utf-8")
        yield laid


def by_field(found: Sequence[Finding], shown: Sequence[Field]) -> dict[str, list[Finding]]:
    """Field -> its findings; under "" those of no field."""
    sorted_: dict[str, list[Finding]] = {}
    for one in found:
        file = one.file.rpartition("/")[2]
        above = [field for field in shown if field.file == file and field.line <= max(one.line, 1)]
        first = [field for field in shown if field.file == file][:1]
        place = (above or first)[-1].name if above or first else ""
        sorted_.setdefault(place, []).append(one)
    return sorted_
