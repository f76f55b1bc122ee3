"""Reads official.yaml and scam.yaml into values of the core: closed keys, nothing else.

What makes good lists is judged in guide_checks/scams.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from publicsuffixlist import PublicSuffixList
from pydantic import BaseModel, ConfigDict, Field

from bot.content_files import read_yaml, validated
from bot.core.hosts import Hosts, Odd
from bot.core.intents import Understanding
from bot.core.phrases import compiled
from bot.core.scam import Loss, Scams, Sign, Sounding
from bot.lexicon import SPELLING, UNDERSTANDING, WORDING, read_spelling, unpacked

_GUIDES = UNDERSTANDING.parent
SUFFIXES = PublicSuffixList(accept_unknown=False)
_Host = Annotated[str, Field(pattern=r"^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$")]
_Said = Annotated[str, Field(min_length=10, max_length=110)]
_Weight = Literal["1", "2"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HostFile(_Closed):
    host: _Host
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
    known: list[_Host]
    shorteners: list[_Host]
    phones: list[PhoneFile]


class SignFile(_Closed):
    id: str
    weight: _Weight
    says: _Said
    any: list[list[str]]
    within: int = 8
    kept: bool = False
    mild: bool = False


class LossFile(_Closed):
    guide: str
    step: str
    sure: list[list[str]]
    likely: list[list[str]]
    within: int


class LinkFile(_Closed):
    weight: _Weight
    says: _Said


class HostsFile(_Closed):
    brands: list[str]
    baits: list[str]
    stores: list[_Host]
    free: list[_Host]
    risky: list[str]
    endings: list[str]


class WordingFile(_Closed):
    says: _Said
    light: float
    heavy: float


class ScamFile(_Closed):
    """scam.yaml: signs in words and in links."""

    hosts: HostsFile
    links: dict[Odd, LinkFile]
    wording: WordingFile
    loss: LossFile
    lists: dict[str, list[str]]
    signs: list[SignFile]


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
        _loss(file.loss),
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
    return Sign(file.id, int(file.weight), file.says, ways, file.within, file.kept, file.mild)


def _loss(file: LossFile) -> Loss:
    sure, likely = (
        Sign(name, 2, "", tuple(map(tuple, ways)), file.within, kept=False, mild=False)
        for name, ways in (("sure", file.sure), ("likely", file.likely))
    )
    return Loss(sure, likely, file.guide, file.step)


def _link_sign(kind: Odd, file: LinkFile) -> Sign:
    return Sign(kind, int(file.weight), file.says, (), 0, kept=True, mild=False)


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
        SUFFIXES.privatesuffix,
    )
