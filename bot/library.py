"""Reads guides/ into values of the core; the only reader of content.

What makes good content is judged in guide_checks.py.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import orjson
import yaml
from pydantic import (
    BaseModel,
    TypeAdapter,
    ValidationError,
)

from bot.core.card import with_cards
from bot.core.guide import (
    Choice,
    Guide,
    GuideStep,
    Phrase,
    Picture,
    Question,
    Screen,
    Trouble,
    Word,
)
from bot.core.manner import Manner, Manners
from bot.core.state import Guides, Spoken
from bot.core.text import bare
from bot.guide_schema import (
    GuideFile,
    MannersFile,
    MessagesFile,
    PictureFile,
    QuestionFile,
    ScreenFile,
    StepFile,
)

GUIDES = Path(__file__).parent.parent / "guides"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ANSWER = re.compile(r"^- ([a-z0-9-]+) \| (.+)$", re.MULTILINE)
_EXPLANATION = "giai-thich"
_OPENING, _CLOSING, _FOLLOW_UP = "mo-dau.md", "ket-thuc.md", "sau-30-ngay.md"
_guides = TypeAdapter(Guide)
_Model = TypeVar("_Model", bound=BaseModel)


class ContentError(Exception):
    """A file that cannot be read as content. Args: code of the message, its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


def _yaml(path: Path) -> Any:
    """Every scalar stays text: no surprise booleans, dates or octal numbers."""
    try:
        return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError("unreadable", file=_name(path), detail=_first_line(error)) from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError("unreadable", file=_name(path), detail=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _name(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _validated(model: type[_Model], path: Path) -> _Model:
    try:
        return model.model_validate(_yaml(path))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise ContentError("schema", file=_name(path), place=place, detail=fault["msg"]) from error


def sections(text: str) -> tuple[str, dict[str, str]]:
    """A Markdown file's opening text and its "## heading" sections."""
    opening, *rest = _SECTION.split(text)
    return opening.strip(), dict(zip(rest[::2], map(str.strip, rest[1::2]), strict=True))


def _step(folder: Path, step: StepFile) -> GuideStep:
    path = folder / f"{step.id}.md"
    text, parts = sections(_text(path))
    answers = {head.split(" | ")[0]: (head, body) for head, body in parts.items()}
    if set(answers) != set(step.troubles):
        odd = ", ".join(sorted(set(answers) ^ set(step.troubles)))
        raise ContentError("troubles", file=_name(path), detail=odd)
    return GuideStep(
        step.id,
        text,
        tuple(Choice(one.id, one.label, one.go, tuple(one.words)) for one in step.choices),
        tuple(_trouble(path, *answers[one]) for one in step.troubles),
        _picture(folder, step.picture),
        step.safety,
        _screen(step.screen),
    )


def _screen(screen: ScreenFile | None) -> Screen | None:
    return Screen(screen.title, tuple(screen.items), screen.press, screen.alt) if screen else None


def _picture(folder: Path, picture: PictureFile | None) -> Picture | None:
    return Picture(f"{folder.name}/{picture.file}", picture.alt) if picture else None


def _trouble(path: Path, head: str, answer: str) -> Trouble:
    name, _, label = head.partition(" | ")
    if not label:
        raise ContentError("heading", file=_name(path), detail=head)
    return Trouble(name, label, answer)


def _question(folder: Path, question: QuestionFile) -> Question:
    path = folder / f"{question.id}.md"
    text, parts = sections(_text(path))
    answers = tuple(Choice(*found) for found in _ANSWER.findall(text))
    if question.right not in {answer.id for answer in answers} or _EXPLANATION not in parts:
        raise ContentError("question", file=_name(path), detail=question.right)
    asked = _ANSWER.split(text)[0].strip()
    return Question(question.id, asked, answers, question.right, parts[_EXPLANATION])


def read_guide(folder: Path) -> tuple[Guide, GuideFile]:
    """One guide folder. Raises ContentError."""
    file = _validated(GuideFile, folder / "guide.yaml")
    if file.id != folder.name:
        raise ContentError("folder", file=_name(folder / "guide.yaml"), detail=file.id)
    guide = Guide(
        file.id,
        "",
        file.title,
        file.button,
        _text(folder / _OPENING),
        tuple(_step(folder, step) for step in file.steps),
        tuple(_question(folder, question) for question in file.questions),
        _text(folder / _CLOSING),
        _text(folder / _FOLLOW_UP),
        file.audience,
        file.minutes,
        tuple(file.needs),
        tuple(file.requires),
    )
    whole = with_cards(guide)
    return replace(whole, revision=hashlib.sha256(to_json(whole)).hexdigest()[:12]), file


def guide_folders(root: Path = GUIDES) -> list[Path]:
    return sorted(path.parent for path in root.glob("*/guide.yaml"))


def to_json(guide: Guide) -> bytes:
    return orjson.dumps(guide)


def from_json(text: str | bytes) -> Guide:
    return _guides.validate_json(text)


class Library:
    """All content of one folder. Raises ContentError when anything cannot be read."""

    def __init__(self, root: Path = GUIDES) -> None:
        self.root = root
        self.messages = _validated(MessagesFile, root / "messages.yaml")
        if missing := [key for key in (*Phrase, *Word) if key not in self._keys()]:
            raise ContentError("missing_key", file="messages.yaml", detail=", ".join(missing))
        read = [read_guide(folder) for folder in guide_folders(root)]
        self.about = {guide.id: file for guide, file in read}
        self.guides = sorted((guide for guide, _ in read), key=self._place_in_menu)

    def _place_in_menu(self, guide: Guide) -> tuple[int, str]:
        menu = self.messages.menu
        return (menu.index(guide.id) if guide.id in menu else len(menu), guide.id)

    def _keys(self) -> set[str]:
        return {*self.messages.phrases, *self.messages.words}

    def content(self, older: Iterable[Guide] = ()) -> Guides:
        """What the core works with; `older` are revisions that runs are still pinned to."""
        file = self.messages
        spoken = {word: Spoken(one.label, tuple(one.phrases)) for word, one in file.words.items()}
        return Guides(
            {guide.id: guide for guide in self.guides},
            {(guide.id, guide.revision): guide for guide in (*older, *self.guides)},
            file.phrases,
            spoken,
            frozenset(file.particles),
            frozenset(file.prefixes) | frozenset(map(bare, file.particles)),
            tuple(map(tuple, file.numbers)),
            _manners(file.manners),
        )


def _manners(file: MannersFile) -> Manners:
    pairs = {key: Manner(pair.you, pair.me) for key, pair in file.pairs.items()}
    return Manners(pairs[file.written], pairs, tuple(file.kept), tuple(file.requests))
