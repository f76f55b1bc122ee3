"""Judges content before residents see it. Returns findings; their words are in messages.yaml."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.content_files import ContentError, Finding, Yaml, read_yaml, shown
from bot.core.guide import Phrase
from bot.guide_checks.media import check_media
from bot.guide_checks.passages import Kind, Passage, Source, passages
from bot.guide_checks.rules import Rules, read_rules
from bot.guide_checks.safety import check_safety
from bot.guide_checks.scams import check_official, check_scams, said
from bot.guide_checks.spelling import check_spelling
from bot.guide_checks.structure import check_requirements, check_structure
from bot.guide_checks.wording import check_wording
from bot.guide_schema import GuideFile
from bot.library import guide_folders, read_guide

__all__ = ["Finding", "check"]

_KEYS = [field.alias or name for name, field in GuideFile.model_fields.items()]


def check(root: Path, today: date) -> list[Finding]:
    """Every fault in a folder of guides, or in one guide."""
    folders = [root] if (root / "guide.yaml").exists() else guide_folders(root)
    try:
        rules = read_rules(root)
    except ContentError as error:
        return list(error.findings)
    found = [*_phrases(root, rules), *_scams(root, rules, today)]
    sources: dict[str, Source] = {}
    for folder in folders:
        found += _guide(folder, rules, today, sources)
    return found + list(check_requirements(sources))


def _guide(
    folder: Path, rules: Rules, today: date, sources: dict[str, Source]
) -> Iterator[Finding]:
    try:
        yaml = read_yaml(folder / "guide.yaml")
        yield from _order(yaml)
        guide, file = read_guide(folder)
    except ContentError as error:
        yield from error.findings
        return
    source = sources[guide.id] = Source(folder, yaml, guide, file)
    yield from check_structure(source, rules, today)
    yield from check_media(source)
    for passage in passages(source, rules.guides):
        yield from _passage(passage, rules)


def _order(yaml: Yaml) -> Iterator[Finding]:
    if isinstance(yaml.plain, dict):
        known = [key for key in yaml.plain if key in _KEYS]
        wanted = [key for key in _KEYS if key in yaml.plain]
        wrong = next((key for key, other in zip(known, wanted, strict=True) if key != other), "")
        if wrong:
            yield Finding(
                "key_order", shown(yaml.path), yaml.line(wrong), {"detail": ", ".join(_KEYS)}
            )


def _passage(passage: Passage, rules: Rules) -> Iterator[Finding]:
    yield from check_wording(passage, rules)
    yield from check_safety(passage, rules)
    yield from check_spelling(passage, rules)


def _scams(root: Path, rules: Rules, today: date) -> Iterator[Finding]:
    yield from check_official(root, rules, today)
    yield from check_scams(root, rules)
    for passage in said(root, rules):
        yield from _passage(passage, rules)


def _phrases(root: Path, rules: Rules) -> Iterator[Finding]:
    path = root / "messages.yaml"
    if not path.exists():
        return
    yaml = read_yaml(path)
    for phrase in Phrase:
        line = yaml.line("phrases", phrase) + 1
        text = rules.guides.phrases[phrase].strip()
        yield from _passage(Passage(shown(path), line, text, Kind.MESSAGE), rules)
