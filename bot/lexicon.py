"""Reads what understanding free text and checking for scams need into values of the core.

What was learnt is one compact file, written by training/ and read with the standard library.
"""

import json
import unicodedata
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from publicsuffixlist import PublicSuffixList
from pydantic import BaseModel, ConfigDict

from bot.content_files import read_yaml, validated
from bot.core.hosts import Hosts, Odd
from bot.core.intents import Model, Understanding
from bot.core.phrases import compiled
from bot.core.scam import Scams, Sign, Sounding

_GUIDES = Path(__file__).parent.parent / "guides"
UNDERSTANDING = _GUIDES / "understanding"
WEIGHTS, WORDING, SPELLING = "weights.bin", "wording.bin", "spelling.yaml"


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HostFile(_Closed):
    host: str
    name: str
    source: str
    checked: date


class PhoneFile(_Closed):
    number: str
    name: str
    paid: bool
    source: str
    checked: date


class OfficialFile(_Closed):
    """official.yaml: what may be called official, and what is at least no imitation."""

    hosts: list[HostFile]
    known: list[str]
    shorteners: list[str]
    phones: list[PhoneFile]


class SignFile(_Closed):
    id: str
    weight: int
    says: str
    any: list[list[str]]
    within: int = 8
    kept: bool = False
    mild: bool = False


class LinkFile(_Closed):
    weight: int
    says: str


class HostsFile(_Closed):
    brands: list[str]
    baits: list[str]
    stores: list[str]
    free: list[str]
    risky: list[str]
    endings: list[str]


class WordingFile(_Closed):
    says: str
    light: float
    heavy: float


class ScamFile(_Closed):
    """scam.yaml: signs in words and in links."""

    hosts: HostsFile
    links: dict[Odd, LinkFile]
    wording: WordingFile
    lists: dict[str, list[str]]
    signs: list[SignFile]


def read_spelling(path: Path) -> dict[str, str]:
    """Each short or southern word and what it stands for."""
    return {
        unicodedata.normalize("NFC", typed): meant
        for meant, ways in read_yaml(path).plain.items()
        for typed in ways
    }


@cache
def read_understanding() -> Understanding:
    """Once for a process: about a megabyte."""
    model, _ = unpacked((UNDERSTANDING / WEIGHTS).read_bytes())
    return Understanding(model, read_spelling(UNDERSTANDING / SPELLING))


def read_official(path: Path = _GUIDES / "official.yaml") -> OfficialFile:
    return validated(OfficialFile, read_yaml(path))


def read_scam_file(path: Path = _GUIDES / "scam.yaml") -> ScamFile:
    return validated(ScamFile, read_yaml(path))


def read_hosts() -> Hosts:
    return _hosts(read_scam_file().hosts, read_official())


@cache
def read_scams() -> Scams:
    """Once for a process."""
    file = read_scam_file()
    spelling = read_spelling(UNDERSTANDING / SPELLING)
    return Scams(
        tuple(_sign(one) for one in file.signs),
        {kind: _link_sign(kind, one) for kind, one in file.links.items()},
        compiled(file.lists, spelling),
        _sounding(file.wording, spelling),
        _hosts(file.hosts, read_official()),
    )


def _sounding(file: WordingFile, spelling: Mapping[str, str]) -> Sounding:
    model, _ = unpacked((UNDERSTANDING / WORDING).read_bytes())
    sign = Sign("wording", 1, file.says, (), 0, kept=True, mild=False)
    return Sounding(
        Understanding(model, spelling), sign, replace(sign, weight=2), file.light, file.heavy
    )


def _sign(file: SignFile) -> Sign:
    ways = tuple(map(tuple, file.any))
    return Sign(file.id, file.weight, file.says, ways, file.within, file.kept, file.mild)


def _link_sign(kind: Odd, file: LinkFile) -> Sign:
    return Sign(kind, file.weight, file.says, (), 0, kept=True, mild=False)


def _hosts(file: HostsFile, official: OfficialFile) -> Hosts:
    return Hosts(
        {one.host: one.name for one in official.hosts},
        frozenset(official.known),
        frozenset(official.shorteners),
        frozenset(file.stores),
        frozenset(file.free),
        frozenset(file.brands),
        frozenset(file.baits),
        frozenset(file.risky),
        frozenset(file.endings),
        PublicSuffixList(accept_unknown=False).privatesuffix,
    )


def packed(model: Model, material: str) -> bytes:
    """`material` is a digest of what was learnt from, so that a stale file is noticed."""
    header = {
        "labels": model.labels,
        "steps": model.steps,
        "offsets": model.offsets,
        "sharpness": model.sharpness,
        "material": material,
    }
    body = b"".join(array("b", row).tobytes() for row in (model.strengths, *model.weights))
    return zlib.compress(json.dumps(header).encode() + b"\n" + body, 9)


def unpacked(content: bytes) -> tuple[Model, str]:
    """The model and the digest of its material."""
    head, _, body = zlib.decompress(content).partition(b"\n")
    header = json.loads(head)
    size = len(body) // (len(header["labels"]) + 1)
    strengths, *weights = (array("b", body[at : at + size]) for at in range(0, len(body), size))
    model = Model(
        tuple(header["labels"]),
        strengths,
        tuple(weights),
        tuple(header["steps"]),
        tuple(header["offsets"]),
        header["sharpness"],
    )
    return model, header["material"]
