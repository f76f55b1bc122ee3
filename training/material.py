"""The sentences to learn from: written by hand, framed, and as carelessly typed as real ones."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from bot.core.hosts import Hosts, without_links
from bot.core.text import bare

_FILES = ("frames.yaml", "messages.txt", "message-frames.yaml", "spelling.yaml")
_HEADING = re.compile(r"\[([a-z]+(?:-[a-z]+)*)\]")
_KEYS = "abcdefghijklmnopqrstuvwxyz"
_FRAMES_EACH = 2
_PASTED = 0.25  # of the messages; more would make every long sentence one to check
SCAM = "scam"
_ABOUT_SCAMS = ("kiem-tra-lua-dao", "an-toan")
_TALK_EVERY = 8
_COMPOSED = 600
_BARE = 0.7  # of the scams are forwarded without a word
_SHORTENED, _MISTYPED, _UNACCENTED, _ADDED = 0.25, 0.06, 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    label: str
    person: str


def read(path: Path) -> Iterator[Sentence]:
    """A file of one person: `# …` is a comment, `[label]` begins a section."""
    label = ""
    for line in path.read_text("utf-8").splitlines():
        if heading := _HEADING.fullmatch(line):
            label = heading[1]
        elif line.strip() and not line.startswith("#"):
            yield Sentence(line, label, path.stem)


def people(folder: Path) -> list[Sentence]:
    return [one for path in sorted(folder.glob("*.txt")) for one in read(path)]


def framed(content: Any) -> Iterator[Sentence]:
    """Each matter in a few frames, sometimes with an opening or a closing."""
    chance = random.Random(1)
    for key, section in content["labels"].items():
        for matter in section["matters"]:
            for frame in chance.sample(section["frames"], _FRAMES_EACH):
                text = _dressed(frame.replace("{x}", matter), content, chance)
                yield Sentence(text, key.partition("#")[0], "frames")


def _dressed(text: str, content: Mapping[str, list[str]], chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < _ADDED:
        return f"{chance.choice(content['openings'])} {text}"
    return f"{text} {chance.choice(content['closings'])}" if drawn < 2 * _ADDED else text


def pasted(path: Path, quoting: Sequence[str]) -> Iterator[Sentence]:
    """Some messages as residents forward them: bare, or quoted inside a question."""
    chance = random.Random(2)
    for one in read(path):
        bare_scam = one.label == SCAM and chance.random() < _BARE
        frame = "{x}" if bare_scam else chance.choice(quoting)
        if chance.random() < _PASTED:
            yield Sentence(frame.replace("{x}", one.text), "kiem-tra-lua-dao", path.stem)


def sentences(folder: Path) -> list[Sentence]:
    """Everything to learn from."""
    content: Any = yaml.safe_load((folder / "frames.yaml").read_text("utf-8"))
    return [
        *people(folder / "people"),
        *framed(content),
        *pasted(folder / "messages.txt", content["quoting"]),
    ]


def composed(path: Path) -> Iterator[Sentence]:
    """Messages put together from who, why and what to do."""
    chance = random.Random(3)
    for label, parts in yaml.safe_load(path.read_text("utf-8")).items():
        frames = parts.pop("frames")
        for _ in range(_COMPOSED):
            chosen = {name: chance.choice(some) for name, some in parts.items()}
            yield Sentence(chance.choice(frames).format(**chosen), label, path.stem)


def wording(folder: Path, hosts: Hosts) -> list[Sentence]:
    """What scams sound like, beside other messages and what residents say themselves."""
    messages = [
        Sentence(without_links(one.text, hosts), SCAM if one.label == SCAM else "message", "")
        for one in read(folder / "messages.txt")
    ]
    talk = [one for one in people(folder / "people") if one.label not in _ABOUT_SCAMS]
    return [
        *(one for one in messages if one.text),
        *composed(folder / "message-frames.yaml"),
        *(Sentence(one.text, "talk", one.person) for one in talk[::_TALK_EVERY]),
    ]


def digest(folder: Path) -> str:
    """Changes when anything to learn from changes."""
    paths = [
        *sorted((folder / "people").glob("*.txt")),
        *(folder / name for name in _FILES),
    ]
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


class Typist:
    """Types a sentence as people do: shortened, mistyped, without accents. Repeatable."""

    def __init__(self, spelling: Mapping[str, str]) -> None:
        self._chance = random.Random(0)
        self._short: dict[str, list[str]] = {}
        for typed, meant in spelling.items():
            self._short.setdefault(meant, []).append(typed)

    def variants(self, text: str) -> Iterator[str]:
        yield text
        if bare(text) != text.lower():
            yield bare(text)
        careless = " ".join(map(self._careless, text.split()))
        yield bare(careless) if self._chance.random() < _UNACCENTED else careless

    def _careless(self, word: str) -> str:
        if word.lower() in self._short and self._chance.random() < _SHORTENED:
            return self._chance.choice(self._short[word.lower()])
        if len(word) > 3 and self._chance.random() < _MISTYPED:
            return self._slip(word)
        return word

    def _slip(self, word: str) -> str:
        at = self._chance.randrange(len(word) - 1)
        slips = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + self._chance.choice(_KEYS) + word[at + 1 :],
        )
        return self._chance.choice(slips)
