"""The lists behind the scam check: every name used exists, no list entry is too wide."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bot.content_files import Finding, Yaml, read_yaml, shown
from bot.core.hosts import Odd
from bot.core.phrases import spoken_words
from bot.guide_checks.passages import Kind, Passage
from bot.guide_checks.rules import Rules
from bot.scam_files import SUFFIXES

_FRESH = timedelta(days=365)
_OF_THE_STATE = "gov.vn"


def check_official(root: Path, rules: Rules, today: date) -> Iterator[Finding]:
    path = root / "official.yaml"
    if not path.exists():
        return
    yaml = read_yaml(path)
    for number, one in enumerate(rules.official.hosts):
        place = Finding("", shown(path), yaml.line("hosts", number, "host"))
        name = one.host.removeprefix("*.")
        if name != _OF_THE_STATE and SUFFIXES.privatesuffix(name) is None:
            yield _at(place, "host_wide", detail=one.host)
        if today - one.checked > _FRESH:
            yield _at(place, "host_stale", warning=True, host=one.host, detail=one.checked)


def _at(place: Finding, code: str, *, warning: bool = False, **values: object) -> Finding:
    return Finding(code, place.file, place.line, values, warning)


def check_scams(root: Path, rules: Rules) -> Iterator[Finding]:
    path = root / "scam.yaml"
    if not path.exists():
        return
    yaml = read_yaml(path)
    yield from _names(path, yaml, rules)
    for name, phrases in rules.scam.lists.items():
        for number, phrase in enumerate(phrases):
            if not spoken_words(phrase, {}):
                line = yaml.line("lists", name, number)
                yield Finding("no_words", shown(path), line, {"detail": phrase})


def _names(path: Path, yaml: Yaml, rules: Rules) -> Iterator[Finding]:
    met, lists = set[str](), set(rules.scam.lists)
    for number, sign in enumerate(rules.scam.signs):
        line = yaml.line("signs", number, "id")
        for name in sorted({name for way in sign.any for name in way} - lists):
            yield Finding("no_list", shown(path), line, {"detail": name})
        if sign.id in met:
            yield Finding("twice", shown(path), line, {"detail": sign.id})
        met.add(sign.id)
    told = rules.scam.loss
    for name in sorted({name for way in told.sure + told.likely for name in way} - lists):
        yield Finding("no_list", shown(path), yaml.line("loss"), {"detail": name})
    for kind in sorted(set(Odd) - set(rules.scam.links)):
        yield Finding("missing_key", shown(path), yaml.line("links"), {"detail": kind})


def said(root: Path, rules: Rules) -> Iterator[Passage]:
    """Every sentence that tells a resident what was found."""
    path = root / "scam.yaml"
    if not path.exists():
        return
    yaml = read_yaml(path)
    for kind, link in rules.scam.links.items():
        yield Passage(shown(path), yaml.line("links", kind, "says"), link.says, Kind.NOTE)
    for number, sign in enumerate(rules.scam.signs):
        yield Passage(shown(path), yaml.line("signs", number, "says"), sign.says, Kind.NOTE)
