"""Judges content before residents see it. Returns findings; words are in messages.yaml."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from bot.core.guide import Choice, Guide, Word
from bot.core.text import bare, words
from bot.core.turn import LONGEST_MESSAGE
from bot.guide_schema import GuideFile
from bot.library import ContentError, Library, guide_folders, read_guide

_LONGEST_BUTTON = 30
_MOST_BUTTONS = 5
_COUNTED = 14  # characters that "step 12 of 12" takes in front of a text
_PRAISED = 60  # and what is said around an explanation
_LINK = re.compile(r"(?:https?://|www\.)[^\s)\]”\"]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/\S*")
_MARKUP = re.compile(r"\*\*|__|\]\(|<[a-z/]|^#|`", re.MULTILINE)
_ASKS = re.compile(
    r"\b(gui|nhap|cho chau|nhan|doc)\b[^.!?\n]{0,30}"
    r"\b(otp|mat khau|so can cuoc|anh can cuoc|cccd)\b"
    r"[^.!?\n]{0,20}\b(cho chau|vao day|qua day|o day)\b"
)
_FORBIDS = re.compile(r"\b(dung|khong|chang|cho co)\b")
_OFFICIAL = re.compile(
    r"^(?:[a-z0-9-]+\.)*gov\.vn$|^apps\.apple\.com$|^play\.google\.com$|^tingia\.gov\.vn$"
)
_KEYS = list(GuideFile.model_fields)
_KEYS[_KEYS.index("audience")] = "for"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` names a sentence under `checks`; a warning does not fail the check."""

    code: str
    values: dict[str, object]
    warning: bool = False


def _finding(code: str, file: str, **values: object) -> Finding:
    return Finding(code, {"file": file, **values})


def check(root: Path, today: date) -> list[Finding]:
    """Every fault in a folder of guides."""
    try:
        stop = Library(root).content().spoken[Word.STOP].phrases
    except ContentError as error:
        stop = ()
        if error.values["file"] == "messages.yaml":
            return [Finding(error.code, error.values)]
    found = [one for folder in guide_folders(root) for one in _check_folder(folder, today, stop)]
    return found + list(_check_phrases(root))


def _check_phrases(root: Path) -> Iterator[Finding]:
    try:
        phrases = Library(root).messages.phrases
    except ContentError:
        return
    for key, text in phrases.items():
        yield from _check_text(f"messages.yaml {key}", text, len(text))


def _check_folder(folder: Path, today: date, stop: tuple[str, ...]) -> Iterator[Finding]:
    try:
        guide, file = read_guide(folder)
    except ContentError as error:
        yield Finding(error.code, error.values)
        return
    yield from _check_order(folder)
    yield from _check_structure(guide)
    yield from _check_words(guide, stop)
    yield from _check_files(folder, guide)
    for source in file.sources:
        yield from _check_links(f"{guide.id}/guide.yaml", source)
    if file.valid_until < today:
        yield Finding(
            "stale", {"file": f"{guide.id}/guide.yaml", "detail": file.valid_until}, warning=True
        )


def _check_order(folder: Path) -> Iterator[Finding]:
    plain = yaml.load((folder / "guide.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    if list(plain) != _KEYS:
        yield _finding("key_order", f"{folder.name}/guide.yaml", detail=", ".join(_KEYS))


def _check_structure(guide: Guide) -> Iterator[Finding]:
    file = f"{guide.id}/guide.yaml"
    ids = [*(step.id for step in guide.steps), *(question.id for question in guide.questions)]
    for item in sorted({item for item in ids if ids.count(item) > 1}):
        yield _finding("twice", file, detail=item)
    if not any(step.safety for step in guide.steps):
        yield _finding("no_safety", file)
    if len(guide.questions) != 2:
        yield _finding("questions", file, length=len(guide.questions))
    yield from _check_ways(guide, file)


def _check_ways(guide: Guide, file: str) -> Iterator[Finding]:
    """Jumps lead forward only, so a guide always ends; every step can be met."""
    ids = [step.id for step in guide.steps]
    met = {ids[0]}
    for place, step in enumerate(guide.steps):
        goals = {one.go for one in step.choices if one.go}
        for go in sorted(goals - set(ids[place + 1 :])):
            yield _finding("go", file, detail=go)
        goes_on = not step.choices or any(not one.go for one in step.choices)
        if step.id in met:
            met |= goals | ({guide.after(step.id)} if goes_on else set())
    for item in [one for one in ids if one not in met]:
        yield _finding("unreachable", file, detail=item)


def _check_words(guide: Guide, stop: tuple[str, ...]) -> Iterator[Finding]:
    yield from _check_text(f"{guide.id}/mo-dau.md", guide.intro, len(guide.intro))
    yield from _check_text(f"{guide.id}/ket-thuc.md", guide.closing, len(guide.closing))
    for step in guide.steps:
        file = f"{guide.id}/{step.id}.md"
        yield from _check_text(file, step.text, _COUNTED + len(step.text))
        for trouble in step.troubles:
            yield from _check_text(file, trouble.answer, len(trouble.answer))
        offered = (*step.choices, *(Choice(one.id, one.label) for one in step.troubles))
        yield from _check_buttons(file, offered, stop)
    for question in guide.questions:
        file = f"{guide.id}/{question.id}.md"
        yield from _check_text(file, question.text, _COUNTED + len(question.text))
        yield from _check_text(file, question.explanation, _PRAISED + len(question.explanation))
        yield from _check_buttons(file, question.answers, stop)


def _check_buttons(
    file: str, offered: tuple[Choice, ...], stop: tuple[str, ...]
) -> Iterator[Finding]:
    if len(offered) > _MOST_BUTTONS:
        yield _finding("too_many", file, detail=file, length=len(offered), limit=_MOST_BUTTONS)
    stops = {tuple(map(bare, words(phrase))) for phrase in stop}
    for choice in offered:
        if len(choice.label) > _LONGEST_BUTTON:
            length = len(choice.label)
            yield _finding(
                "button_long", file, detail=choice.label, length=length, limit=_LONGEST_BUTTON
            )
        if tuple(map(bare, words(choice.label))) in stops:
            yield _finding("stop_word", file, detail=choice.label)


def _check_text(file: str, text: str, length: int) -> Iterator[Finding]:
    if length > LONGEST_MESSAGE:
        yield _finding("too_long", file, start=text[:20], length=length, limit=LONGEST_MESSAGE)
    if text != unicodedata.normalize("NFC", text):
        yield _finding("not_nfc", file)
    if strange := sorted({sign for sign in text if _looks_alike(sign)}):
        yield _finding("look_alike", file, detail=" ".join(strange))
    if found := _MARKUP.search(text):
        yield _finding("markup", file, detail=found[0])
    yield from _check_links(file, text)
    for sentence in re.split(r"[.!?\n]", bare(text)):
        if _ASKS.search(sentence) and not _FORBIDS.search(sentence):
            yield _finding("asks_secret", file, detail=sentence.strip())


def _looks_alike(sign: str) -> bool:
    return sign.isalpha() and "LATIN" not in unicodedata.name(sign, "")


def _check_links(file: str, text: str) -> Iterator[Finding]:
    for link in _LINK.findall(text):
        host = re.sub(r"^https?://", "", link).split("/")[0].lower().rstrip(".,;")
        if not _OFFICIAL.match(host):
            yield _finding("link", file, detail=link)


def _check_files(folder: Path, guide: Guide) -> Iterator[Finding]:
    items = [*(step.id for step in guide.steps), *(question.id for question in guide.questions)]
    used = {f"{item}.md" for item in items} | {
        "guide.yaml",
        "mo-dau.md",
        "ket-thuc.md",
        "sau-30-ngay.md",
    }
    pictures = (Path(step.picture.path) for step in guide.steps if step.picture)
    used |= {path.name for path in pictures if path.parent.name == guide.id}
    for path in sorted(folder.iterdir()):
        if path.name not in used:
            yield _finding("unused", f"{guide.id}/{path.name}")
    for name in sorted(used - {path.name for path in folder.iterdir()}):
        yield _finding("unreadable", f"{guide.id}/{name}", detail=name)
