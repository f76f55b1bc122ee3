"""Reads guides/ into values of the core; the only reader of content.

What makes good content is judged in guide_checks.py.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from bot.content_files import (
    ContentError,
    Finding,
    Section,
    read_sections,
    read_text,
    read_yaml,
    shown,
    validated,
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
from bot.lexicon import read_understanding
from bot.scam_files import read_scams

GUIDES = Path(__file__).parent.parent / "guides"
_ANSWER = re.compile(r"^- ([a-z0-9-]+) \| (.+)$", re.MULTILINE)
EXPLANATION = "giai-thich"
OPENING, CLOSING, FOLLOW_UP = "mo-dau.md", "ket-thuc.md", "sau-30-ngay.md"
_guides = TypeAdapter(Guide)


def _step(folder: Path, step: StepFile) -> GuideStep:
    path = folder / f"{step.id}.md"
    opening, *rest = read_sections(path)
    answers = {section.heading.partition(" | ")[0]: section for section in rest}
    if odd := sorted(set(answers) ^ set(step.troubles)):
        raise ContentError(_fault("troubles", path, opening.line, ", ".join(odd)))
    return GuideStep(
        step.id,
        opening.text,
        tuple(Choice(one.id, one.label, one.go, tuple(one.words)) for one in step.choices),
        tuple(_trouble(path, answers[one]) for one in step.troubles),
        _picture(folder, step.picture),
        step.safety,
        _screen(step.screen),
        f"{folder.name}/{step.voice}" if step.voice else "",
        step.go,
    )


def _fault(code: str, path: Path, line: int, detail: str) -> Finding:
    return Finding(code, shown(path), line, {"detail": detail})


def _screen(screen: ScreenFile | None) -> Screen | None:
    return Screen(screen.title, tuple(screen.items), screen.press, screen.alt) if screen else None


def _picture(folder: Path, picture: PictureFile | None) -> Picture | None:
    return Picture(f"{folder.name}/{picture.file}", picture.alt) if picture else None


def _trouble(path: Path, section: Section) -> Trouble:
    name, label, *more = [part.strip() for part in section.heading.split(" | ")] + [""]
    if not label or len(more) > 2:
        raise ContentError(_fault("heading", path, section.line, section.heading))
    said = tuple(one.strip() for one in more[0].split(";") if one.strip())
    return Trouble(name, label, section.text, said)


def _question(folder: Path, question: QuestionFile) -> Question:
    path = folder / f"{question.id}.md"
    opening, *rest = read_sections(path)
    answers = tuple(Choice(*found) for found in _ANSWER.findall(opening.text))
    explanation = next((one.text for one in rest if one.heading == EXPLANATION), "")
    if not explanation or question.right not in {answer.id for answer in answers}:
        raise ContentError(_fault("question", path, opening.line, question.right))
    asked = _ANSWER.split(opening.text)[0].strip()
    return Question(question.id, asked, answers, question.right, explanation)


def read_guide(folder: Path) -> tuple[Guide, GuideFile]:
    """One guide folder. Raises ContentError."""
    source = read_yaml(folder / "guide.yaml")
    file = validated(GuideFile, source)
    if file.id != folder.name:
        raise ContentError(_fault("folder", source.path, source.line("id"), file.id))
    guide = Guide(
        file.id,
        "",
        file.title,
        file.button,
        _text(folder / OPENING),
        tuple(_step(folder, step) for step in file.steps),
        tuple(_question(folder, question) for question in file.questions),
        _text(folder / CLOSING),
        _text(folder / FOLLOW_UP),
        file.audience,
        file.minutes,
        tuple(file.needs),
        tuple(file.requires),
        tuple(file.called),
    )
    whole = with_cards(guide)
    return replace(whole, revision=hashlib.sha256(to_json(whole)).hexdigest()[:12]), file


def _text(path: Path) -> str:
    return read_text(path).strip()


def guide_folders(root: Path = GUIDES) -> list[Path]:
    return sorted(path.parent for path in root.glob("*/guide.yaml"))


def to_json(guide: Guide) -> bytes:
    return orjson.dumps(guide)


def from_json(text: str | bytes) -> Guide:
    return _guides.validate_json(text)


def read_messages(root: Path) -> MessagesFile:
    path = root / "messages.yaml"
    file = validated(MessagesFile, read_yaml(path))
    known = {*file.phrases, *file.words}
    if missing := [key for key in (*Phrase, *Word) if key not in known]:
        raise ContentError(_fault("missing_key", path, 1, ", ".join(missing)))
    return file


def spoken(file: MessagesFile) -> Guides:
    """All the core says and understands, without any guide."""
    words = {word: Spoken(one.label, tuple(one.phrases)) for word, one in file.words.items()}
    return Guides(
        {},
        {},
        file.phrases,
        words,
        frozenset(file.particles),
        frozenset(file.prefixes) | frozenset(map(bare, file.particles)),
        tuple(map(tuple, file.numbers)),
        _manners(file.manners),
        read_understanding(),
        read_scams(),
    )


def _manners(file: MannersFile) -> Manners:
    pairs = {key: Manner(pair.you, pair.me) for key, pair in file.pairs.items()}
    return Manners(pairs[file.written], pairs, tuple(file.kept), tuple(file.requests))


class Library:
    """All content of one folder. Raises ContentError when anything cannot be read."""

    def __init__(self, root: Path = GUIDES) -> None:
        self.root = root
        self.messages = read_messages(root)
        read = [read_guide(folder) for folder in guide_folders(root)]
        self.about = {guide.id: file for guide, file in read}
        found = sorted((guide for guide, _ in read), key=self._place_in_menu)
        team = self.messages.members_only
        self.guides = [guide for guide in found if guide.id not in team]
        self.team_guides = [guide for guide in found if guide.id in team]

    @property
    def every(self) -> tuple[Guide, ...]:
        """As shipped, the teams' own last."""
        return (*self.guides, *self.team_guides)

    def _place_in_menu(self, guide: Guide) -> tuple[int, str]:
        menu = self.messages.menu
        return (menu.index(guide.id) if guide.id in menu else len(menu), guide.id)

    def expired(self, today: date) -> frozenset[str]:
        return frozenset(guide for guide, file in self.about.items() if file.valid_until < today)

    def content(self, older: Iterable[Guide] = ()) -> Guides:
        """What the core works with; `older` are revisions that runs are still pinned to."""
        return replace(
            spoken(self.messages),
            current={guide.id: guide for guide in self.guides},
            team={guide.id: guide for guide in self.team_guides},
            versions={(guide.id, guide.revision): guide for guide in (*older, *self.every)},
        )
