"""Every text of a guide with its file and line, and its length as it will be sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.content_files import Finding, Section, Yaml, read_sections, shown
from bot.core.guide import Guide, GuideStep, Phrase, Question
from bot.core.prompts import intro_text
from bot.core.state import Guides
from bot.guide_schema import GuideFile
from bot.library import CLOSING, EXPLANATION, FOLLOW_UP, OPENING

# Until its end mark; a point inside of a number or an address is none.
SENTENCE = re.compile(r"(?:[^.!?…\n]|\.(?=\w))+")


class Kind(StrEnum):
    STEP = "step"
    SAFETY = "safety"
    ANSWER = "answer"
    QUESTION = "question"
    WRONG = "wrong"  # an answer that is offered only to be refused
    MESSAGE = "message"
    LABEL = "label"
    SCREEN = "screen"
    NOTE = "note"  # for authors, officials and pages


@dataclass(frozen=True, slots=True)
class Passage:
    """`sent` is what a resident gets when it is more than the text itself."""

    file: str
    line: int
    text: str
    kind: Kind
    sent: str = ""

    def finding(
        self, code: str, place: int = 0, *, warning: bool = False, **values: object
    ) -> Finding:
        """A fault at a place of the text."""
        line = self.line + self.text.count("\n", 0, place)
        return Finding(code, self.file, line, values, warning)


@dataclass(frozen=True, slots=True)
class Source:
    """A guide folder that could be read."""

    folder: Path
    yaml: Yaml
    guide: Guide
    file: GuideFile

    @property
    def name(self) -> str:
        return shown(self.yaml.path)

    def at(self, code: str, *place: int | str, warning: bool = False, **values: object) -> Finding:
        """A fault at a place of guide.yaml."""
        return Finding(code, self.name, self.yaml.line(*place), values, warning)


def passages(source: Source, words: Guides) -> Iterator[Passage]:
    guide = source.guide
    yield from _notes(source)
    yield from _page(source, OPENING, intro_text(guide, words))
    for place, step in enumerate(guide.steps):
        yield from _step_labels(source, place, step)
        yield from _step(source, step, words)
    for question in guide.questions:
        yield from _question(source, question, words)
    yield from _page(source, CLOSING)
    yield from _page(source, FOLLOW_UP)


def _notes(source: Source) -> Iterator[Passage]:
    guide, yaml = source.guide, source.yaml
    yield Passage(source.name, yaml.line("title"), guide.title, Kind.NOTE)
    yield Passage(source.name, yaml.line("button"), guide.button, Kind.LABEL)
    yield Passage(source.name, yaml.line("for"), guide.audience, Kind.NOTE)
    for place, need in enumerate(guide.needs):
        yield Passage(source.name, yaml.line("needs", place), need, Kind.NOTE)


def _page(source: Source, name: str, sent: str = "") -> Iterator[Passage]:
    path = source.folder / name
    section = read_sections(path)[0]
    yield Passage(shown(path), section.line, section.text, Kind.MESSAGE, sent)


def _step_labels(source: Source, place: int, step: GuideStep) -> Iterator[Passage]:
    line = source.yaml.line
    for number, choice in enumerate(step.choices):
        at = line("steps", place, "choices", number, "label")
        yield Passage(source.name, at, choice.label, Kind.LABEL)
    if step.screen:
        for number, item in enumerate(step.screen.items):
            at = line("steps", place, "screen", "items", number)
            yield Passage(source.name, at, item, Kind.SCREEN)
        at = line("steps", place, "screen", "title")
        yield Passage(source.name, at, step.screen.title, Kind.SCREEN)
        at = line("steps", place, "screen", "alt")
        yield Passage(source.name, at, step.screen.alt, Kind.NOTE)
    if picture := source.file.steps[place].picture:
        at = line("steps", place, "picture", "alt")
        yield Passage(source.name, at, picture.alt, Kind.NOTE)


def _step(source: Source, step: GuideStep, words: Guides) -> Iterator[Passage]:
    path = source.folder / f"{step.id}.md"
    opening, *answers = read_sections(path)
    steps = len(source.guide.steps)
    sent = words.phrases[Phrase.STEP].format(number=steps, total=steps, text=opening.text)
    kind = Kind.SAFETY if step.safety else Kind.STEP
    yield Passage(shown(path), opening.line, opening.text, kind, sent)
    for section in answers:
        yield from _answer(path, section)


def _answer(path: Path, section: Section) -> Iterator[Passage]:
    label = section.heading.split(" | ")[1].strip()
    yield Passage(shown(path), section.line - 1, label, Kind.LABEL)
    yield Passage(shown(path), section.line, section.text, Kind.ANSWER)


def _question(source: Source, question: Question, words: Guides) -> Iterator[Passage]:
    path = source.folder / f"{question.id}.md"
    opening, *rest = read_sections(path)
    count = len(source.guide.questions)
    sent = words.phrases[Phrase.QUESTION].format(number=count, total=count, text=question.text)
    yield Passage(shown(path), opening.line, question.text, Kind.QUESTION, sent)
    lines = opening.text.split("\n")
    for answer in question.answers:
        line = opening.line + lines.index(f"- {answer.id} | {answer.label}")
        kind = Kind.LABEL if answer.id == question.right else Kind.WRONG
        yield Passage(shown(path), line, answer.label, kind)
    for section in rest:
        if section.heading == EXPLANATION:
            yield Passage(
                shown(path), section.line, section.text, Kind.MESSAGE, _longest(section.text, words)
            )


def _longest(explanation: str, words: Guides) -> str:
    said: Sequence[str] = [
        words.phrases[one].format(explanation=explanation)
        for one in (Phrase.RIGHT, Phrase.WRONG, Phrase.HINT)
    ]
    return max(said, key=len)
