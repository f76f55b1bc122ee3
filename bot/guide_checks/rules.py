"""What the checks know beside the guides themselves: spelling, official hosts and numbers."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.content_files import read_yaml, validated
from bot.core.state import Guides
from bot.library import GUIDES, read_messages, spoken
from bot.scam_files import OfficialFile, ScamFile


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WordingFile(_Closed):
    onsets: list[str]
    rhymes: list[str]
    foreign: list[str]
    misspelt: dict[str, str]
    unaccented: dict[str, str]
    places: list[str]
    not_places: list[str]
    taps: list[str]
    typings: list[str]
    looks: list[str]
    actions: list[str]
    before: list[str]
    later: list[str]
    chat_buttons: list[str]
    not_actions: list[str]


@dataclass(frozen=True)
class Rules:
    """Read once for a whole check."""

    wording: WordingFile
    official: OfficialFile
    scam: ScamFile
    guides: Guides

    @cached_property
    def rhymes(self) -> frozenset[str]:
        return frozenset(self.wording.rhymes)

    @cached_property
    def foreign(self) -> frozenset[str]:
        return frozenset(self.wording.foreign)


def read_rules(root: Path) -> Rules:
    """Each file from `root`, or ours where it has none. Raises ContentError."""
    wording = validated(WordingFile, read_yaml(nearest(root, "wording.yaml")))
    official = validated(OfficialFile, read_yaml(nearest(root, "official.yaml")))
    scam = validated(ScamFile, read_yaml(nearest(root, "scam.yaml")))
    messages = read_messages(nearest(root, "messages.yaml").parent)
    return Rules(wording, official, scam, spoken(messages))


def nearest(root: Path, name: str) -> Path:
    return root / name if (root / name).exists() else GUIDES / name
